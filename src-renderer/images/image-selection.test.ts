import { describe, expect, test } from 'vitest';
import { groupRows, joinEntries, rowsOf } from './image-entries.ts';
import { handle } from './image-fixtures.ts';
import {
  checkStateOf,
  checkStateOfAll,
  countHidden,
  NOTHING_SELECTED,
  selectRange,
  targetsOf,
  toggleAll,
  toggleRow,
  withoutGone,
} from './image-selection.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const entries = joinEntries(
  [
    handle('a', { manifestDigest: digest }),
    handle('b'),
    handle('c'),
    handle('d', { manifestDigest: digest }),
  ],
  null,
);
const rows = rowsOf(entries);
const groups = groupRows(entries, entries);

const names = (checked: ReadonlySet<string>) => [...checked].toSorted();

describe('selection', () => {
  test('says of all rows whether none, some or every one is checked, also in groups', () => {
    const some = { checked: new Set(['b']), anchor: null };
    expect(checkStateOfAll(NOTHING_SELECTED, rows)).toBe('none');
    expect(checkStateOfAll(some, rows)).toBe('mixed');
    expect(checkStateOfAll(some, groups)).toBe('mixed');
    expect(checkStateOfAll({ checked: new Set(['a']), anchor: null }, groups.slice(0, 1))).toBe('mixed');
    expect(checkStateOfAll(toggleAll(NOTHING_SELECTED, groups), rows)).toBe('all');
    expect(checkStateOfAll(some, [])).toBe('none');
    expect(checkStateOfAll(some, rows.slice(2))).toBe('none');
  });

  test('counts what is checked and not shown', () => {
    const all = toggleAll(NOTHING_SELECTED, rows);
    expect(countHidden(all, rows)).toBe(0);
    expect(countHidden(all, rows.slice(1))).toBe(1);
    expect(countHidden(all, groups.slice(0, 1))).toBe(2);
    expect(countHidden(all, [])).toBe(4);
    expect(countHidden(NOTHING_SELECTED, rows)).toBe(0);
  });

  test('checks a row and unchecks it again', () => {
    const once = toggleRow(NOTHING_SELECTED, rows[1]!);
    expect(names(once.checked)).toEqual(['b']);
    expect(names(toggleRow(once, rows[1]!).checked)).toEqual([]);
  });

  test('checks every row between the anchor and another, in either direction', () => {
    const anchored = toggleRow(NOTHING_SELECTED, rows[2]!);
    expect(names(selectRange(anchored, rows, 0).checked)).toEqual(['a', 'b', 'c']);
    expect(names(selectRange(anchored, rows, 3).checked)).toEqual(['c', 'd']);
  });

  test('starts a range at its end when the anchor is not shown', () => {
    const elsewhere = { checked: new Set<string>(), anchor: 'gone' };
    expect(names(selectRange(elsewhere, rows, 2).checked)).toEqual(['c']);
  });

  test('completes a group of which one tag was checked', () => {
    const one = toggleRow(NOTHING_SELECTED, rows[0]!);
    expect(checkStateOf(one, ['a', 'd'])).toBe('mixed');
    expect(names(toggleRow(one, groups[0]!).checked)).toEqual(['a', 'd']);
  });

  test('checks all rows, then none', () => {
    const all = toggleAll(NOTHING_SELECTED, rows);
    expect(names(all.checked)).toEqual(['a', 'b', 'c', 'd']);
    expect(names(toggleAll(all, rows).checked)).toEqual([]);
  });

  test('drops what is gone from the cache and nothing else', () => {
    const all = toggleAll(NOTHING_SELECTED, rows);
    expect(names(withoutGone(all, new Set(['a', 'c'])).checked)).toEqual(['a', 'c']);
    expect(withoutGone(all, new Set(['a', 'b', 'c', 'd', 'e']))).toBe(all);
  });

  test('aims at everything checked from a checked row, and at an unchecked row alone', () => {
    const two = selectRange(toggleRow(NOTHING_SELECTED, rows[0]!), rows, 1);
    expect(targetsOf(two, rows[1]!)).toEqual(['a', 'b']);
    expect(targetsOf(two, rows[2]!)).toEqual(['c']);
  });
});

import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../test-support/tar-writer.ts';
import { COLUMNS } from './columns.ts';
import { joinEntries } from './image-entries.ts';
import { facts, handle, sandbox } from './image-fixtures.ts';
import type { SortColumn } from './image-list-state.ts';
import { orderOf } from './image-orders.ts';

const random = seededRandom(7);
const pick = <T>(...values: readonly T[]): T => values[random() % values.length]!;

/** Few values each, so that many are equal, and some of everything unknown. */
const handles = Array.from({ length: 300 }, (_, index) =>
  handle(`${pick('b', 'A', 'c.io/A', 'd')}/${pick('x', 'y')}:${index % 40}`, {
    layerCount: pick(1, 2, 10),
    createdAt: pick(null, '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'),
    lastUsedAt: pick(null, 'no date', '2026-03-01T00:00:00Z', '2025-03-01T00:00:00Z'),
  }),
);
const known = handles.map((one) =>
  facts(one, {
    onDiskBytes: pick(0, 9, 10, 4_096),
    platform: pick(null, { os: 'linux', architecture: pick('arm64', 'amd64'), variant: pick(null, 'v8') }),
    holders: pick([], [sandbox('a')], [sandbox('a'), sandbox('b')]),
  }),
);
const entries = joinEntries(handles, known);

const KEYS: Readonly<Record<SortColumn, (index: number) => string | number | null>> = {
  image: (index) => entries[index]!.nameKey,
  'on-disk': (index) => known[index]!.onDiskBytes,
  layers: (index) => handles[index]!.layerCount,
  platform(index) {
    const { platform } = known[index]!;
    if (platform === null) return null;
    return [
      platform.os,
      platform.architecture,
      ...(platform.variant === null ? [] : [platform.variant]),
    ].join('/');
  },
  'used-by': (index) => known[index]!.holders.length,
  created: (index) => msOf(handles[index]!.createdAt),
  'last-used': (index) => msOf(handles[index]!.lastUsedAt),
};

function msOf(text: string | null): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : ms;
}

/** The order by comparing one with another, as one would write it without a thought for speed. */
function comparedOrder(column: SortColumn, isAscending: boolean): readonly number[] {
  const keyOf = KEYS[column];
  return entries
    .map((_, index) => index)
    .sort((left, right) => {
      const [a, b] = [keyOf(left), keyOf(right)];
      if (a === b) return 0;
      if (a === null) return 1;
      if (b === null) return -1;
      return a < b === isAscending ? -1 : 1;
    });
}

describe('orderOf', () => {
  test.each(COLUMNS.map(({ name }) => name))(
    'orders %s in either direction, equal ones as they came and unknown ones last',
    (column) => {
      for (const isAscending of [true, false]) {
        expect([...orderOf(entries, { column, isAscending })]).toEqual(comparedOrder(column, isAscending));
      }
    },
  );

  test('has an order of nothing', () => {
    expect([...orderOf([], { column: 'image', isAscending: true })]).toEqual([]);
  });

  test('works a column out once for the same entries, and anew for others', () => {
    const sort = { column: 'image', isAscending: true } as const;
    const order = orderOf(entries, sort);
    expect(orderOf(entries, sort)).toBe(order);
    expect(orderOf(entries.toReversed(), sort)).not.toBe(order);
  });

  test('puts what is not known yet last, as it came', () => {
    const unread = joinEntries(handles.slice(0, 3), null);
    expect([...orderOf(unread, { column: 'on-disk', isAscending: false })]).toEqual([0, 1, 2]);
  });
});

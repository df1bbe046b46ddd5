import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src-shared/ipc/commands.ts';
import { HEADING_ACTIONS, LIST_ACTIONS, MOVES } from '../app/list-keys.ts';
import { moveInTree } from '../files/tree-keys.ts';
import type { TreeRow } from '../files/tree-rows.ts';
import { moveInGrid } from '../images/grid-moves.ts';
import { shortcutSections } from './shortcut-sections.ts';

function keysOf(isDesktop: boolean): readonly string[] {
  return shortcutSections(isDesktop).flatMap(({ entries }) => entries.flatMap(({ keys }) => keys));
}

describe('the list of shortcuts', () => {
  it('has every key of the tables in a desktop window', () => {
    const bound = [
      ...Object.values(COMMANDS).flatMap(({ keys }) => keys ?? []),
      ...Object.values(LIST_ACTIONS).flatMap(({ keys }) => keys),
      ...Object.values(HEADING_ACTIONS).flatMap(({ keys }) => keys),
      ...MOVES.flatMap(({ keys }) => keys),
    ];
    expect(keysOf(true).toSorted()).toEqual(bound.toSorted());
  });

  it('leaves out in a browser what the browser keeps for itself', () => {
    expect(keysOf(false)).not.toContain('Mod+R');
    expect(keysOf(false)).toContain('Mod+K');
  });

  it('lists for moving exactly the keys that lists and trees move by', () => {
    const listed = MOVES.flatMap(({ keys }) => keys);
    const folder: TreeRow = {
      kind: 'way',
      name: 'a',
      path: '/a',
      level: 1,
      position: 1,
      setSize: 1,
      isExpanded: true,
    };
    const size = { rows: 9, columns: 5, page: 3 };
    const moves = (key: string) =>
      moveInGrid({ row: 4, column: 2 }, { key, hasModifier: false }, size) !== null &&
      moveInTree([folder, folder], 0, key, 3) !== null;
    const others = [...Object.values(LIST_ACTIONS).flatMap(({ keys }) => keys), 'Tab', 'Insert', 'a'];
    expect(listed.filter(moves)).toEqual(listed);
    expect(others.filter(moves)).toEqual([]);
  });
});

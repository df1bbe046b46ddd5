import { describe, expect, it } from 'vitest';
import { moveInTree } from './tree-keys.ts';
import type { TreeRow } from './tree-rows.ts';

function row(name: string, level: number, isExpanded: boolean): TreeRow {
  return { kind: 'way', name, path: `/${name}`, level, position: 1, setSize: 1, isExpanded };
}

const message: TreeRow = {
  kind: 'message',
  path: '/c',
  level: 2,
  position: 1,
  setSize: 1,
  text: 'Empty',
  tone: 'quiet',
};
/** a (open) holds b (closed); c (open) holds a message. */
const rows = [row('a', 1, true), row('b', 2, false), row('c', 1, true), message];

describe('moveInTree', () => {
  it('moves row by row and stops at both ends', () => {
    expect(moveInTree(rows, 1, 'ArrowDown', 10)).toEqual({ kind: 'go', to: 2 });
    expect(moveInTree(rows, 3, 'ArrowDown', 10)).toEqual({ kind: 'go', to: 3 });
    expect(moveInTree(rows, 0, 'ArrowUp', 10)).toEqual({ kind: 'go', to: 0 });
  });

  it('moves by pages and to the ends', () => {
    expect(moveInTree(rows, 0, 'PageDown', 2)).toEqual({ kind: 'go', to: 2 });
    expect(moveInTree(rows, 3, 'PageUp', 99)).toEqual({ kind: 'go', to: 0 });
    expect(moveInTree(rows, 1, 'Home', 2)).toEqual({ kind: 'go', to: 0 });
    expect(moveInTree(rows, 1, 'End', 2)).toEqual({ kind: 'go', to: 3 });
  });

  it('opens a closed folder with Right, and enters an open one', () => {
    expect(moveInTree(rows, 1, 'ArrowRight', 2)).toEqual({ kind: 'open', row: 1 });
    expect(moveInTree(rows, 0, 'ArrowRight', 2)).toEqual({ kind: 'go', to: 1 });
    expect(moveInTree(rows, 3, 'ArrowRight', 2)).toBeNull();
  });

  it('closes an open folder with Left, else goes to the folder around', () => {
    expect(moveInTree(rows, 2, 'ArrowLeft', 2)).toEqual({ kind: 'close', row: 2 });
    expect(moveInTree(rows, 1, 'ArrowLeft', 2)).toEqual({ kind: 'go', to: 0 });
    expect(moveInTree(rows, 3, 'ArrowLeft', 2)).toEqual({ kind: 'go', to: 2 });
  });

  it('leaves other keys alone', () => {
    expect(moveInTree(rows, 1, 'x', 2)).toBeNull();
  });
});

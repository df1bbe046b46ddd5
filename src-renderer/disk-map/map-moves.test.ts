import { describe, expect, it } from 'vitest';
import type { MapCell } from './map-cells.ts';
import { findTypedCell, moveOnMap } from './map-moves.ts';
import type { MapNode } from './map-tree.ts';

function cell(label: string, x: number, y: number, shortLabel = label): MapCell {
  const node: MapNode = {
    id: label,
    label,
    shortLabel,
    about: '',
    color: 'own',
    bytes: 1,
    target: null,
    parts: [],
    isOpen: false,
  };
  return { node, frame: null, isFrame: false, place: { x, y, width: 10, height: 10 } };
}

/**
 *     alpine   python
 *     redis    postgres
 */
const CELLS = [
  cell('alpine', 0, 0),
  cell('library/python', 10, 0, 'python'),
  cell('redis', 0, 10),
  cell('postgres', 10, 10),
];

describe('moveOnMap', () => {
  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowDown', 0, 2],
    ['ArrowUp', 3, 1],
    ['ArrowLeft', 3, 2],
    ['ArrowLeft', 0, 0],
    ['Home', 3, 0],
    ['End', 0, 3],
  ])('by %s goes from cell %i to cell %i', (key, from, to) => {
    expect(moveOnMap(CELLS, from, key)).toBe(to);
  });

  it('leaves other keys alone', () => {
    expect(moveOnMap(CELLS, 0, 'x')).toBeNull();
  });
});

describe('findTypedCell', () => {
  it('goes to the next name that begins so, around the end', () => {
    expect(findTypedCell(CELLS, 0, 'p')).toBe(1);
    expect(findTypedCell(CELLS, 1, 'p')).toBe(3);
    expect(findTypedCell(CELLS, 3, 'p')).toBe(1);
  });

  it('stays while the word being typed on still fits, and knows the whole name too', () => {
    expect(findTypedCell(CELLS, 1, 'py')).toBe(1);
    expect(findTypedCell(CELLS, 3, 'library/')).toBe(1);
  });

  it('goes nowhere for what no name begins with', () => {
    expect(findTypedCell(CELLS, 0, 'ython')).toBe(-1);
  });
});

import { describe, expect, it } from 'vitest';
import { layCells, type MapOrder } from './map-cells.ts';
import { moveOnMap } from './map-moves.ts';
import { followSteps, type MapNode, stepInto } from './map-tree.ts';

const AREA = { x: 0, y: 0, width: 800, height: 500 };

function cell(id: string, bytes: number, parts: readonly MapNode[] = []): MapNode {
  return {
    id,
    label: id,
    shortLabel: id,
    about: '',
    color: 'own',
    bytes,
    target: null,
    parts,
    isOpen: parts.length > 0,
  };
}

function whole(parts: readonly MapNode[]): MapNode {
  return {
    ...cell(
      'root',
      parts.reduce((sum, part) => sum + part.bytes, 0),
      parts,
    ),
    isOpen: false,
  };
}

describe('layCells', () => {
  it('draws open groups as frames around their parts', () => {
    const cells = layCells(
      whole([cell('group', 30, [cell('a', 20), cell('b', 10)]), cell('c', 10)]),
      AREA,
      new Map(),
    );
    expect(cells.map(({ node, frame, isFrame }) => [node.id, frame?.id, isFrame])).toEqual([
      ['group', undefined, true],
      ['a', 'group', false],
      ['b', 'group', false],
      ['c', undefined, false],
    ]);
    const [group, a] = cells;
    expect(a!.place.y).toBeGreaterThan(group!.place.y);
    expect(a!.place.x).toBeGreaterThan(group!.place.x);
  });

  it('keeps the turn of cells when their sizes change', () => {
    const order: MapOrder = new Map();
    layCells(whole([cell('a', 30), cell('b', 20), cell('c', 10)]), AREA, order);
    const again = layCells(whole([cell('a', 5), cell('b', 20), cell('c', 90)]), AREA, order);
    expect(again.map(({ node }) => node.id)).toEqual(['a', 'b', 'c']);
  });

  it('puts ten thousand small cells together, losing no byte, and lets them be zoomed into', () => {
    const parts = Array.from({ length: 10_000 }, (_, index) => cell(`image ${index}`, 1_000 + (index % 7)));
    const node = whole([cell('large', 9_000_000), ...parts]);
    const cells = layCells(node, AREA, new Map());
    expect(cells.length).toBeLessThan(300);
    expect(cells.reduce((sum, one) => sum + one.node.bytes, 0)).toBe(node.bytes);
    const gathered = cells.at(-1)!.node;
    expect(gathered.label).toMatch(/^2\d\d smaller ones$/);
    const [, inside] = followSteps(node, [stepInto(gathered)]);
    expect([inside!.label, inside!.bytes]).toEqual([gathered.label, gathered.bytes]);
  });
});

describe('moveOnMap', () => {
  const cells = layCells(whole([cell('a', 1), cell('b', 1), cell('c', 1), cell('d', 1)]), AREA, new Map());
  const at = (index: number) => cells[index]!.place;

  it('goes to the neighbour an arrow points at, and back', () => {
    for (const [there, back] of [
      ['ArrowRight', 'ArrowLeft'],
      ['ArrowDown', 'ArrowUp'],
    ] as const) {
      const next = moveOnMap(cells, 0, there)!;
      expect(next).not.toBe(0);
      expect(there === 'ArrowRight' ? at(next).x > at(0).x : at(next).y > at(0).y).toBe(true);
      expect(moveOnMap(cells, next, back)).toBe(0);
    }
  });

  it('stays at the edge, and leaves other keys alone', () => {
    expect(moveOnMap(cells, 0, 'ArrowLeft')).toBe(0);
    expect(moveOnMap(cells, 0, 'x')).toBeNull();
    expect(moveOnMap(cells, 0, 'End')).toBe(3);
  });

  it('reaches every cell by arrows', () => {
    const many = layCells(
      whole([cell('g', 60, [cell('x', 30), cell('y', 20), cell('z', 10)]), cell('p', 25), cell('q', 5)]),
      AREA,
      new Map(),
    );
    const seen = new Set([0]);
    for (const index of seen) {
      for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'])
        seen.add(moveOnMap(many, index, key)!);
    }
    expect(seen.size).toBe(many.length);
  });
});

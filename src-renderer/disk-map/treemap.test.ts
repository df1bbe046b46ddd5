import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layTreemap, type Rectangle } from './treemap.ts';

const AREA: Rectangle = { x: 10, y: 20, width: 600, height: 400 };

describe('layTreemap', () => {
  it('gives each weight its share of the area, inside it and beside the others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 60 }),
        (weights) => {
          const cells = layTreemap(weights, AREA);
          const whole = weights.reduce((sum, weight) => sum + weight, 0);
          cells.forEach((cell, index) => {
            const share = (weights[index]! / whole) * AREA.width * AREA.height;
            expect(cell.width * cell.height).toBeCloseTo(share, 3);
            expect(cell.x).toBeGreaterThanOrEqual(AREA.x - 1e-6);
            expect(cell.y).toBeGreaterThanOrEqual(AREA.y - 1e-6);
            expect(cell.x + cell.width).toBeLessThanOrEqual(AREA.x + AREA.width + 1e-6);
            expect(cell.y + cell.height).toBeLessThanOrEqual(AREA.y + AREA.height + 1e-6);
          });
          for (const [index, one] of cells.entries()) {
            for (const other of cells.slice(index + 1)) expect(overlap(one, other)).toBeLessThan(1e-3);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps equal weights close to squares', () => {
    for (const { width, height } of layTreemap(Array<number>(24).fill(1), AREA)) {
      expect(Math.max(width / height, height / width)).toBeLessThan(2);
    }
  });

  it('gives nothing to weights of zero and survives an area without surface', () => {
    expect(layTreemap([0, 5, 0], AREA).map((cell) => Math.round(cell.width * cell.height))).toEqual([
      0, 240_000, 0,
    ]);
    expect(layTreemap([0, 0], AREA)).toHaveLength(2);
    expect(layTreemap([1, 2], { x: 0, y: 0, width: 0, height: 50 })).toHaveLength(2);
    expect(layTreemap([], AREA)).toEqual([]);
  });

  it('lays ten thousand cells without trouble', () => {
    const weights = Array.from({ length: 10_000 }, (_, index) => 10_000 - index);
    expect(layTreemap(weights, AREA)).toHaveLength(10_000);
  });
});

function overlap(one: Rectangle, other: Rectangle): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return width > 0 && height > 0 ? width * height : 0;
}

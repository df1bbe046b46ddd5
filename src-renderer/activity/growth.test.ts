import { describe, expect, it } from 'vitest';
import type { UsageSample } from '../../src-shared/domain/activity.ts';
import { traceGrowth } from './growth.ts';

function sample(day: number, totalBytes: number): UsageSample {
  const at = new Date(Date.UTC(2026, 0, 1) + day * 86_400_000).toISOString();
  return { at, home: '/h', totalBytes, garbageBytes: 0, setAsideBytes: 0, files: 1, references: 1 };
}

describe('traceGrowth', () => {
  it('places samples by time and size below a round top', () => {
    const growth = traceGrowth([sample(0, 0), sample(1, 1_500), sample(4, 3_000)]);
    expect(growth?.topBytes).toBe(5_000);
    expect(growth?.points.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [0.25, 0.3],
      [1, 0.6],
    ]);
  });

  it('needs two samples whose time can be read', () => {
    expect(traceGrowth([])).toBeNull();
    expect(traceGrowth([sample(0, 5)])).toBeNull();
    expect(traceGrowth([sample(0, 5), { ...sample(1, 5), at: 'soon' }])).toBeNull();
  });

  it('keeps the ends and the peak of many samples', () => {
    const many = Array.from({ length: 5_000 }, (_, day) => sample(day, day === 2_345 ? 9_999 : 100));
    const points = traceGrowth(many)!.points;
    expect(points.length).toBeLessThanOrEqual(120);
    expect([points[0]!.sample, points.at(-1)!.sample]).toEqual([many[0], many.at(-1)]);
    expect(points.some((point) => point.sample.totalBytes === 9_999)).toBe(true);
  });

  it('draws an empty cache without dividing by nothing', () => {
    expect(traceGrowth([sample(0, 0), sample(0, 0)])?.points.every(({ x, y }) => x === 0 && y === 0)).toBe(
      true,
    );
  });
});

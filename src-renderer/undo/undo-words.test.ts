import { describe, expect, it } from 'vitest';
import type { Plan, PlanItemKind } from '../../src-shared/domain/plan.ts';
import { spaceWarning, whenFree } from './undo-words.ts';

const NOON = new Date(2026, 10, 28, 12, 0).getTime();

function planOf(...lines: readonly (readonly [PlanItemKind, number])[]): Plan {
  const items = lines.map(([kind, allocatedBytes]) => ({
    kind,
    name: kind,
    reason: '',
    allocatedBytes,
    partOf: null,
    hasRow: false,
    hasFile: true,
  }));
  const bytes = lines.reduce((sum, [, allocatedBytes]) => sum + allocatedBytes, 0);
  return { planId: '', action: { kind: 'gc' }, items, kept: [], bytes, isBusy: false };
}

describe('whenFree', () => {
  it('says nothing more when the space comes free at once', () => {
    expect(whenFree(planOf(['layer', 4096]), 0, NOON)).toBe('');
    expect(whenFree(planOf(['leftover', 4096]), 10, NOON)).toBe('');
    expect(whenFree(planOf(['reference', 0]), 10, NOON)).toBe('');
  });

  it('says until when what goes is set aside, with the day when it is another', () => {
    const plan = planOf(['layer', 4096]);
    expect(whenFree(plan, 10, NOON)).toBe(', set aside now, freed at 12:10 or when you empty it');
    expect(whenFree(plan, 24 * 60, NOON)).toMatch(/freed at 29 Nov,? (?:at )?12:00 or/);
  });

  it('tells apart what an interrupted removal left, which is never set aside', () => {
    expect(whenFree(planOf(['layer', 4096], ['leftover', 8192]), 10, NOON)).toBe(
      ': 8,192 of them at once, the others set aside now, freed at 12:10 or when you empty it',
    );
  });
});

describe('spaceWarning', () => {
  it('speaks up only on a disk with little space, and when there is space to be had', () => {
    expect(spaceWarning(900_000_000, planOf(['layer', 4096]))).toContain('Only 900.0 MB are free');
    expect(spaceWarning(1_000_000_000, planOf(['layer', 4096]))).toBeNull();
    expect(spaceWarning(0, planOf(['reference', 0]))).toBeNull();
    expect(spaceWarning(null, planOf(['layer', 4096]))).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import type { PlanAction } from '../../src-shared/domain/plan.ts';
import type { Draft, Step } from './plan/plan.ts';
import { SeenPlans } from './plans.ts';

const GC: PlanAction = { kind: 'gc' };
const PRUNE: PlanAction = { kind: 'prune', policy: { unusedForDays: 3, freeAtLeastBytes: 1 } };

function draft(steps = 0): Draft {
  return { steps: Array.from({ length: steps }, () => ({}) as Step), kept: [], bytes: 0, isBusy: false };
}

function isRemembered(plans: SeenPlans, planId: string): boolean {
  try {
    plans.get(planId, GC);
    return true;
  } catch {
    return false;
  }
}

describe('SeenPlans', () => {
  it('gives back exactly the draft that was seen, whatever the order of the action’s fields', () => {
    const plans = new SeenPlans();
    const seen = draft();
    const { planId } = plans.add(PRUNE, seen);
    expect(plans.get(planId, { policy: { freeAtLeastBytes: 1, unusedForDays: 3 }, kind: 'prune' })).toBe(
      seen,
    );
    expect(() => plans.get(planId, { kind: 'prune', policy: { unusedForDays: 4 } })).toThrow('invalid-input');
  });

  it('forgets the oldest beyond sixty-four', () => {
    const plans = new SeenPlans();
    const ids = Array.from({ length: 66 }, () => plans.add(GC, draft()).planId);
    expect(ids.filter((id) => isRemembered(plans, id))).toEqual(ids.slice(2));
  });

  it('forgets the oldest when the plans are long, and never the one just seen', () => {
    const plans = new SeenPlans();
    const ids = [300_000, 300_000, 900_000].map((steps) => plans.add(GC, draft(steps)).planId);
    expect(ids.map((id) => isRemembered(plans, id))).toEqual([false, false, true]);
  });
});

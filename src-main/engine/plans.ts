import { randomBytes } from 'node:crypto';
import type { Plan, PlanAction } from '../../src-shared/domain/plan.ts';
import { CacheFailure } from './failure.ts';
import type { Draft } from './plan/plan.ts';

/** How many plans a person can have looked at and still press the button of. */
const REMEMBERED = 64;
/** How many lines all remembered plans may have together: the oldest go first, the newest always stays. */
const REMEMBERED_STEPS = 500_000;

/** The plans that were shown, by id, so that exactly what was seen can be applied. */
export class SeenPlans {
  readonly #drafts = new Map<string, { readonly action: PlanAction; readonly draft: Draft }>();

  add(action: PlanAction, draft: Draft): Plan {
    const planId = randomBytes(16).toString('hex');
    this.#drafts.set(planId, { action, draft });
    for (const oldest of this.#drafts.keys()) {
      if (this.#drafts.size <= REMEMBERED && (this.#steps() <= REMEMBERED_STEPS || oldest === planId)) break;
      this.#drafts.delete(oldest);
    }
    return {
      planId,
      action,
      items: draft.steps.map((step) => step.item),
      kept: draft.kept,
      bytes: draft.bytes,
      isBusy: draft.isBusy,
    };
  }

  /**
   * @throws CacheFailure `not-found` for an id that was never given or is long past; `invalid-input` when the
   * plan is of another action.
   */
  get(planId: string, action: PlanAction): Draft {
    const seen = this.#drafts.get(planId);
    if (seen === undefined) throw new CacheFailure({ code: 'not-found', what: 'plan', name: planId });
    if (canonical(seen.action) !== canonical(action)) {
      const message = 'is a plan of another action';
      throw new CacheFailure({ code: 'invalid-input', issues: [{ path: 'planId', message }] });
    }
    return seen.draft;
  }

  #steps(): number {
    return [...this.#drafts.values()].reduce((sum, { draft }) => sum + draft.steps.length, 0);
  }

  /** A plan is applied once: afterwards the world is another. */
  forget(planId: string): void {
    this.#drafts.delete(planId);
  }
}

/** Key order of the input does not make another action. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

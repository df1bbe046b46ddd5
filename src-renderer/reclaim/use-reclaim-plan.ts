import { useEffect, useMemo, useState } from 'react';
import type { Plan } from '../../src-shared/domain/plan.ts';
import { usePlan } from '../app/queries.ts';
import { useStore } from '../app/store.ts';
import type { CallFailure } from '../client.ts';
import { useSettled } from '../files/use-settled.ts';
import { type PruneRule, toPolicy } from './prune-rule.ts';
import { pruneRule, type ReclaimChoice } from './reclaim-settings.ts';

/** Typing a number asks for one plan, not one per key. */
const SETTLE_MS = 300;

export interface ReclaimPlan {
  /** Undefined before the first answer. */
  readonly plan: Plan | undefined;
  /** True while `plan` is not, or not yet, of the rule as it stands: it must not be applied. */
  readonly isOutdated: boolean;
  readonly error: CallFailure | null;
  readonly refetch: () => void;
}

/** What a choice would do now, kept current. A null choice asks nothing. */
export function useReclaimPlan(choice: ReclaimChoice | null): ReclaimPlan {
  const rule = useStore(pruneRule);
  const settled = useSettled(rule, SETTLE_MS);
  const action = useMemo(() => (choice === null ? null : toAction(choice, settled)), [choice, settled]);
  const query = usePlan(action);
  const [last, setLast] = useState<{ choice: ReclaimChoice; plan: Plan } | null>(null);
  const { data } = query;
  useEffect(() => {
    if (data !== undefined && choice !== null) setLast({ choice, plan: data });
  }, [data, choice]);
  return {
    plan: data ?? (last?.choice === choice ? last?.plan : undefined),
    isOutdated: data === undefined || (choice === 'prune' && rule !== settled),
    error: query.error,
    refetch: () => void query.refetch(),
  };
}

function toAction(choice: ReclaimChoice, rule: PruneRule) {
  if (choice !== 'prune') return { kind: choice };
  const { pinned, ...policy } = toPolicy(rule);
  return { kind: choice, policy: pinned === undefined ? policy : { ...policy, pinned: [...pinned] } };
}

import { useEffect, useState } from 'react';
import type { Plan } from '../../src-shared/domain/plan.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { useClient } from '../app/client-context.ts';
import { type Apply, createApplySlot, useApply } from './use-apply.ts';

/** What is asked to go: changes when held images are left out, or forced. */
export interface RemovalRequest {
  readonly references: readonly string[];
  readonly isForced: boolean;
}

/** What the person is looking at before anything is applied. */
type PlanState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'planned'; readonly plan: Plan; readonly change: WorldChanged | null }
  | { readonly kind: 'failed'; readonly error: CacheError };

type WorldChanged = Extract<CacheError, { code: 'world-changed' }>;

export interface Removal {
  readonly request: RemovalRequest;
  /** Asks for another plan. */
  readonly ask: (request: RemovalRequest) => void;
  readonly plan: PlanState;
  readonly apply: Apply;
}

/**
 * The plan of a removal and its application. The plan is asked for once and kept: a list that changed under the
 * pointer would not be what the person agreed to. When the cache moved meanwhile, the difference and the new plan
 * take its place.
 */
export function useRemoval(initial: RemovalRequest): Removal {
  const client = useClient();
  const [request, setRequest] = useState(initial);
  const [plan, setPlan] = useState<PlanState>({ kind: 'asking' });
  const [slot] = useState(createApplySlot);
  const apply = useApply(slot);

  useEffect(() => {
    const abort = new AbortController();
    setPlan({ kind: 'asking' });
    const { references, isForced: force } = request;
    const [only, ...others] = references;
    const action =
      only !== undefined && others.length === 0
        ? { kind: 'remove' as const, reference: only, force }
        : { kind: 'remove' as const, references: [...references], force };
    client
      .call('cache.plan', { action }, { signal: abort.signal })
      .then((result) => {
        if (abort.signal.aborted) return;
        setPlan(
          result.ok
            ? { kind: 'planned', plan: result.value, change: null }
            : { kind: 'failed', error: result.error },
        );
      })
      .catch(() => undefined);
    return () => abort.abort();
  }, [client, request]);

  const { state, reset } = apply;
  useEffect(() => {
    if (state.kind !== 'failed') return;
    const { error } = state;
    if (error.code === 'world-changed') setPlan({ kind: 'planned', plan: error.plan, change: error });
    else setPlan({ kind: 'failed', error });
    reset();
  }, [state, reset]);

  return { request, ask: setRequest, plan, apply };
}

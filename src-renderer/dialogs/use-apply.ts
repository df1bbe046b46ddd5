import { useQueryClient } from '@tanstack/react-query';
import type { Plan, Progress, Report } from '../../src-shared/domain/plan.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import type { Result } from '../../src-shared/ipc/result.ts';
import { useClient } from '../app/client-context.ts';
import { createStore, type Store, useStore } from '../app/store.ts';
import type { Client } from '../client.ts';

/** How far applying a plan is. */
type ApplyState =
  | { readonly kind: 'idle' }
  /** `progress` is null until the engine has said something. */
  | { readonly kind: 'running'; readonly progress: Progress | null; readonly isStopping: boolean }
  | { readonly kind: 'done'; readonly report: Report }
  /** Stopped by the person on a connection that could no longer bring the report. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: CacheError };

/** Where one removal at a time runs: outlives the components that watch it. */
export interface ApplySlot {
  readonly state: Store<ApplyState>;
  controller: AbortController | null;
}

export function createApplySlot(): ApplySlot {
  return { state: createStore<ApplyState>({ kind: 'idle' }), controller: null };
}

export interface Apply {
  readonly state: ApplyState;
  /** @param undoMinutes How long it can be undone; 0 frees its space at once. */
  readonly start: (plan: Plan, undoMinutes: number) => void;
  /** Asks the engine to stop after the item at hand. */
  readonly stop: () => void;
  /** Forgets the outcome. */
  readonly reset: () => void;
}

/** Applies plans exactly as seen. A component that goes away stops nothing; one that comes back sees how far it is. */
export function useApply(slot: ApplySlot): Apply {
  const client = useClient();
  const queries = useQueryClient();
  const state = useStore(slot.state);
  return {
    state,
    start: (plan, undoMinutes) =>
      void run(slot, client, plan, undoMinutes).then(() => queries.invalidateQueries()),
    stop: () => {
      slot.controller?.abort();
      slot.state.set((previous) =>
        previous.kind === 'running' ? { ...previous, isStopping: true } : previous,
      );
    },
    reset: () => slot.state.set({ kind: 'idle' }),
  };
}

async function run(slot: ApplySlot, client: Client, plan: Plan, undoMinutes: number): Promise<void> {
  const controller = new AbortController();
  slot.controller = controller;
  slot.state.set({ kind: 'running', progress: null, isStopping: false });
  const onItem = (progress: Progress) =>
    slot.state.set({ kind: 'running', progress, isStopping: controller.signal.aborted });
  try {
    const result = await callFor(client, plan, undoMinutes, { signal: controller.signal, onItem });
    slot.state.set(
      result.ok ? { kind: 'done', report: result.value } : { kind: 'failed', error: result.error },
    );
  } catch {
    slot.state.set({ kind: 'stopped' });
  }
}

function callFor(
  client: Client,
  { action, planId }: Plan,
  undoMinutes: number,
  options: { signal: AbortSignal; onItem: (progress: Progress) => void },
): Promise<Result<Report>> {
  const how = { planId, undoMinutes };
  switch (action.kind) {
    case 'remove':
      return 'references' in action
        ? client.call(
            'images.remove',
            { references: [...action.references], force: action.force, ...how },
            options,
          )
        : client.call('images.remove', { reference: action.reference, force: action.force, ...how }, options);
    case 'gcLayers':
      return client.call('cache.gcLayers', how, options);
    case 'gc':
      return client.call('cache.gc', how, options);
    case 'prune': {
      const { pinned, ...policy } = action.policy;
      const taken = pinned === undefined ? policy : { ...policy, pinned: [...pinned] };
      return client.call('cache.prune', { policy: taken, ...how }, options);
    }
  }
}

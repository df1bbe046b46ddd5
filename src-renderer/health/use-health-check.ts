import type { HealthProgress, HealthReport } from '../../src-shared/domain/health.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { useClient } from '../app/client-context.ts';
import { createStore, type Store, useStore } from '../app/store.ts';
import { announce } from '../ui/index.ts';
import { summarizeHealth } from './health-words.ts';

/** How far a check is. */
export type HealthState =
  | { readonly kind: 'idle' }
  /** `progress` is null until the engine has said something. */
  | { readonly kind: 'running'; readonly progress: HealthProgress | null }
  | { readonly kind: 'done'; readonly report: HealthReport }
  | { readonly kind: 'failed'; readonly error: CacheError };

/** Where one check at a time runs: outlives the components that watch it. */
export interface HealthSlot {
  readonly state: Store<HealthState>;
  controller: AbortController | null;
}

export function createHealthSlot(): HealthSlot {
  return { state: createStore<HealthState>({ kind: 'idle' }), controller: null };
}

export interface HealthCheck {
  readonly state: HealthState;
  /** Checks one image deeply, or for null all of them quickly. Nothing is written. */
  readonly start: (reference: string | null) => void;
  readonly stop: () => void;
}

export function useHealthCheck(slot: HealthSlot): HealthCheck {
  const client = useClient();
  const state = useStore(slot.state);
  return {
    state,
    start: (reference) => {
      slot.controller?.abort();
      const controller = new AbortController();
      slot.controller = controller;
      slot.state.set({ kind: 'running', progress: null });
      const options = {
        signal: controller.signal,
        onItem: (progress: HealthProgress) => {
          if (!controller.signal.aborted) slot.state.set({ kind: 'running', progress });
        },
      };
      const answer =
        reference === null
          ? client.call('health.quick', {}, options)
          : client.call('health.deep', { reference }, options);
      void answer.then(
        (result) => {
          if (controller.signal.aborted) return;
          if (result.ok) announce(summarizeHealth(result.value));
          slot.state.set(
            result.ok ? { kind: 'done', report: result.value } : { kind: 'failed', error: result.error },
          );
        },
        () => undefined,
      );
    },
    stop: () => {
      slot.controller?.abort();
      slot.state.set({ kind: 'idle' });
    },
  };
}

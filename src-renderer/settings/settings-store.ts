import type { QueryClient } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { showSizesIn } from '../../src-shared/domain/format.ts';
import type { Settings, SettingsState } from '../../src-shared/domain/settings.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import type { InputOf } from '../../src-shared/ipc/contract.ts';
import { useClient } from '../app/client-context.ts';
import { createStore, useStore } from '../app/store.ts';
import type { Client } from '../client.ts';
import { pruneRule } from '../reclaim/reclaim-settings.ts';
import { ruleFrom, ruleToKeep } from './kept-rule.ts';
import { showTheme } from './theme.ts';

/** Fields to change; absent ones stay. */
export type SettingsChange = InputOf<'settings.set'>;

interface Kept {
  /** Null until the engine has said what the settings file says. */
  readonly state: SettingsState | null;
  /** Why the last change could not be written; null when it was. */
  readonly error: CacheError | null;
}

const kept = createStore<Kept>({ state: null, error: null });

/** Typing a number of the rule is one change, not one per key. */
const SETTLE_MS = 400;

export function useSettings(): Settings | null {
  return useStore(kept, ({ state }) => state?.settings ?? null);
}

/** Where the settings are kept, what of the file could not be used, and why a change was not written. */
export function useKeptSettings(): Kept {
  return useStore(kept);
}

/** What only the drawing of lists depends on. */
const LOOKS_ONLY: readonly string[] = ['columns', 'columnWidths', 'density'];

/** Writes a change to the settings file; what may depend on it, plans and usage, is read again. */
export function useChangeSettings(): (change: SettingsChange) => void {
  const client = useClient();
  const queries = useQueryClient();
  return (change) => void write(client, queries, change);
}

/**
 * Reads the settings, applies the theme, and from then on writes the prune rule and the pins to the settings file
 * whenever a person changes them. Gives back the way to stop.
 */
export function followSettings(client: Client, queries: QueryClient): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  let stopRule = () => {};
  void client.call('settings.get', {}).then((result) => {
    if (isStopped) return;
    if (!result.ok) {
      kept.set({ state: null, error: result.error });
      return;
    }
    take(result.value);
    pruneRule.set(ruleFrom(result.value.settings));
    stopRule = pruneRule.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(() => void write(client, queries, ruleToKeep(pruneRule.get())), SETTLE_MS);
    });
  });
  return () => {
    isStopped = true;
    clearTimeout(timer);
    stopRule();
  };
}

async function write(client: Client, queries: QueryClient, change: SettingsChange): Promise<void> {
  const result = await client.call('settings.set', change);
  if (result.ok) {
    take(result.value);
    const isLookOnly = Object.keys(change).every((field) => LOOKS_ONLY.includes(field));
    if (!isLookOnly) await queries.invalidateQueries();
  } else kept.set(({ state }) => ({ state, error: result.error }));
}

function take(state: SettingsState): void {
  showSizesIn(state.settings.sizeUnits);
  kept.set({ state, error: null });
  showTheme(state.settings.theme);
}

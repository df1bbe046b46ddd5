import { createStore, type Store } from '../app/store.ts';
import { FIRST_RULE, type PruneRule } from './prune-rule.ts';

/** Which of the three the view shows. */
export type ReclaimChoice = 'gcLayers' | 'gc' | 'prune';

const CHOICE_KEY = 'strata.reclaimChoice';

/** The choice made last, kept between starts. Set it before showing the view to preselect one. */
export const reclaimChoice: Store<ReclaimChoice> = kept(
  CHOICE_KEY,
  (stored) => (stored === 'gcLayers' || stored === 'prune' ? stored : 'gc'),
  (choice) => choice,
);

/** The prune rule and the pins: read from the settings file and written to it by settings/settings-store.ts. */
export const pruneRule: Store<PruneRule> = createStore(FIRST_RULE);

function kept<T>(key: string, parse: (stored: string | null) => T, format: (value: T) => string): Store<T> {
  const store = createStore(parse(read(key)));
  store.subscribe(() => write(key, format(store.get())));
  return store;
}

/** Storage is absent outside a browser, and refused or full in some: then settings last as long as the window. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // See read.
  }
}

import type { Holder } from '../domain/holder.ts';
import type { Plan } from '../domain/plan.ts';

/** Everything that can go wrong in a call, as data. The renderer words it by `code`. */
export type CacheError =
  | {
      readonly code: 'not-found';
      readonly what: 'image' | 'layer' | 'file' | 'plan' | 'undo';
      readonly name: string;
    }
  | { readonly code: 'in-use'; readonly reference: string; readonly holders: readonly Holder[] }
  | { readonly code: 'database-busy'; readonly file: string; readonly waitedMs: number }
  | { readonly code: 'schema-unsupported'; readonly differences: readonly string[] }
  | { readonly code: 'read-only'; readonly reasons: readonly string[] }
  /** `issues`: which field of the input, and what is wrong with it. */
  | {
      readonly code: 'invalid-input';
      readonly issues: readonly { readonly path: string; readonly message: string }[];
    }
  | { readonly code: 'cache-missing'; readonly path: string }
  /** Another removal or undo of this Strata is at work on the cache: one at a time. */
  | { readonly code: 'removal-under-way' }
  /** The cache changed since the plan was seen; `plan` is what would be done now. */
  | {
      readonly code: 'world-changed';
      readonly appeared: readonly string[];
      readonly disappeared: readonly string[];
      readonly plan: Plan;
    }
  /** A removal cannot be undone: something has taken the place of what it took. Nothing was changed. */
  | { readonly code: 'undo-blocked'; readonly id: string; readonly reasons: readonly string[] }
  /** A file of Strata's own could not be written; `detail` is the system's word for why. */
  | { readonly code: 'not-saved'; readonly file: string; readonly detail: string }
  /** A file of the cache is damaged; `file` is relative to the cache, `detail` a sentence. */
  | { readonly code: 'damaged'; readonly file: string; readonly detail: string }
  /** The answer did not come: the host has ended, or the way to it is cut. `detail` is the browser's word for it. */
  | { readonly code: 'disconnected'; readonly detail: string }
  /** A defect of ours or of the machine; `incident` finds it in the log. */
  | { readonly code: 'internal'; readonly incident: string };

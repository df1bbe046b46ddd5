import type { KeptItem, PlanAction, RemovedItem } from './plan.ts';

/** One operation that changed a cache, as Strata keeps it in its own data folder across restarts. */
export interface ActivityEntry {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** RFC 3339 in UTC: when it ended. */
  readonly at: string;
  readonly tookMs: number;
  /** The home directory it was done in. */
  readonly home: string;
  readonly kind: ActivityKind;
  /** What was asked for, a prune rule included; of long lists of references only the first. */
  readonly action: PlanAction;
  /** Items removed, brought back or emptied. */
  readonly count: number;
  readonly bytesPlanned: number;
  /** Allocated bytes measured on what went for good. */
  readonly bytesFreed: number;
  /** Allocated bytes that were set aside and can be brought back. */
  readonly bytesSetAside: number;
  /** What `undo.restore` takes; null when nothing was set aside. */
  readonly undoId: string | null;
  readonly isCancelled: boolean;
  /** The first of them, those with the most bytes first. */
  readonly removed: readonly RemovedItem[];
  readonly removedOmitted: number;
  readonly leftAlone: readonly KeptItem[];
  readonly leftAloneOmitted: number;
  readonly notes: readonly string[];
}

export type ActivityKind =
  /** Remove, collect or prune, as `action` says. */
  | 'removal'
  /** An earlier removal was undone. */
  | 'undo'
  /** What an earlier removal had set aside was deleted: by a person, or because its time had passed. */
  | 'emptied';

/** How large one cache was at one time, for drawing its growth. */
export interface UsageSample {
  /** RFC 3339 in UTC. */
  readonly at: string;
  readonly home: string;
  /** Allocated bytes of the cache directory. */
  readonly totalBytes: number;
  readonly garbageBytes: number;
  readonly setAsideBytes: number;
  readonly files: number;
  readonly references: number;
}

/**
 * A plan is what an action would do now; applying it does exactly that or nothing. The planner
 * (src-main/engine/plan) is the only place that decides what may go.
 */

/** Which images `prune` may take. Absent fields do not restrict; with none at all every unheld image goes. */
export interface PrunePolicy {
  /** Only images not used for this many days. */
  readonly unusedForDays?: number;
  /** Take no more than it needs for the cache to occupy no more than this: what is missed least. */
  readonly cacheUnderBytes?: number;
  /** Take no more than it needs for this many bytes to come free: what is missed least. */
  readonly freeAtLeastBytes?: number;
  /** Keep the newest N tags of each repository. */
  readonly keepNewestPerRepository?: number;
  /** Never what was pulled or loaded in the last N hours. */
  readonly keepPulledWithinHours?: number;
  /** References never taken. */
  readonly pinned?: readonly string[];
}

export type PlanAction =
  | { readonly kind: 'remove'; readonly reference: string; readonly force: boolean }
  | { readonly kind: 'remove'; readonly references: readonly string[]; readonly force: boolean }
  | { readonly kind: 'gcLayers' }
  | { readonly kind: 'gc' }
  | { readonly kind: 'prune'; readonly policy: PrunePolicy };

/** What kind of thing one line of a plan removes. */
export type PlanItemKind =
  | 'reference'
  | 'manifest'
  | 'layer'
  | 'fsmeta'
  | 'vmdk'
  | 'flat-ref'
  | 'flat-disk'
  | 'metadata'
  | 'download'
  | 'spool'
  | 'work'
  /** What an interrupted removal set aside. */
  | 'leftover';

export interface PlanItem {
  readonly kind: PlanItemKind;
  /** A reference, a digest, or a path relative to the cache. */
  readonly name: string;
  /** Why it goes, in words. */
  readonly reason: string;
  /** Bytes this line gives back: allocated blocks, 0 for rows and for files with a link elsewhere. */
  readonly allocatedBytes: number;
  /** The reference or manifest digest whose removal takes this line along; null when it goes on its own account. */
  readonly partOf: string | null;
  /** True when a database row goes, true when a file goes, or both. */
  readonly hasRow: boolean;
  readonly hasFile: boolean;
}

export interface KeptItem {
  readonly kind: PlanItemKind | 'file';
  readonly name: string;
  /** Why it stays, in words that name the holder. */
  readonly reason: string;
  /** Allocated bytes that stay. */
  readonly allocatedBytes: number;
}

export interface Plan {
  readonly planId: string;
  readonly action: PlanAction;
  readonly items: readonly PlanItem[];
  /** What somebody might expect to go and why it does not. */
  readonly kept: readonly KeptItem[];
  /** Sum of `items[].allocatedBytes`: what applying this plan frees. */
  readonly bytes: number;
  /** True while a pull, load or save is under way: files stay until it ends. */
  readonly isBusy: boolean;
}

export interface RemovedItem {
  readonly kind: PlanItemKind;
  readonly name: string;
  readonly reason: string;
  /** Measured when the file went. */
  readonly allocatedBytes: number;
}

/** What applying a plan did. */
export interface Report {
  readonly action: PlanAction;
  /** Items removed. */
  readonly count: number;
  /** Allocated bytes measured on the files that went. */
  readonly bytesFreed: number;
  /** Allocated bytes of files set aside: not free before the removal is emptied or its time has passed. */
  readonly bytesSetAside?: number;
  /** What `undo.restore` takes; absent when nothing can be undone. */
  readonly undoId?: string;
  /** When what was set aside is emptied by itself; RFC 3339 in UTC. */
  readonly undoUntil?: string;
  /** What the plan announced. */
  readonly bytesPlanned: number;
  readonly removed: readonly RemovedItem[];
  readonly leftAlone: readonly KeptItem[];
  /** Free bytes of the file system; null where it does not say. */
  readonly freeSpaceBeforeBytes: number | null;
  readonly freeSpaceAfterBytes: number | null;
  /** True when a person stopped it: what had not gone by then is in `leftAlone`. */
  readonly isCancelled: boolean;
  /** Facts about this run a person should know, as sentences. */
  readonly notes: readonly string[];
}

/** One step of applying a plan. */
export interface Progress {
  readonly step: 'checking' | 'rows' | 'files';
  readonly doneItems: number;
  readonly totalItems: number;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

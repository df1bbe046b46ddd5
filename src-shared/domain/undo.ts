import type { PlanAction } from './plan.ts';

/** One removal whose files are set aside in the cache: it can be brought back byte for byte, or emptied. */
export interface UndoEntry {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** RFC 3339 in UTC. */
  readonly removedAt: string;
  /** When it is emptied by itself; RFC 3339 in UTC. */
  readonly expiresAt: string;
  /** Null when the journal beside the files cannot be read. */
  readonly action: PlanAction | null;
  /** References that come back, the first hundred. */
  readonly references: readonly string[];
  readonly referencesOmitted: number;
  readonly files: number;
  readonly rows: number;
  /** Allocated bytes that emptying frees. */
  readonly bytes: number;
  /** Why it cannot be brought back, as a sentence; null when nothing is known to be in the way. */
  readonly problem: string | null;
}

export interface UndoRestored {
  readonly id: string;
  readonly references: readonly string[];
  readonly files: number;
  readonly rows: number;
  /** Allocated bytes that are in use again. */
  readonly bytes: number;
}

export interface UndoEmptied {
  readonly ids: readonly string[];
  /** Allocated bytes measured on what went. */
  readonly bytesFreed: number;
  /** What stayed and why, as sentences. */
  readonly leftAlone: readonly string[];
}

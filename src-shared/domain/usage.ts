import type { PlanItemKind } from './plan.ts';

/** Where every byte of the cache directory is. Each file is counted in one line only. */
export type UsageCategory =
  | 'shared-layers'
  | 'own-layers'
  | 'fsmeta'
  | 'vmdk'
  | 'flat'
  | 'metadata'
  | 'in-flight'
  | 'garbage'
  /** Removed, not yet freed: what can still be undone. */
  | 'set-aside'
  | 'unknown'
  /** The blocks directories themselves occupy, and what Strata notes for undo. */
  | 'directories';

export interface UsageLine {
  readonly category: UsageCategory;
  readonly files: number;
  /** Blocks on disk; a hard-linked inode is counted with its first name. */
  readonly allocatedBytes: number;
  /** Sum of the lengths. */
  readonly logicalBytes: number;
}

/** What one of the two collections would give back now. */
export interface Reclaimable {
  readonly count: number;
  readonly bytes: number;
}

export interface Usage {
  /** Sum of `lines[].allocatedBytes`: the allocated size of the cache directory. */
  readonly totalBytes: number;
  readonly logicalBytes: number;
  readonly files: number;
  readonly lines: readonly UsageLine[];
  readonly counts: {
    readonly references: number;
    readonly manifests: number;
    readonly layers: number;
    /** References of damaged images that msb is not pulling again. */
    readonly damaged: number;
    /** Complete images on disk that no reference names. */
    readonly unlisted: number;
  };
  readonly gcLayers: Reclaimable;
  readonly gc: Reclaimable;
  /** Everything prune without a rule would take. */
  readonly prune: Reclaimable;
  /** Sandbox and snapshot folders beside the cache that pin images: often the real cost. */
  readonly outside: readonly OutsideDisk[];
  readonly isBusy: boolean;
  /** How many pulls, loads and saves the locks and temporary files show. */
  readonly inFlight: number;
  /** Free bytes of the cache's file system; null where it does not say. */
  readonly freeSpaceBytes: number | null;
}

/** What `Usage` leaves out: which garbage, and which files have sizes that mislead. */
export interface UsageDetail {
  /** What gc would take, by kind, most bytes first; their bytes add up to `Usage.gc.bytes`. */
  readonly garbage: readonly {
    readonly kind: PlanItemKind;
    readonly count: number;
    readonly bytes: number;
  }[];
  /** Files that are longer than the blocks they occupy: holes, or compressed by the file system. */
  readonly sparse: FileGroup;
  /** Files with another name somewhere: their blocks come free with the last one. */
  readonly hardLinked: FileGroup;
  /** Whether files may share blocks with copies of themselves: `none` where the file system cannot do it. */
  readonly reflinked: 'none' | 'unknown';
  /** What could not be read, relative to the cache; '' is the cache itself. */
  readonly unreadable: readonly string[];
  /** Files of the lines that name no image or layer: of each line the largest, at most 500. */
  readonly files: readonly CacheFile[];
}

/** A file, or a folder with all that is in it, which is neither a layer nor made of one image's layers. */
export interface CacheFile {
  /** Relative to the cache. */
  readonly path: string;
  readonly category: Extract<UsageCategory, 'flat' | 'in-flight' | 'set-aside' | 'unknown'>;
  /** Its share of the line's bytes: an inode with several names counts with its first. */
  readonly allocatedBytes: number;
  readonly logicalBytes: number;
  /** RFC 3339 in UTC. */
  readonly modifiedAt: string;
  /** Of a flat root disk: what it is called, and the images it was made for. */
  readonly flatDisk: { readonly artifactDigest: string; readonly references: readonly string[] } | null;
}

export interface FileGroup {
  readonly files: number;
  readonly allocatedBytes: number;
  readonly logicalBytes: number;
}

export interface OutsideDisk {
  readonly kind: 'sandbox' | 'snapshot';
  readonly name: string;
  readonly path: string;
  readonly allocatedBytes: number;
  readonly logicalBytes: number;
  readonly manifestDigests: readonly string[];
}

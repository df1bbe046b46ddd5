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
  /** The blocks directories themselves occupy. */
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

export interface OutsideDisk {
  readonly kind: 'sandbox' | 'snapshot';
  readonly name: string;
  readonly path: string;
  readonly allocatedBytes: number;
  readonly logicalBytes: number;
  readonly manifestDigests: readonly string[];
}

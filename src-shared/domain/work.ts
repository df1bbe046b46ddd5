/** What msb is at work on, as far as its files and locks tell. */
export interface Work {
  /** Pulls, loads and saves under way; at least one while anything is locked. */
  readonly operations: number;
  /** What is being written now, in the order of the digests. */
  readonly steps: readonly WorkStep[];
  /** Images that are pulled again: only of those the cache knows the layers before the pull ends. */
  readonly images: readonly PulledImage[];
  /** Layers that became complete since the work began. */
  readonly newLayers: number;
}

export interface WorkStep {
  /**
   * `download` of a blob, `unpack` of a layer, `merge` of all layers of a manifest into its index, `flatten` into one
   * disk, `copy` of layers out of or into an archive.
   */
  readonly kind: 'download' | 'unpack' | 'merge' | 'flatten' | 'copy';
  /** Of the blob, layer, manifest or derivation; null for a copy, whose file name tells none. */
  readonly digest: string | null;
  /** Length of what is written so far. How long it will be, no file tells. */
  readonly bytes: number;
}

export interface PulledImage {
  /** Null when no row has it. */
  readonly reference: string | null;
  /** Layers that are complete and not being written anew. */
  readonly doneLayers: number;
  readonly totalLayers: number;
}

export const NO_WORK: Work = { operations: 0, steps: [], images: [], newLayers: 0 };

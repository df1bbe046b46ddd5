/** What the disk says of one layer. */
export type LayerState =
  /** The EROFS file is there, with a superblock and a length that fit. */
  | { readonly kind: 'materialized' }
  | { readonly kind: 'missing' }
  /** Empty, or not a whole number of blocks. */
  | { readonly kind: 'truncated'; readonly lengthBytes: number }
  /** Not a regular file, or not readable by us. */
  | { readonly kind: 'unreadable'; readonly detail: string };

/** One layer of one image. */
export interface ImageLayer {
  readonly diffId: string;
  readonly blobDigest: string;
  readonly mediaType: string | null;
  /** Bytes as transported. */
  readonly compressedSizeBytes: number | null;
  /** Length of the EROFS file; null only when the file is missing. */
  readonly erofsSizeBytes: number | null;
  /** 0 is the base. */
  readonly position: number;
  /** Allocated bytes of the EROFS file; 0 when missing. */
  readonly allocatedSizeBytes: number;
  readonly state: LayerState;
  /** References of other images that use this layer, those of the same digest left out. */
  readonly sharedWith: readonly string[];
  /** The build command of this layer from the image's history; null when the history does not tell. */
  readonly createdBy: string | null;
}

/** One layer of the cache, for the list of all layers. */
export interface LayerSummary {
  readonly diffId: string;
  /** Null for a file without a row. */
  readonly blobDigest: string | null;
  readonly mediaType: string | null;
  readonly compressedSizeBytes: number | null;
  readonly erofsSizeBytes: number | null;
  readonly allocatedSizeBytes: number;
  readonly state: LayerState;
  /** References of the images that use it, newest first. */
  readonly references: readonly string[];
  /** Manifest digests that use it, whether or not a reference names them. */
  readonly manifestDigests: readonly string[];
  /** True when no manifest, no metadata file and no holder reaches it. */
  readonly isOrphan: boolean;
  readonly createdAt: string | null;
  readonly lastUsedAt: string | null;
}

import type { Platform } from '../../../src-shared/domain/image.ts';

/**
 * What the cache directory holds, as directory entries and metadata; file contents only where small and
 * needed (metadata JSON, flat refs). Everything here may be stale by the time it is read.
 */
export interface StoreSnapshot {
  /** False when the cache directory does not exist. */
  readonly exists: boolean;
  readonly entries: readonly StoreEntry[];
  readonly metadata: readonly MetadataFile[];
  readonly flatRefs: readonly FlatRefFile[];
  /** Snapshot artifacts found below the snapshots directory, both layouts. */
  readonly snapshots: readonly SnapshotArtifact[];
  readonly locks: LockState;
  /**
   * Folders, metadata files and flat refs that could not be read, relative to the cache: what is in them, or
   * what they hold, is unknown. Below a folder also what could not be counted.
   */
  readonly unreadable: readonly string[];
}

/** What the name of an entry says it is. Only these exact patterns are ours to judge; all else is `unknown`. */
export type StoreKind =
  | { readonly kind: 'layer'; readonly diffId: string }
  | { readonly kind: 'layer-lock'; readonly diffId: string }
  /** `layers/<B>.tar.gz`: a downloaded blob. */
  | { readonly kind: 'blob'; readonly blobDigest: string }
  | { readonly kind: 'fsmeta'; readonly manifestDigest: string }
  | { readonly kind: 'fsmeta-lock'; readonly manifestDigest: string }
  | { readonly kind: 'vmdk'; readonly manifestDigest: string }
  | { readonly kind: 'metadata'; readonly key: string }
  | { readonly kind: 'metadata-part'; readonly key: string }
  | { readonly kind: 'metadata-lock'; readonly key: string }
  | { readonly kind: 'flat-ref'; readonly manifestDigest: string }
  | { readonly kind: 'flat-ref-part'; readonly manifestDigest: string }
  | { readonly kind: 'flat-disk'; readonly artifactDigest: string }
  | { readonly kind: 'flat-lock'; readonly derivationDigest: string }
  | { readonly kind: 'download-part'; readonly blobDigest: string }
  | { readonly kind: 'download-lock'; readonly blobDigest: string }
  | { readonly kind: 'spool'; readonly diffId: string }
  | { readonly kind: 'layer-part'; readonly diffId: string }
  /** A directory with everything below it as one entry. */
  | { readonly kind: 'work'; readonly digest: string }
  /** `tmp/load-<n>-<pid>-<id>.blob` or `tmp/save-<pid>-<id>.layer.tar`. */
  | { readonly kind: 'transfer'; readonly pid: number; readonly isAlive: boolean }
  /** What one interrupted removal of ours set aside: a directory with everything below it as one entry. */
  | { readonly kind: 'leftover' }
  /** What one removal of ours set aside whole: exactly what it took, which can be undone. */
  | { readonly kind: 'set-aside' }
  /** The journal to undo it, and the folders that stand for those of the cache, as one entry. */
  | { readonly kind: 'undo-journal' }
  /** A directory msb makes itself. */
  | { readonly kind: 'directory' }
  | { readonly kind: 'unknown' };

export interface StoreEntry {
  /** Relative to the cache, `/`-separated. */
  readonly path: string;
  readonly what: StoreKind;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Length in bytes, 0 for a directory itself; of one that stands for what is below it the sum of that. */
  readonly logicalBytes: number;
  /** Blocks times 512; of a directory that stands for what is below it the sum, directories included. */
  readonly allocatedBytes: number;
  /** 1 for whatever is not a directory; of a directory that stands for what is below it their number, else 0. */
  readonly files: number;
  /** Last modification; the latest of all when a directory stands for what is below it. */
  readonly mtimeMs: number;
  /** Device and inode as text: both exceed 2^53 on some file systems. */
  readonly dev: string;
  readonly ino: string;
  /** 1 for directories: a file below one that has names elsewhere too is an entry of its own, `unknown`. */
  readonly linkCount: number;
  /** For layers and fsmeta: what the superblock check says; null for everything else. */
  readonly erofs: 'ok' | 'truncated' | 'bad-superblock' | 'unreadable' | null;
}

/** `manifests/<key>.json`. */
export interface MetadataFile {
  readonly key: string;
  /** Null when the file is not the JSON msb writes: msb treats it as absent, and so do we (it holds nothing). */
  readonly content: ImageMetadata | null;
}

export interface ImageMetadata {
  readonly manifestDigest: string;
  readonly configDigest: string;
  readonly layers: readonly { readonly diffId: string; readonly blobDigest: string }[];
  readonly hasRawConfig: boolean;
  /** From the raw config JSON; null when it is missing or says none. */
  readonly platform: Platform | null;
}

/** `flat/refs/<manifest>.json`. `artifactDigest` and `lengthBytes`, of the flat disk, are null when they cannot be understood. */
export interface FlatRefFile {
  readonly manifestDigest: string;
  readonly artifactDigest: string | null;
  readonly lengthBytes: number | null;
}

export interface SnapshotArtifact {
  /** Absolute directory. */
  readonly path: string;
  readonly name: string | null;
  readonly group: string | null;
  /** Null when the descriptor cannot be read: the snapshot then holds everything. */
  readonly manifestDigest: string | null;
}

export interface LockState {
  /** False where flock cannot be probed. */
  readonly canProbe: boolean;
  /** Held lock files, relative to the cache (or to the home for `run/…`), and temporary files of live processes. */
  readonly held: readonly string[];
}

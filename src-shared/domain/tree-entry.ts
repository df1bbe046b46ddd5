/** Files inside an image, read from its EROFS layers where they lie. */

export type FileType =
  | 'regular'
  | 'directory'
  | 'symlink'
  | 'character-device'
  | 'block-device'
  | 'fifo'
  | 'socket';

/** How an entry of the merged view relates to the layers below the one that provides it. */
export type Change =
  | 'added'
  | 'modified'
  | 'removed'
  /** Only the base layer has it, or nothing in it differs. */
  | 'unchanged';

export interface TreeEntry {
  /** The name for people: UTF-8 decoded, bytes that are not UTF-8 as `\xNN`, control characters escaped. */
  readonly name: string;
  /** Absolute path that `files.list` and `files.read` take: slash-separated, every byte that is not
   *  plain UTF-8 text, and `%`, percent-encoded. */
  readonly path: string;
  readonly type: FileType;
  /** The 12 permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; of a directory: the sum of the files below it in the shown view, null until known. */
  readonly sizeBytes: number | null;
  /** Seconds since 1970, may be negative. */
  readonly mtime: number;
  readonly linkCount: number;
  /** Where a symlink points, escaped like `name`; null for everything else. */
  readonly target: string | null;
  /** Device number of a device; null for everything else. */
  readonly device: { readonly major: number; readonly minor: number } | null;
  /** Position of the layer that provides the entry; null when unknown. */
  readonly position: number | null;
  readonly change: Change;
  /** In one layer's view: this entry deletes a lower one (character device 0:0). */
  readonly isWhiteout: boolean;
  /** A directory that hides all lower entries. */
  readonly isOpaque: boolean;
  /** Bytes that lower layers have at this path and this entry hides; absent for directories and where not known. */
  readonly hiddenBytes?: number;
  /** Of a removed entry: the position of the layer that removes it; absent where not known. */
  readonly removedBy?: number;
  /** Set when this entry could not be read; the other fields then hold what could be. */
  readonly damage: string | null;
}

/** One directory. */
export interface DirectoryListing {
  readonly path: string;
  /** Sorted by name bytes, removed entries included (marked `removed`). */
  readonly entries: readonly TreeEntry[];
  /** Entries left out because the directory has more than the answer may hold. */
  readonly omitted: number;
  /** Damage of the directory itself; entries that could be read are still there. */
  readonly damage: string | null;
}

export interface FileContent {
  readonly path: string;
  readonly totalBytes: number;
  readonly offset: number;
  readonly base64: string;
}

/** A file whose bytes a later layer hides. */
interface HiddenFile {
  readonly path: string;
  /** Sum over all layers whose copy is hidden. */
  readonly hiddenBytes: number;
  /** Positions of every layer that has the path, base first. */
  readonly positions: readonly number[];
  readonly isRemoved: boolean;
}

/** What the layers of one image waste. */
export interface ImageEfficiency {
  /** Bytes the merged image shows divided by bytes all layers carry, 0 to 1, as dive defines it. */
  readonly efficiency: number;
  readonly files: number;
  readonly hiddenBytes: number;
  readonly hiddenFiles: number;
  /** The largest first, at most 1000. */
  readonly hidden: readonly HiddenFile[];
}

/** A path found in an image. */
export interface FoundPath {
  readonly references: readonly string[];
  readonly manifestDigest: string;
  readonly diffId: string;
  readonly position: number;
  readonly entry: TreeEntry;
}

/** Two images side by side; `left` and `right` are the references asked for. */
export interface ImageComparison {
  readonly left: string;
  readonly right: string;
  /** Configuration fields that differ, as text. */
  readonly config: readonly {
    readonly field: string;
    readonly left: string | null;
    readonly right: string | null;
  }[];
  readonly sharedLayers: readonly string[];
  readonly leftLayers: readonly string[];
  readonly rightLayers: readonly string[];
  readonly files: readonly ComparedFile[];
  readonly counts: { readonly added: number; readonly removed: number; readonly modified: number };
  /** Files left out of `files` because there are more than the answer may hold. */
  readonly omitted: number;
}

export interface ComparedFile {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'modified';
  readonly leftBytes: number | null;
  readonly rightBytes: number | null;
}

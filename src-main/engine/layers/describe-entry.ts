import type { Change, FileType, TreeEntry } from '../../../src-shared/domain/tree-entry.ts';
import { ErofsError, InodeRecord, isWhiteout, toInode } from '../erofs/index.ts';
import { encodeName, joinPath, showName } from './entry-name.ts';
import type { OpenLayer } from './open-layers.ts';

/** Where an entry was found, and what the overlay says of it. */
export interface EntryPlace {
  readonly directoryPath: string;
  readonly name: Buffer;
  readonly nid: number;
  /** What the directory says it is, for when the inode cannot be read (`struct erofs_dirent`). */
  readonly fileType: number;
  readonly change: Change;
  /** One layer as it is: whiteouts and opaque directories mean something. */
  readonly isLayerView: boolean;
  /** Bytes of the files below a directory, where they are known. */
  readonly directoryBytes?: number | null;
  readonly hiddenBytes?: number;
  readonly removedBy?: number;
}

/** One entry for people, read from the layer that provides it. What cannot be read is said in `damage`. */
export function describeEntry({ layer, image }: OpenLayer, place: EntryPlace): TreeEntry {
  const frame = {
    name: showName(place.name),
    path: joinPath(place.directoryPath, encodeName(place.name)),
    position: layer.position,
    ...(place.hiddenBytes === undefined ? {} : { hiddenBytes: place.hiddenBytes }),
    ...(place.removedBy === undefined ? {} : { removedBy: place.removedBy }),
  };
  const damage = new Damage(nameDamage(place.name));
  const record = damage.guard(() => image.record(place.nid, new InodeRecord()));
  if (record === null) {
    return {
      ...frame,
      ...UNREADABLE,
      type: TYPES[place.fileType] ?? 'regular',
      change: place.change,
      damage: damage.text,
    };
  }
  const inode = toInode(record);
  const target = inode.type === 'symlink' ? damage.guard(() => showName(image.readLinkOf(record))) : null;
  const isOpaque = inode.type === 'directory' && damage.guard(() => image.isOpaque(record)) === true;
  const isDeleting = place.isLayerView && isWhiteout(record);
  return {
    ...frame,
    type: inode.type,
    mode: inode.mode,
    uid: inode.uid,
    gid: inode.gid,
    sizeBytes: inode.type === 'directory' ? (place.directoryBytes ?? null) : inode.size,
    // A Date cannot show what lies beyond 2^53 seconds either.
    mtime: Number(inode.mtime),
    linkCount: inode.linkCount,
    target,
    device: inode.device,
    change: isDeleting ? 'removed' : place.change,
    isWhiteout: isDeleting,
    isOpaque,
    damage: damage.text,
  };
}

const UNREADABLE = {
  mode: 0,
  uid: 0,
  gid: 0,
  sizeBytes: null,
  mtime: 0,
  linkCount: 0,
  target: null,
  device: null,
  isWhiteout: false,
  isOpaque: false,
} as const;

/** By the file type of a dirent. */
const TYPES: readonly (FileType | undefined)[] = [
  undefined,
  'regular',
  'directory',
  'character-device',
  'block-device',
  'fifo',
  'socket',
  'symlink',
];

/** Keeps the first thing that went wrong, and goes on. */
class Damage {
  text: string | null;

  constructor(text: string | null) {
    this.text = text;
  }

  guard<Value>(read: () => Value): Value | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ErofsError)) throw error;
      this.text ??= error.message;
      return null;
    }
  }
}

/** No system makes such names: only a damaged or a forged image has them. */
function nameDamage(name: Buffer): string | null {
  if (name.includes(0x2f)) return 'The name contains a slash.';
  return name.includes(0) ? 'The name contains a NUL.' : null;
}

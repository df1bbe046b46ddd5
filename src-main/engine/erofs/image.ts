import { type DataSource, readData } from './data.ts';
import { type DeviceSlot, readDeviceTable } from './device-table.ts';
import { findDirent, readDirents } from './directory.ts';
import { DirentTable } from './dirent-table.ts';
import { ErofsError } from './erofs-error.ts';
import { ImageFile } from './image-file.ts';
import {
  decodeInode,
  type Inode,
  InodeRecord,
  isDirectory,
  isRegular,
  S_IFLNK,
  S_IFMT,
  toInode,
} from './inode.ts';
import { readSuperblock, type Superblock } from './superblock.ts';
import { hasXattr, readXattrs, type Xattr } from './xattrs.ts';

/** One entry of a directory. */
export interface DirectoryEntry {
  /** Raw bytes, 1 to 255 of them; neither `.` nor `..`. */
  readonly name: Buffer;
  readonly nid: number;
}

export interface Directory {
  /** Sorted by name bytes. */
  readonly entries: readonly DirectoryEntry[];
  /** What is wrong with the directory itself; the entries are those that could be read. */
  readonly damage: ErofsError | null;
}

/** Longest symlink target read: Linux takes 4096 bytes. */
const MAX_LINK_BYTES = 4096;

/**
 * An open EROFS image, read in place: superblock and device table have been checked, everything else is checked
 * when it is asked for. Uncompressed data only. All methods throw `ErofsError` for what is wrong with the image,
 * and concern one entry: others stay readable.
 */
export class ErofsImage implements DataSource {
  readonly file: ImageFile;
  readonly superblock: Superblock;
  readonly deviceSlots: readonly DeviceSlot[];
  readonly devices: readonly (ImageFile | undefined)[];

  constructor(
    file: ImageFile,
    superblock: Superblock,
    deviceSlots: readonly DeviceSlot[],
    devices: readonly (ImageFile | undefined)[],
  ) {
    this.file = file;
    this.superblock = superblock;
    this.deviceSlots = deviceSlots;
    this.devices = devices;
  }

  /** The nid of the root directory. */
  get root(): number {
    return this.superblock.rootNid;
  }

  /** Bytes that the superblock promises and the file does not have; 0 for a whole file. */
  get missingBytes(): number {
    return Math.max(0, this.superblock.declaredBytes - this.file.length);
  }

  readInode(nid: number): Inode {
    return toInode(this.record(nid));
  }

  /** The same as plain fields, into `into` or a new record. */
  record(nid: number, into = new InodeRecord()): InodeRecord {
    decodeInode(this.file, this.superblock, nid, into);
    return into;
  }

  readDirectory(nid: number): Directory {
    const table = new DirentTable();
    const inode = this.record(nid);
    if (!isDirectory(inode)) throw wrongType('directory', nid);
    const damage = readDirents(this, inode, table);
    const entries = Array.from({ length: table.count }, (_, index) => ({
      name: table.nameAt(index),
      nid: table.nid[index]!,
    }));
    return { entries, damage };
  }

  /** The nid a path leads to from the root, or null. Symbolic links on the way are not followed. */
  lookup(path: readonly Buffer[]): number | null {
    let nid = this.root;
    for (const name of path) {
      const inode = this.record(nid);
      if (!isDirectory(inode)) return null;
      const dirent = findDirent(this, inode, name);
      if (dirent === null) return null;
      nid = dirent.nid;
    }
    return nid;
  }

  /** Up to `length` bytes of a regular file from `offset`, fewer at its end; a copy. */
  readFile(nid: number, offset: number, length: number): Buffer {
    return this.readFileOf(this.record(nid), offset, length);
  }

  readFileOf(inode: InodeRecord, offset: number, length: number): Buffer {
    if (!isRegular(inode)) throw wrongType('regular file', inode.nid);
    return readData(this, inode, offset, length);
  }

  /** Where a symlink points, as bytes. */
  readLink(nid: number): Buffer {
    return this.readLinkOf(this.record(nid));
  }

  readLinkOf(inode: InodeRecord): Buffer {
    if ((inode.mode & S_IFMT) !== S_IFLNK) throw wrongType('symlink', inode.nid);
    if (inode.size > MAX_LINK_BYTES) {
      throw new ErofsError(
        'inode',
        `The symlink of inode ${inode.nid} claims a target of ${inode.size} bytes.`,
      );
    }
    return readData(this, inode, 0, inode.size);
  }

  readXattrs(nid: number): readonly Xattr[] {
    return readXattrs(this, this.record(nid));
  }

  /** True for a directory that hides what lower layers have in it. */
  isOpaque(inode: InodeRecord): boolean {
    if (inode.xattrBytes === 0) return false;
    return hasXattr(this, inode, OPAQUE, YES);
  }

  close(): void {
    this.file.close();
    for (const device of this.devices) device?.close();
  }
}

const OPAQUE = 'trusted.overlay.opaque';
const YES = Buffer.from('y');

export interface OpenOptions {
  /** The files of the device table, in order; those that cannot be opened only fail the files that lie there. */
  readonly devices?: readonly string[];
  /** What it may keep in memory; 4 MiB unless said otherwise, never below 128 KiB. */
  readonly memoryBytes?: number;
}

/**
 * Opens an image, read-only, without following a symbolic link.
 *
 * @throws ErofsError `missing`, `not-a-file`, `io`, `truncated`, `superblock`, `checksum`, `unsupported`.
 */
export function openErofs(path: string, options: OpenOptions = {}): ErofsImage {
  const file = new ImageFile(path, options.memoryBytes);
  try {
    const superblock = readSuperblock(file);
    const slots = readDeviceTable(file, superblock);
    return new ErofsImage(file, superblock, slots, (options.devices ?? []).map(openDevice));
  } catch (error) {
    file.close();
    throw error;
  }
}

function openDevice(path: string): ImageFile | undefined {
  try {
    return new ImageFile(path);
  } catch (error) {
    if (error instanceof ErofsError) return undefined;
    throw error;
  }
}

function wrongType(wanted: string, nid: number): ErofsError {
  return new ErofsError('inode', `Inode ${nid} is no ${wanted}.`);
}

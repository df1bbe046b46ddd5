import type { FileType } from '../../../src-shared/domain/tree-entry.ts';
import { ErofsError, unsupported } from './erofs-error.ts';
import type { ImageFile } from './image-file.ts';
import type { Superblock } from './superblock.ts';

/** How an inode says where its bytes are; 1 and 3 are compressed. */
export const LAYOUT_PLAIN = 0;
export const LAYOUT_INLINE = 2;
export const LAYOUT_CHUNKS = 4;

/** File type bits of a mode, as everywhere in Unix. */
export const S_IFMT = 0o170000;
export const S_IFDIR = 0o040000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;
export const S_IFCHR = 0o020000;
export const S_IFBLK = 0o060000;

/** The nid counts 32-byte slots from the start of the metadata. */
const SLOT_BYTES = 32;
const COMPACT_BYTES = 32;
const EXTENDED_BYTES = 64;

/**
 * The fields of one inode as plain numbers, to be filled again and again by `decodeInode`: reading two hundred
 * thousand of them must not make two hundred thousand objects.
 */
export class InodeRecord {
  nid = 0;
  /** Of the inode in the file. */
  position = 0;
  /** 32 or 64. */
  headerBytes = 0;
  /** Of the xattr area that follows. */
  xattrBytes = 0;
  layout = 0;
  /** Type and permission bits. */
  mode = 0;
  /** Bytes; exact, since `decodeInode` refuses more than 2^53 - 1. */
  size = 0;
  /** First block, device number or chunk format. */
  union = 0;
  uid = 0;
  gid = 0;
  /** Seconds, a signed 64-bit number in two halves. */
  mtimeLow = 0;
  mtimeHigh = 0;
  mtimeNanoseconds = 0;
  linkCount = 0;
}

/** What an inode says of a file. */
export interface Inode {
  readonly nid: number;
  readonly type: FileType;
  /** The 12 permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; exact: a larger number than 2^53 - 1 is refused as damage. */
  readonly size: number;
  /** Seconds since 1970; the format has 64 bits, and so has this. */
  readonly mtime: bigint;
  readonly mtimeNanoseconds: number;
  readonly linkCount: number;
  /** Of character and block devices, else null. */
  readonly device: DeviceNumber | null;
}

export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}

/**
 * Reads one inode (`struct erofs_inode_compact` or `_extended`) into `into`. A nid is a number: one that lies
 * within a file of less than 2^53 bytes is below 2^48, and all others are refused.
 *
 * @throws ErofsError `inode`, `unsupported`, `truncated`, `io`; `into` then holds nothing of use.
 */
export function decodeInode(file: ImageFile, superblock: Superblock, nid: number, into: InodeRecord): void {
  const position = superblock.metadataStart + nid * SLOT_BYTES;
  if (!(nid >= 0) || position + COMPACT_BYTES > file.length) {
    throw new ErofsError('inode', `Inode ${nid} would lie beyond the end of the file.`);
  }
  const page = file.pageAt(position);
  const offset = position - page.start;
  if (offset + EXTENDED_BYTES <= page.bytes.length) {
    decodeAt(page.view, offset, superblock, nid, position, into);
    return;
  }
  // The inode goes on in the next page, or a compact one ends the file.
  const bytes = file.slice(position, Math.min(EXTENDED_BYTES, file.length - position));
  decodeAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, superblock, nid, position, into);
}

function decodeAt(
  view: DataView,
  at: number,
  superblock: Superblock,
  nid: number,
  position: number,
  into: InodeRecord,
): void {
  const format = view.getUint16(at, true);
  const layout = format >> 1;
  if (layout > LAYOUT_CHUNKS) throw unsupported(`inode format 0x${format.toString(16)}`, `Inode ${nid}`);
  const xattrCount = view.getUint16(at + 2, true);
  into.nid = nid;
  into.position = position;
  into.layout = layout;
  into.xattrBytes = xattrCount === 0 ? 0 : XATTR_HEADER_BYTES + (xattrCount - 1) * 4;
  into.mode = view.getUint16(at + 4, true);
  into.union = view.getUint32(at + 16, true);
  if ((format & 1) === 0) decodeCompact(view, at, superblock, into);
  else decodeExtended(view, at, into);
  if (FILE_TYPES[into.mode >> 12] === undefined) {
    throw new ErofsError('inode', `Inode ${nid} has no file type: its mode is 0${into.mode.toString(8)}.`);
  }
}

export const XATTR_HEADER_BYTES = 12;

function decodeCompact(view: DataView, at: number, superblock: Superblock, into: InodeRecord): void {
  into.headerBytes = COMPACT_BYTES;
  into.linkCount = view.getUint16(at + 6, true);
  into.size = view.getUint32(at + 8, true);
  into.uid = view.getUint16(at + 24, true);
  into.gid = view.getUint16(at + 26, true);
  into.mtimeLow = Number(superblock.epoch & 0xffffffffn);
  into.mtimeHigh = Number(superblock.epoch >> 32n);
  into.mtimeNanoseconds = superblock.fixedNanoseconds;
}

function decodeExtended(view: DataView, at: number, into: InodeRecord): void {
  if (at + EXTENDED_BYTES > view.byteLength) {
    throw new ErofsError('truncated', `The file ends inside inode ${into.nid}.`);
  }
  const sizeHigh = view.getUint32(at + 12, true);
  if (sizeHigh >= 0x200000) {
    const size = view.getBigUint64(at + 8, true);
    throw new ErofsError('inode', `Inode ${into.nid} claims ${size} bytes, more than any file has.`);
  }
  into.headerBytes = EXTENDED_BYTES;
  into.size = sizeHigh * 0x1_0000_0000 + view.getUint32(at + 8, true);
  into.uid = view.getUint32(at + 24, true);
  into.gid = view.getUint32(at + 28, true);
  into.mtimeLow = view.getUint32(at + 32, true);
  into.mtimeHigh = view.getInt32(at + 36, true);
  into.mtimeNanoseconds = view.getUint32(at + 40, true);
  into.linkCount = view.getUint32(at + 44, true);
}

/** By `mode >> 12`. */
const FILE_TYPES: readonly (FileType | undefined)[] = (() => {
  const types: (FileType | undefined)[] = new Array(16).fill(undefined);
  types[0o01] = 'fifo';
  types[0o02] = 'character-device';
  types[0o04] = 'directory';
  types[0o06] = 'block-device';
  types[0o10] = 'regular';
  types[0o12] = 'symlink';
  types[0o14] = 'socket';
  return types;
})();

/** The type in a mode that `decodeInode` accepted. */
function fileTypeOf(mode: number): FileType {
  return FILE_TYPES[mode >> 12]!;
}

/** The kernel's 32-bit device number: 12 bits major, 20 bits minor in two places. */
function deviceNumberOf(union: number): DeviceNumber {
  return { major: (union >>> 8) & 0xfff, minor: (union & 0xff) | ((union >>> 12) & 0xfff00) };
}

function isDevice(mode: number): boolean {
  const type = mode & S_IFMT;
  return type === S_IFCHR || type === S_IFBLK;
}

export function isDirectory(record: InodeRecord): boolean {
  return (record.mode & S_IFMT) === S_IFDIR;
}

export function isRegular(record: InodeRecord): boolean {
  return (record.mode & S_IFMT) === S_IFREG;
}

/** Character device 0:0: in a layer it deletes the name below. */
export function isWhiteout(record: InodeRecord): boolean {
  return (record.mode & S_IFMT) === S_IFCHR && record.union === 0;
}

/** A copy that stays. */
export function toInode(record: InodeRecord): Inode {
  return {
    nid: record.nid,
    type: fileTypeOf(record.mode),
    mode: record.mode & 0o7777,
    uid: record.uid,
    gid: record.gid,
    size: record.size,
    mtime: (BigInt(record.mtimeHigh) << 32n) | BigInt(record.mtimeLow),
    mtimeNanoseconds: record.mtimeNanoseconds,
    linkCount: record.linkCount,
    device: isDevice(record.mode) ? deviceNumberOf(record.union) : null,
  };
}

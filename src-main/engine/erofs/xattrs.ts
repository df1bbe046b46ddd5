import type { DataSource } from './data.ts';
import { ErofsError, unsupported } from './erofs-error.ts';
import { type InodeRecord, XATTR_HEADER_BYTES } from './inode.ts';

export interface Xattr {
  /** With its prefix: `user.note`, `trusted.overlay.opaque`. */
  readonly name: string;
  readonly value: Buffer;
}

/**
 * The extended attributes of an inode: a 12-byte header, ids of attributes that several inodes share (each 4 bytes
 * after the shared area's start, times the id), then its own.
 *
 * @throws ErofsError `xattr`, `truncated`, `unsupported`, `io`.
 */
export function readXattrs(source: DataSource, inode: InodeRecord): readonly Xattr[] {
  return Array.from(entriesOf(source, inode), ({ name, value }) => ({ name, value: value() }));
}

/**
 * Whether an inode has that attribute with that value. Other values are not read: a thousand directories may share
 * two hundred of 64 KiB each.
 *
 * @throws ErofsError as `readXattrs`.
 */
export function hasXattr(source: DataSource, inode: InodeRecord, name: string, value: Buffer): boolean {
  for (const entry of entriesOf(source, inode))
    if (entry.name === name && entry.valueBytes === value.length && entry.value().equals(value)) return true;
  return false;
}

interface Entry {
  readonly name: string;
  readonly valueBytes: number;
  readonly value: () => Buffer;
}

function* entriesOf(source: DataSource, inode: InodeRecord): Generator<Entry, undefined> {
  if (inode.xattrBytes === 0) return;
  // A copy: reading shared ones meanwhile may reuse the memory.
  const area = Buffer.from(source.file.slice(inode.position + inode.headerBytes, inode.xattrBytes));
  const sharedCount = area.readUInt8(4);
  const ownStart = XATTR_HEADER_BYTES + sharedCount * 4;
  if (ownStart > area.length) {
    throw new ErofsError(
      'xattr',
      `Inode ${inode.nid} claims ${sharedCount} shared xattrs in ${area.length} bytes.`,
    );
  }
  for (let at = XATTR_HEADER_BYTES; at < ownStart; at += 4) {
    yield readSharedEntry(source, inode.nid, area.readUInt32LE(at));
  }
  for (let at = ownStart; at + ENTRY_BYTES <= area.length; ) {
    const length = entryLength(area, at);
    if (length === ENTRY_BYTES && area.readUInt8(at + 1) === 0) break;
    if (at + length > area.length) {
      throw new ErofsError('xattr', `An xattr of inode ${inode.nid} reaches beyond the space for xattrs.`);
    }
    const start = at;
    yield parseEntry((from, to) => area.subarray(start + from, start + to), inode.nid);
    at += Math.ceil(length / 4) * 4;
  }
}

/** Name length, prefix index, u16 value length; then the name and the value. */
const ENTRY_BYTES = 4;
const LONG_PREFIX = 0x80;
const PREFIXES: Readonly<Record<number, string>> = {
  1: 'user.',
  2: 'system.posix_acl_access',
  3: 'system.posix_acl_default',
  4: 'trusted.',
  5: 'lustre.',
  6: 'security.',
};

function entryLength(bytes: Buffer, at: number): number {
  return ENTRY_BYTES + bytes.readUInt8(at) + bytes.readUInt16LE(at + 2);
}

function readSharedEntry(source: DataSource, nid: number, id: number): Entry {
  const position = source.superblock.sharedXattrStart + id * 4;
  return parseEntry((from, to) => source.file.slice(position + from, to - from), nid);
}

/** @param slice Bytes of the entry; good until the next of them are asked for. */
function parseEntry(slice: (from: number, to: number) => Buffer, nid: number): Entry {
  const header = slice(0, ENTRY_BYTES);
  const nameEnd = ENTRY_BYTES + header.readUInt8(0);
  const index = header.readUInt8(1);
  const valueBytes = header.readUInt16LE(2);
  if ((index & LONG_PREFIX) !== 0) throw unsupported('xattr_prefixes', `An xattr of inode ${nid}`);
  const prefix = PREFIXES[index];
  if (prefix === undefined) {
    throw new ErofsError('xattr', `An xattr of inode ${nid} has the unknown prefix ${index}.`);
  }
  return {
    name: prefix + slice(ENTRY_BYTES, nameEnd).toString('utf8'),
    valueBytes,
    value: () => Buffer.from(slice(nameEnd, nameEnd + valueBytes)),
  };
}

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
  if (inode.xattrBytes === 0) return [];
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
  const found: Xattr[] = [];
  for (let at = XATTR_HEADER_BYTES; at < ownStart; at += 4) {
    found.push(readSharedXattr(source, inode.nid, area.readUInt32LE(at)));
  }
  for (let at = ownStart; at + ENTRY_BYTES <= area.length; ) {
    const length = entryLength(area, at);
    if (length === ENTRY_BYTES && area.readUInt8(at + 1) === 0) break;
    if (at + length > area.length) {
      throw new ErofsError('xattr', `An xattr of inode ${inode.nid} reaches beyond the space for xattrs.`);
    }
    found.push(parseEntry(area.subarray(at, at + length), inode.nid));
    at += Math.ceil(length / 4) * 4;
  }
  return found;
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

function readSharedXattr(source: DataSource, nid: number, id: number): Xattr {
  const position = source.superblock.sharedXattrStart + id * 4;
  const length = entryLength(source.file.slice(position, ENTRY_BYTES), 0);
  return parseEntry(source.file.slice(position, length), nid);
}

function parseEntry(entry: Buffer, nid: number): Xattr {
  const nameEnd = ENTRY_BYTES + entry.readUInt8(0);
  const index = entry.readUInt8(1);
  if ((index & LONG_PREFIX) !== 0) throw unsupported('xattr_prefixes', `An xattr of inode ${nid}`);
  const prefix = PREFIXES[index];
  if (prefix === undefined) {
    throw new ErofsError('xattr', `An xattr of inode ${nid} has the unknown prefix ${index}.`);
  }
  return {
    name: prefix + entry.toString('utf8', ENTRY_BYTES, nameEnd),
    value: Buffer.from(entry.subarray(nameEnd)),
  };
}

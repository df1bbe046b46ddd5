import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { RawPath } from './directory-listing.ts';
import type { StoreEntry } from './entries.ts';

/**
 * What msb asks of a cached layer before it trusts it, less the root directory: a length that is a positive multiple
 * of 4096, and the EROFS magic number at byte 1024 (little-endian 0xE0F5E1E2). Reads four bytes.
 *
 * @param file a regular file by the last look at it.
 */
export function checkSuperblock(file: RawPath, lengthBytes: number): NonNullable<StoreEntry['erofs']> {
  if (!isWholeBlocks(lengthBytes)) return 'truncated';
  let fd: number;
  try {
    fd = openSync(file, FLAGS);
  } catch {
    return 'unreadable';
  }
  try {
    const length = readSync(fd, magic, 0, 4, 1024);
    if (length < 4) return 'truncated';
    return magic.readUInt32LE() === 0xe0f5e1e2 ? 'ok' : 'bad-superblock';
  } catch {
    return 'unreadable';
  } finally {
    closeSync(fd);
  }
}

/** msb writes whole blocks of 4096 bytes; 0 is what a file system keeps of an unsynced file after power loss. */
export function isWholeBlocks(lengthBytes: number): boolean {
  return lengthBytes > 0 && lengthBytes % 4096 === 0;
}

const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const magic = Buffer.alloc(4);

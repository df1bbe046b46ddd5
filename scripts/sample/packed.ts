import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { LayerSpec } from '../../test-support/archive.ts';
import type { TarEntry } from '../../test-support/tar-entry.ts';

/** A layer as a registry would send it: gzip that is a believable part of the tar's length. */
export function packed(createdBy: string, entries: readonly TarEntry[]): LayerSpec {
  return { createdBy, entries, compression: gzipOfBelievableLength };
}

const STORED_SHARE = 0.38;

/**
 * The sample's bulk would pack to nothing, so the first part of the stream is stored as it is. One gzip member
 * (RFC 1952), since msb reads no second one; the parts meet at a flush, where deflate starts anew.
 */
function gzipOfBelievableLength(tar: Buffer): Buffer {
  const stored = tar.subarray(0, Math.round(tar.length * STORED_SHARE));
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(tar));
  trailer.writeUInt32LE(tar.length, 4);
  return Buffer.concat([
    // Deflate, no name, no time, unknown system.
    Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]),
    deflateRawSync(stored, { level: 0, finishFlush: constants.Z_SYNC_FLUSH }),
    deflateRawSync(tar.subarray(stored.length)),
    trailer,
  ]);
}

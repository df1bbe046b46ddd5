import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathSafe, withDatabase } from './database.ts';
import { writeSparse } from './sparse.ts';

export interface FlatDiskSpec {
  /** Length of the disk; msb makes multiples of 128 MiB from 256 MiB on. 256 MiB unless said otherwise. */
  readonly virtualSizeBytes?: number;
  /** Bytes really written; 3 MiB unless said otherwise. */
  readonly contentBytes?: number;
  /** Of an image the database does not know; taken from its rows otherwise. */
  readonly diffIds?: readonly string[];
}

export interface FlatDisk {
  readonly refFile: string;
  readonly blobFile: string;
  readonly lockFile: string;
  readonly artifactDigest: string;
  readonly derivationDigest: string;
}

/**
 * Adds the flat disk of a manifest as `pull --materialize flat` leaves it: the record, the sparse blob under
 * the digest of its bytes, and the lock file. The blob's bytes are not a file system.
 */
export function addFlatDisk(home: string, manifestDigest: string, spec: FlatDiskSpec = {}): FlatDisk {
  const { virtualSizeBytes = 256 * 2 ** 20, contentBytes = 3 * 2 ** 20 } = spec;
  const flat = join(home, 'cache', 'flat');
  for (const name of ['refs', 'blobs', 'locks']) mkdirSync(join(flat, name), { recursive: true });
  const derivation = derivationOf(manifestDigest, spec.diffIds ?? diffIdsOf(home, manifestDigest));
  const byte = derivation[0]! | 1;
  const artifactDigest = `sha256:${sparseHash(byte, contentBytes, virtualSizeBytes)}`;
  const derivationDigest = `sha256:${derivation.toString('hex')}`;
  const refFile = join(flat, 'refs', `${pathSafe(manifestDigest)}.json`);
  const blobFile = join(flat, 'blobs', `${pathSafe(artifactDigest)}.raw`);
  const lockFile = join(flat, 'locks', `${pathSafe(derivationDigest)}.lock`);
  writeSparse(blobFile, { lengthBytes: virtualSizeBytes, contentBytes }, byte);
  writeFileSync(lockFile, '', { mode: 0o600 });
  const record = {
    schema: 1,
    manifest_digest: manifestDigest,
    derivation_digest: derivationDigest,
    artifact_digest: artifactDigest,
    materializer_abi: ABI,
    uuid: uuidOf(derivation),
    virtual_size_bytes: virtualSizeBytes,
    inode_count: 16_384,
    content_bytes: contentBytes,
  };
  writeFileSync(refFile, JSON.stringify(record, null, 2));
  return { refFile, blobFile, lockFile, artifactDigest, derivationDigest };
}

/** Version of msb's rule for making the disk, part of what the derivation digest is made of. */
const ABI = 2;

/** SHA-256 over name, ABI (u32, little-endian), platform, manifest digest and diff IDs, parted by NUL. */
function derivationOf(manifestDigest: string, diffIds: readonly string[]): Buffer {
  const abi = Buffer.alloc(4);
  abi.writeUInt32LE(ABI);
  const hash = createHash('sha256');
  hash.update('microsandbox.flat-rootfs\0').update(abi);
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  hash.update(`\0linux/${arch}\0${manifestDigest}`);
  for (const diffId of diffIds) hash.update(`\0${diffId}`);
  return hash.digest();
}

function uuidOf(derivation: Buffer): string {
  const bytes = Buffer.from(derivation.subarray(0, 16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex');
}

function diffIdsOf(home: string, manifestDigest: string): string[] {
  return withDatabase(
    home,
    (database) =>
      database
        .prepare(
          `SELECT l.diff_id FROM manifest m JOIN manifest_layer ml ON ml.manifest_id = m.id
           JOIN layer l ON l.id = ml.layer_id WHERE m.digest = ? ORDER BY ml.position`,
        )
        .pluck()
        .all(manifestDigest) as string[],
  );
}

const hashes = new Map<string, string>();

/** SHA-256 of what `writeSparse` makes, without reading the holes back. */
function sparseHash(byte: number, contentBytes: number, lengthBytes: number): string {
  const key = `${byte} ${contentBytes} ${lengthBytes}`;
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  const update = (value: number, count: number) => {
    const piece = Buffer.alloc(Math.min(count, 1 << 20), value);
    for (let left = count; left > 0; left -= piece.length) hash.update(piece.subarray(0, left));
  };
  update(byte, contentBytes);
  update(0, lengthBytes - contentBytes);
  const digest = hash.digest('hex');
  hashes.set(key, digest);
  return digest;
}

import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { BLOCK } from './tar-writer.ts';

/** One entry as a tar says it, for comparing with what another reader makes of the same content. */
export interface ReadEntry {
  readonly type: 'file' | 'hardlink' | 'symlink' | 'char-device' | 'block-device' | 'directory' | 'fifo';
  /** Without a trailing slash; UTF-8 decoded. */
  readonly path: string;
  /** The same, as stored. */
  readonly pathBytes: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds, with the fraction a PAX record gives. */
  readonly mtime: number;
  readonly sizeBytes: number;
  /** Of symlinks and hard links, else null. */
  readonly target: string | null;
  /** Of devices, else null. */
  readonly device: { readonly major: number; readonly minor: number } | null;
  /** Of regular files, else null. */
  readonly sha256: string | null;
  readonly xattrs: Readonly<Record<string, Buffer>>;
}

/**
 * The entries of an uncompressed tar in their order: ustar, PAX local headers, GNU long names and base-256
 * numbers. `part` restricts it to a tar inside the file, for example a layer within an archive.
 *
 * @throws Error where the bytes are not such a tar.
 */
export function readTar(file: string, part?: { offset: number; sizeBytes: number }): ReadEntry[] {
  return [...walkTar(file, part)].map(({ entry }) => entry);
}

/** The bytes of one regular file inside an uncompressed tar. @throws Error when there is none of that path. */
export function readTarFile(file: string, path: string): Buffer {
  for (const { entry, offset } of walkTar(file)) {
    if (entry.path === path) return readAt(file, offset, entry.sizeBytes);
  }
  throw new Error(`${file} has no entry ${path}`);
}

/** The entries of a layer inside an archive that `writeDockerArchive` or `writeOciArchive` made. */
export function readArchivedLayer(archive: string, blobDigest: string): ReadEntry[] {
  const wanted = `blobs/sha256/${blobDigest.slice('sha256:'.length)}`;
  for (const { entry, offset } of walkTar(archive)) {
    if (entry.path === wanted) return readTar(archive, { offset, sizeBytes: entry.sizeBytes });
  }
  throw new Error(`${archive} has no blob ${blobDigest}`);
}

const TYPES: Readonly<Record<string, ReadEntry['type']>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

/** What headers before an entry say about it. */
type Overrides = Map<string, Buffer>;

function* walkTar(
  file: string,
  part?: { offset: number; sizeBytes: number },
): Generator<{ entry: ReadEntry; offset: number }> {
  const fd = openSync(file, 'r');
  try {
    let at = part?.offset ?? 0;
    const end = part === undefined ? Number.POSITIVE_INFINITY : at + part.sizeBytes;
    let overrides: Overrides = new Map();
    const readBlock = blockReader(fd);
    while (at < end) {
      const block = readBlock(at);
      if (block[0] === 0 && block.equals(END)) return;
      checkSum(block, at);
      const typeflag = block.toString('latin1', 156, 157);
      const sizeBytes = numberOf(overrides.get('size')) ?? octal(block, 124, 12);
      const bodyAt = at + BLOCK;
      at = bodyAt + Math.ceil(sizeBytes / BLOCK) * BLOCK;
      if (typeflag === 'x') readPax(readExactly(fd, bodyAt, sizeBytes), overrides);
      else if (typeflag === 'L') overrides.set('path', untilNul(readExactly(fd, bodyAt, sizeBytes)));
      else if (typeflag === 'K') overrides.set('linkpath', untilNul(readExactly(fd, bodyAt, sizeBytes)));
      else {
        const type = TYPES[typeflag];
        if (type === undefined)
          throw new Error(`type flag ${JSON.stringify(typeflag)} at byte ${bodyAt - BLOCK}`);
        yield { entry: describe(fd, block, type, overrides, bodyAt, sizeBytes), offset: bodyAt };
        overrides = new Map();
      }
    }
  } finally {
    closeSync(fd);
  }
}

const END = Buffer.alloc(BLOCK);

/** Reads headers a megabyte ahead: layers of many small files are mostly headers. */
function blockReader(fd: number): (offset: number) => Buffer {
  const window = Buffer.alloc(1 << 20);
  let start = 0;
  let length = 0;
  return (offset) => {
    if (offset < start || offset + BLOCK > start + length) {
      start = offset;
      length = readSync(fd, window, 0, window.length, offset);
      if (length < BLOCK) throw new Error(`the tar ends before byte ${offset + BLOCK}`);
    }
    return window.subarray(offset - start, offset - start + BLOCK);
  };
}

function describe(
  fd: number,
  block: Buffer,
  type: ReadEntry['type'],
  overrides: Overrides,
  bodyAt: number,
  sizeBytes: number,
): ReadEntry {
  const pathBytes = withoutSlash(overrides.get('path') ?? headerPath(block));
  const target = overrides.get('linkpath') ?? untilNul(block.subarray(157, 257));
  const isDevice = type === 'char-device' || type === 'block-device';
  const xattrs = [...overrides].filter(([key]) => key.startsWith(XATTR));
  return {
    type,
    path: pathBytes.toString(),
    pathBytes,
    mode: octal(block, 100, 8),
    uid: numberOf(overrides.get('uid')) ?? octal(block, 108, 8),
    gid: numberOf(overrides.get('gid')) ?? octal(block, 116, 8),
    mtime: numberOf(overrides.get('mtime')) ?? octal(block, 136, 12),
    sizeBytes,
    target: type === 'symlink' || type === 'hardlink' ? target.toString() : null,
    device: isDevice ? { major: octal(block, 329, 8), minor: octal(block, 337, 8) } : null,
    sha256: type === 'file' ? hashOf(fd, bodyAt, sizeBytes) : null,
    xattrs: Object.fromEntries(xattrs.map(([key, value]) => [key.slice(XATTR.length), value])),
  };
}

const XATTR = 'SCHILY.xattr.';

function headerPath(block: Buffer): Buffer {
  const name = untilNul(block.subarray(0, 100));
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? untilNul(block.subarray(345, 500)) : Buffer.alloc(0);
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}

function withoutSlash(path: Buffer): Buffer {
  return path.length > 1 && path.at(-1) === 0x2f ? path.subarray(0, -1) : path;
}

function untilNul(bytes: Buffer): Buffer {
  const nul = bytes.indexOf(0);
  return Buffer.from(nul < 0 ? bytes : bytes.subarray(0, nul));
}

function readPax(body: Buffer, overrides: Overrides): void {
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, space));
    const equals = body.indexOf(0x3d, space);
    if (!(length > 0) || equals < 0) throw new Error('malformed PAX record');
    overrides.set(body.toString('utf8', space + 1, equals), body.subarray(equals + 1, at + length - 1));
    at += length;
  }
}

function numberOf(text: Buffer | undefined): number | undefined {
  return text === undefined ? undefined : Number(text.toString('latin1'));
}

function octal(block: Buffer, at: number, length: number): number {
  const first = block[at]!;
  if (first >= 0x80) {
    let value = first === 0xff ? -1n : BigInt(first & 0x7f);
    for (const byte of block.subarray(at + 1, at + length)) value = (value << 8n) | BigInt(byte);
    return Number(value);
  }
  return Number.parseInt(block.toString('latin1', at, at + length).replace(/[\0 ]/g, '') || '0', 8);
}

function checkSum(block: Buffer, at: number): void {
  let sum = 8 * 0x20;
  for (let index = 0; index < BLOCK; index += 1) if (index < 148 || index >= 156) sum += block[index]!;
  if (sum !== octal(block, 148, 8)) throw new Error(`no tar header at byte ${at}`);
}

function hashOf(fd: number, offset: number, sizeBytes: number): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(Math.min(sizeBytes, 1 << 20));
  for (let done = 0; done < sizeBytes; ) {
    const length = readSync(fd, piece, 0, Math.min(piece.length, sizeBytes - done), offset + done);
    if (length === 0) throw new Error(`the tar ends inside a file, at byte ${offset + done}`);
    hash.update(piece.subarray(0, length));
    done += length;
  }
  return hash.digest('hex');
}

function readAt(file: string, offset: number, length: number): Buffer {
  const fd = openSync(file, 'r');
  try {
    return readExactly(fd, offset, length);
  } finally {
    closeSync(fd);
  }
}

function readExactly(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(fd, bytes, 0, length, offset) !== length)
    throw new Error(`the tar ends before byte ${offset + length}`);
  return bytes;
}

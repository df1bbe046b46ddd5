import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, realpath, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import Database from 'better-sqlite3';

/** The instant the sample shows as now: its times are this long before the moment it is unpacked. */
export const SAMPLE_TIME_MS = Date.parse('2026-11-20T12:00:00Z');
/** Where the packed sample believes to lie; only text in VMDK files and in the database says so. */
export const SAMPLE_HOME = '/strata-sample';

/**
 * Unpacks the sample cache into a directory that is absent or empty, and makes it what msb could have written
 * there just now: paths inside VMDK files and the database name the directory, and every time in the database
 * and on the files moves from the day the sample was made to today. Answers the home's real path.
 *
 * The archive is ours (scripts/make-sample.ts): a gzipped tar of plain files and directories, files with holes
 * as GNU sparse 1.0 members. Anything else in it is refused, and so is a path that leaves the directory.
 *
 * @throws Error when the directory is not empty, or the archive is missing, cut short or not such a tar.
 */
export async function unpackSample(archiveFile: string, targetDir: string): Promise<string> {
  await mkdir(targetDir, { recursive: true });
  if ((await readdir(targetDir)).length > 0) throw new Error(`${targetDir} is not empty`);
  const home = await realpath(targetDir);
  const shiftMs = Date.now() - SAMPLE_TIME_MS;
  await pipeline(createReadStream(archiveFile), createGunzip({ chunkSize: CHUNK }), (chunks) =>
    unpackTar(new ByteReader(chunks), home, shiftMs),
  );
  moveDatabase(home, shiftMs);
  return home;
}

const CHUNK = 1 << 20;
const BLOCK = 512;

interface Member {
  readonly path: string;
  readonly isDirectory: boolean;
  readonly mode: number;
  readonly mtimeMs: number;
  /** Bytes that follow in the archive. */
  readonly storedBytes: number;
  /** Length of the file when it has holes; null when it is stored whole. */
  readonly sparseLength: number | null;
}

async function unpackTar(reader: ByteReader, home: string, shiftMs: number): Promise<void> {
  let pax = new Map<string, string>();
  for (;;) {
    const header = await reader.read(BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const typeflag = String.fromCharCode(header[156]!);
    const storedBytes = numberAt(header, 124, 12);
    if (typeflag === 'x') {
      pax = parsePax(await reader.read(storedBytes));
      await reader.read(paddingOf(storedBytes));
      continue;
    }
    if (typeflag !== '0' && typeflag !== '5')
      throw new Error(`the sample holds an entry of type ${typeflag}`);
    await unpackMember(reader, home, shiftMs, {
      path: checkPath(pax.get('GNU.sparse.name') ?? pax.get('path') ?? textAt(header, 0, 100)),
      isDirectory: typeflag === '5',
      mode: numberAt(header, 100, 8) & 0o777,
      mtimeMs: numberAt(header, 136, 12) * 1000,
      storedBytes,
      sparseLength: pax.has('GNU.sparse.realsize') ? Number(pax.get('GNU.sparse.realsize')) : null,
    });
    pax = new Map();
  }
  await reader.drain();
}

async function unpackMember(
  reader: ByteReader,
  home: string,
  shiftMs: number,
  member: Member,
): Promise<void> {
  const target = join(home, member.path);
  if (member.isDirectory) {
    await mkdir(target, { recursive: true });
    return;
  }
  await mkdir(dirname(target), { recursive: true });
  const file = await open(target, 'wx', member.mode);
  try {
    let left = member.storedBytes;
    const segments = [{ offset: 0, length: left }];
    if (member.sparseLength !== null) {
      const map = await readSparseMap(reader);
      left -= map.storedBytes;
      segments.splice(0, 1, ...map.segments);
    }
    for (const { offset, length } of segments) {
      if (length > left) throw new Error(`${member.path} has more data than the sample stores`);
      left -= length;
      for (let at = offset; at < offset + length; ) {
        const piece = await reader.readSome(offset + length - at);
        await file.write(piece, 0, piece.length, at);
        at += piece.length;
      }
    }
    if (member.sparseLength !== null) await file.truncate(member.sparseLength);
  } finally {
    await file.close();
  }
  await reader.read(paddingOf(member.storedBytes));
  if (member.path.endsWith('.vmdk')) await moveExtents(target, home);
  const time = new Date(member.mtimeMs + shiftMs);
  await utimes(target, time, time);
}

/** The map before the data of a GNU sparse 1.0 member: a count, then offset and length of each, a line each. */
async function readSparseMap(
  reader: ByteReader,
): Promise<{ segments: { offset: number; length: number }[]; storedBytes: number }> {
  let text = '';
  let storedBytes = 0;
  for (;;) {
    text += (await reader.read(BLOCK)).toString('latin1');
    storedBytes += BLOCK;
    const numbers = text.split('\n').slice(0, -1).map(Number);
    const count = numbers[0] ?? Number.POSITIVE_INFINITY;
    if (numbers.length < 1 + 2 * count) continue;
    const segments = Array.from({ length: count }, (_, index) => ({
      offset: numbers[1 + 2 * index]!,
      length: numbers[2 + 2 * index]!,
    }));
    return { segments, storedBytes };
  }
}

/** A VMDK's extents are absolute paths; msb does not notice when they lead elsewhere, the sandbox does. */
async function moveExtents(file: string, home: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replaceAll(`"${SAMPLE_HOME}/`, () => `"${home}/`),
  );
}

const TIME_COLUMNS: readonly (readonly [table: string, column: string])[] = [
  ['image_ref', 'created_at'],
  ['image_ref', 'updated_at'],
  ['manifest', 'created_at'],
  ['config', 'created_at'],
  ['layer', 'created_at'],
  ['layer', 'last_used_at'],
  ['sandbox', 'created_at'],
  ['sandbox', 'updated_at'],
  ['sandbox_rootfs', 'created_at'],
  ['snapshot_index', 'created_at'],
  ['snapshot_index', 'indexed_at'],
  ['maintenance_lease', 'lease_expires_at'],
  ['maintenance_lease', 'last_completed_at'],
];

/** Moves the times by whole seconds (their fractions stay) and the snapshots' paths to the new home. */
function moveDatabase(home: string, shiftMs: number): void {
  const database = new Database(join(home, 'db', 'msb.db'), { fileMustExist: true });
  try {
    database.transaction(() => {
      const shift = `${Math.round(shiftMs / 1000)} seconds`;
      for (const [table, column] of TIME_COLUMNS) {
        const moved = `strftime('%Y-%m-%d %H:%M:%S', substr(${column}, 1, 19), ?) || substr(${column}, 20)`;
        database.prepare(`UPDATE ${table} SET ${column} = ${moved} WHERE ${column} IS NOT NULL`).run(shift);
      }
      database
        .prepare('UPDATE snapshot_index SET artifact_path = ? || substr(artifact_path, ?)')
        .run(home, SAMPLE_HOME.length + 1);
    })();
  } finally {
    database.close();
  }
}

/** Relative, `/`-separated, without steps upwards and without what means something else on Windows. */
function checkPath(raw: string): string {
  const path = raw.endsWith('/') ? raw.slice(0, -1) : raw;
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\\:\0]/.test(part))) {
    throw new Error(`the sample holds the path ${JSON.stringify(raw)}`);
  }
  return path;
}

/** `<length> <key>=<value>\n` each. Only keys and values in ASCII occur. */
function parsePax(body: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const length = Number.parseInt(body.toString('latin1', at, at + 20), 10);
    const record = body.toString('utf8', at, at + length - 1);
    const equals = record.indexOf('=');
    if (!(length > 0) || equals < 0) throw new Error('the sample holds a malformed record');
    records.set(record.slice(record.indexOf(' ') + 1, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

function numberAt(header: Buffer, at: number, length: number): number {
  const value = Number.parseInt(textAt(header, at, length), 8);
  if (Number.isNaN(value)) throw new Error('the sample is not a tar');
  return value;
}

function textAt(header: Buffer, at: number, length: number): string {
  const nul = header.indexOf(0, at);
  return header.toString('utf8', at, nul < 0 ? at + length : Math.min(nul, at + length));
}

function paddingOf(length: number): number {
  return (BLOCK - (length % BLOCK)) % BLOCK;
}

/** Exact reads from a stream of pieces. */
class ByteReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #piece: Buffer = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Between one byte and `limit` of them, without copying. */
  async readSome(limit: number): Promise<Buffer> {
    while (this.#piece.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done === true) throw new Error('the sample ends too early');
      this.#piece = value;
    }
    const some = this.#piece.subarray(0, limit);
    this.#piece = this.#piece.subarray(some.length);
    return some;
  }

  async read(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const part = await this.readSome(left);
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** Reads to the end, so that a broken checksum at the end of the archive is noticed. */
  async drain(): Promise<void> {
    while ((await this.#pieces.next()).done !== true) this.#piece = Buffer.alloc(0);
  }
}

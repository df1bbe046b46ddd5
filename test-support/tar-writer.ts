import { DEFAULT_MTIME, type GeneratedContent, type TarContent, type TarEntry } from './tar-entry.ts';

/**
 * The bytes of a tar with these entries in this order: ustar headers, PAX records where a field does not fit
 * (POSIX.1-2024 `pax`, "ustar Interchange Format"), two zero blocks at the end. The same entries give the same
 * bytes. Pieces of at most 1 MiB; a piece that is `ZEROS` may be left as a hole by whoever writes a file.
 */
export function* tarBytes(entries: Iterable<TarEntry>): Generator<Uint8Array> {
  for (const entry of entries) {
    yield* entryHead(entry);
    if (entry.type !== 'file') continue;
    yield* contentBytes(entry.content);
    yield* padding(contentSize(entry.content));
  }
  yield new Uint8Array(2 * BLOCK);
}

export const BLOCK = 512;
/** What zero-filled content consists of, by identity. */
export const ZEROS: Uint8Array = new Uint8Array(1 << 20);

/** Zeros up to the next multiple of 512. */
export function* padding(sizeBytes: number): Generator<Uint8Array> {
  const rest = sizeBytes % BLOCK;
  if (rest !== 0) yield new Uint8Array(BLOCK - rest);
}

/** The header of a plain file whose length may be known only later: `archive.ts` rewrites it in place. */
export function plainHeader(path: string, sizeBytes: number): Buffer {
  return header({ path: Buffer.from(path), typeflag: '0', sizeBytes, mode: 0o644 });
}

function* entryHead(entry: TarEntry): Generator<Uint8Array> {
  const path = nameBytes(entry);
  const link = 'target' in entry ? Buffer.from(entry.target) : EMPTY;
  const mtime = entry.mtime ?? DEFAULT_MTIME;
  const sizeBytes = entry.type === 'file' ? contentSize(entry.content) : 0;
  const pax = paxRecords(entry, path, link, sizeBytes, mtime);
  if (pax.length > 0) {
    yield header({
      path: Buffer.from('PaxHeaders/entry'),
      typeflag: 'x',
      sizeBytes: pax.length,
      mode: 0o644,
    });
    yield pax;
    yield* padding(pax.length);
  }
  yield header({
    path,
    link,
    typeflag: TYPEFLAG[entry.type],
    sizeBytes,
    mode: entry.mode ?? DEFAULT_MODE[entry.type],
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    mtime: Math.floor(mtime),
    ...('major' in entry ? { major: entry.major, minor: entry.minor } : {}),
  });
}

const EMPTY = Buffer.alloc(0);

const TYPEFLAG: Readonly<Record<TarEntry['type'], string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'char-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
};

const DEFAULT_MODE: Readonly<Record<TarEntry['type'], number>> = {
  file: 0o644,
  hardlink: 0o644,
  symlink: 0o777,
  'char-device': 0o644,
  'block-device': 0o644,
  directory: 0o755,
  fifo: 0o644,
};

function nameBytes(entry: TarEntry): Buffer {
  const path = Buffer.from(entry.path);
  const needsSlash = entry.type === 'directory' && path.at(-1) !== 0x2f;
  return needsSlash ? Buffer.concat([path, Buffer.from('/')]) : path;
}

interface HeaderFields {
  readonly path: Buffer;
  readonly typeflag: string;
  readonly sizeBytes: number;
  readonly mode: number;
  readonly link?: Buffer;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly major?: number;
  readonly minor?: number;
}

const MAX_NAME = 100;
const MAX_OCTAL_7 = 0o7777777;
const MAX_OCTAL_11 = 0o77777777777;

function header(fields: HeaderFields): Buffer {
  const block = Buffer.alloc(BLOCK);
  fields.path.copy(block, 0, 0, MAX_NAME);
  octal(block, 100, 7, fields.mode);
  octal(block, 108, 7, fields.uid ?? 0);
  octal(block, 116, 7, fields.gid ?? 0);
  octal(block, 124, 11, fields.sizeBytes);
  octal(block, 136, 11, fields.mtime ?? DEFAULT_MTIME);
  block.write(fields.typeflag, 156, 'latin1');
  fields.link?.copy(block, 157, 0, MAX_NAME);
  block.write('ustar\u000000', 257, 'latin1');
  if (fields.major !== undefined) {
    octal(block, 329, 7, fields.major);
    octal(block, 337, 7, fields.minor ?? 0);
  }
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Octal digits and a NUL. What does not fit becomes GNU's base-256 number, which readers know as well as PAX. */
function octal(block: Buffer, at: number, digits: number, value: number): void {
  if (value >= 0 && value < 8 ** digits) {
    block.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
    return;
  }
  let rest = BigInt(value);
  for (let index = digits; index >= 0; index -= 1) {
    block[at + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  block[at] = value < 0 ? 0xff : 0x80;
}

function paxRecords(entry: TarEntry, path: Buffer, link: Buffer, sizeBytes: number, mtime: number): Buffer {
  const records: Buffer[] = [];
  const add = (key: string, value: Buffer | string) => {
    records.push(paxRecord(key, Buffer.from(value)));
  };
  if (path.length > MAX_NAME) add('path', path);
  if (link.length > MAX_NAME) add('linkpath', link);
  if (sizeBytes > MAX_OCTAL_11) add('size', String(sizeBytes));
  if ((entry.uid ?? 0) > MAX_OCTAL_7) add('uid', String(entry.uid));
  if ((entry.gid ?? 0) > MAX_OCTAL_7) add('gid', String(entry.gid));
  if (!Number.isInteger(mtime) || mtime < 0 || mtime > MAX_OCTAL_11) add('mtime', String(mtime));
  for (const [name, value] of Object.entries(entry.pax ?? {})) add(name, value);
  for (const [name, value] of Object.entries(entry.xattrs ?? {}))
    add(`SCHILY.xattr.${name}`, Buffer.from(value));
  return Buffer.concat(records);
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.byteLength(key) + value.length + 3;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}

function contentSize(content: TarContent): number {
  if (typeof content === 'string') return Buffer.byteLength(content);
  return content instanceof Uint8Array ? content.length : content.sizeBytes;
}

function* contentBytes(content: TarContent): Generator<Uint8Array> {
  if (typeof content === 'string') yield Buffer.from(content);
  else if (content instanceof Uint8Array) yield content;
  else yield* generatedBytes(content);
}

function* generatedBytes({ sizeBytes, fill, seed = 0 }: GeneratedContent): Generator<Uint8Array> {
  const random = seededRandom(seed);
  let line = 0;
  for (let left = sizeBytes; left > 0; left -= ZEROS.length) {
    const length = Math.min(left, ZEROS.length);
    if (fill === 'zeros') {
      yield length === ZEROS.length ? ZEROS : ZEROS.subarray(0, length);
    } else if (fill === 'noise') {
      yield noise(length, random);
    } else {
      const piece = textLines(length, seed, line);
      line = piece.nextLine;
      yield piece.bytes;
    }
  }
}

function noise(length: number, random: () => number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let index = 0; index < words.length; index += 1) words[index] = random();
  return new Uint8Array(words.buffer, 0, length);
}

function textLines(length: number, seed: number, from: number): { bytes: Uint8Array; nextLine: number } {
  const bytes = Buffer.alloc(length);
  let line = from;
  for (let at = 0; at < length; line += 1) at += bytes.write(`${seed} line ${line}\n`, at, 'latin1');
  return { bytes, nextLine: line };
}

/** Marsaglia's xorshift: unsigned 32-bit numbers, the same for the same seed everywhere. */
export function seededRandom(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x6a09e667) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

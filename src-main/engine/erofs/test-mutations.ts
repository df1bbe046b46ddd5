import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32c } from './crc32c.ts';
import { buildTreeIndex, ErofsError, type ErofsImage, openErofs, type TreeIndex } from './index.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** For tests: a good image on disk that is broken and mended again and again. */
export class MutatedImage {
  readonly file: string;
  readonly #good: Buffer;
  /** What the file holds now. */
  readonly #bytes: Buffer;
  readonly #fd: number;
  readonly #random: () => number;
  #dirty: Range[] = [];
  #isCut = false;

  /** `random` gives unsigned 32-bit numbers; the same ones make the same mutations. */
  constructor(file: string, random: () => number) {
    this.file = file;
    this.#good = readFileSync(file);
    this.#bytes = Buffer.from(this.#good);
    this.#fd = openSync(file, 'r+');
    this.#random = random;
  }

  /** One to eight changes anywhere, most in the superblock, inodes and directories. */
  mutate(): void {
    this.#mend();
    for (let count = 1 + (this.#random() % 8); count > 0; count -= 1) this.#mutateOnce();
    // Otherwise a superblock that was touched would never be read any further.
    if (this.#random() % 4 !== 0) this.#signSuperblock();
    this.#write();
    this.#isCut = this.#random() % 16 === 0;
    if (this.#isCut) ftruncateSync(this.#fd, this.#random() % this.#bytes.length);
  }

  close(): void {
    this.#mend();
    closeSync(this.#fd);
  }

  #mend(): void {
    if (this.#isCut) this.#dirty = [{ start: 0, end: this.#good.length }];
    for (const { start, end } of this.#dirty) this.#good.copy(this.#bytes, start, start, end);
    this.#write();
    this.#dirty = [];
    this.#isCut = false;
  }

  #write(): void {
    for (const { start, end } of this.#dirty) writeSync(this.#fd, this.#bytes, start, end - start, start);
  }

  #mutateOnce(): void {
    const random = this.#random;
    const bytes = this.#bytes;
    const start = this.#place(bytes.length);
    const end = Math.min(start + [1, 1, 2, 4, 8, 64][random() % 6]!, bytes.length);
    this.#dirty.push({ start, end });
    const kind = random() % 4;
    if (kind === 0) bytes[start]! ^= 1 << (random() % 8);
    else if (kind === 1) for (let at = start; at < end; at += 1) bytes[at] = random();
    else if (kind === 2) bytes.fill(INTERESTING[random() % INTERESTING.length]!, start, end);
    else {
      const from = random() % (bytes.length - (end - start) + 1);
      bytes.copy(bytes, start, from, from + end - start);
    }
  }

  #place(length: number): number {
    const random = this.#random;
    const where = random() % 8;
    if (where === 0) return 1024 + (random() % 128);
    // The metadata of small images lies in their first blocks; a multiple of four begins most of their fields.
    if (where < 6) return Math.min(1152 + (random() % 8192) * 4, length - 1);
    return random() % length;
  }

  #signSuperblock(): void {
    const bytes = this.#bytes;
    const blockBits = bytes[1024 + 0x0c]!;
    const blockSize = blockBits >= 9 && blockBits <= 16 ? 1 << blockBits : 4096;
    bytes.writeUInt32LE(0, 1028);
    const end = blockSize > 1024 ? blockSize : 1024 + blockSize;
    bytes.writeUInt32LE(crc32c(bytes.subarray(1024, end)), 1028);
    this.#dirty.push({ start: 1028, end: 1032 });
  }
}

const INTERESTING = [0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe, 0x20, 0x2e];

/** What became of an image: not opened, opened with damage, or whole as far as anybody looked. */
export type Outcome = 'refused' | 'damaged' | 'whole';

/**
 * For tests: opens an image and reads all there is of it. Nothing but an `ErofsError` may ever be thrown on the
 * way, and what is kept may never outgrow the file.
 */
export async function readEverything(file: string): Promise<Outcome> {
  const image = attempt(() => openErofs(file));
  if (image === null) return 'refused';
  try {
    const index = await buildTreeIndex(image);
    checkIndex(index, image);
    let isDamaged = false;
    for (let entry = 0; entry < index.count; entry += 1) {
      isDamaged = index.isDamaged(entry) || !readEntry(image, index, entry) || isDamaged;
    }
    return isDamaged ? 'damaged' : 'whole';
  } finally {
    image.close();
  }
}

/** Every child has its parent, is in its parent's range, and comes after it. */
function checkIndex(index: TreeIndex, image: ErofsImage): void {
  if (index.count > image.file.length)
    throw new Error(`${index.count} entries in ${image.file.length} bytes`);
  if (index.memoryBytes > 64 * image.file.length + 2 ** 20)
    throw new Error(`${index.memoryBytes} bytes kept of ${image.file.length}`);
  for (let entry = 1; entry < index.count; entry += 1) {
    const parent = index.parent[entry]!;
    const first = index.firstChild[parent]!;
    if (parent >= entry || entry < first || entry >= first + index.childCount[parent]!) {
      throw new Error(`entry ${entry} is no child of ${parent}`);
    }
  }
}

function readEntry(image: ErofsImage, index: TreeIndex, entry: number): boolean {
  const nid = index.dirents.nid[entry]!;
  const inode = attempt(() => image.readInode(nid));
  if (inode === null) return false;
  const reads: (() => unknown)[] = [
    () => image.readXattrs(nid),
    () => image.lookup([index.dirents.nameAt(entry)]) ?? 'not in the root',
    ...(inode.type === 'symlink' ? [() => image.readLink(nid)] : []),
    ...(inode.type === 'directory' ? [() => image.readDirectory(nid)] : []),
    ...(inode.type === 'regular'
      ? [0, 4095, Math.floor(inode.size / 2), inode.size - 1].map(
          (at) => () => image.readFile(nid, Math.max(0, at), 5000),
        )
      : []),
  ];
  return reads.map((read) => attempt(read)).every((result) => result !== null);
}

/** Null for what the reader says is damaged. */
function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ErofsError) return null;
    throw error;
  }
}

import { type DataSource, sliceData } from './data.ts';
import { type DirentTable, MAX_NAME_BYTES } from './dirent-table.ts';
import { ErofsError } from './erofs-error.ts';
import { type InodeRecord, isDirectory } from './inode.ts';

/** The size of one dirent: u64 nid, u16 name offset, u8 file type, u8 reserved (`struct erofs_dirent`). */
const DIRENT_BYTES = 12;
/** After so many bad blocks the rest of a directory is not looked at. */
const MAX_BAD_BLOCKS = 16;
/** Directory data read in one piece; a multiple of every directory block size. */
const PIECE_BYTES = 64 * 1024;
/** Twice what msb takes in one layer. More is left out, so that no image can fill the memory. */
export const MAX_ENTRIES = 2 * 1024 * 1024;
const MAX_NAMES_BYTES = 128 * 1024 * 1024;
/** Twice what so many entries take: a file with holes may be long enough for any claim. */
export const MAX_DIRECTORY_BYTES = 1024 ** 3;

/**
 * Appends the entries of a directory to `table`, `.` and `..` left out, sorted by name bytes. What can be read is
 * appended even when other blocks cannot.
 *
 * @returns what is wrong with the directory, or null.
 */
export function readDirents(source: DataSource, inode: InodeRecord, table: DirentTable): ErofsError | null {
  const reader = new DirentReader(source, inode, table);
  while (reader.readPiece());
  return reader.damage;
}

/**
 * The same in pieces of a few thousand entries, for those who must not stop the world. The data of a directory is
 * blocks: dirents first, then their names without separators; the offset of the first name tells the number of
 * dirents. `inode` must stay as it is until the end.
 */
export class DirentReader {
  readonly #source: DataSource;
  readonly #inode: InodeRecord;
  readonly #table: DirentTable;
  readonly #first: number;
  #offset = 0;
  #badBlocks = 0;
  #isSorted = true;
  damage: ErofsError | null = null;

  constructor(source: DataSource, inode: InodeRecord, table: DirentTable) {
    this.#source = source;
    this.#inode = inode;
    this.#table = table;
    this.#first = table.count;
    try {
      checkDirectory(source, inode);
    } catch (error) {
      this.#noteDamage(error);
      this.#offset = Number.POSITIVE_INFINITY;
    }
  }

  /** Reads on. False when there is no more: what was appended is then sorted, and `damage` final. */
  readPiece(): boolean {
    if (this.#offset >= this.#inode.size || this.#badBlocks >= MAX_BAD_BLOCKS) {
      if (!this.#isSorted) this.#putInOrder();
      return false;
    }
    const before = this.#table.count;
    this.#readBlocks(Math.min(PIECE_BYTES, this.#inode.size - this.#offset));
    this.#offset += PIECE_BYTES;
    if (this.#isSorted) this.#isSorted = isSorted(this.#table, Math.max(before, this.#first + 1));
    this.#checkLimits();
    return true;
  }

  /** A piece that cannot be had as one is read block by block, so that one bad block costs only itself. */
  #readBlocks(length: number): void {
    const blockSize = this.#source.superblock.directoryBlockSize;
    const piece = length <= blockSize ? null : this.#tryPiece(length);
    for (let at = 0; at < length && this.#badBlocks < MAX_BAD_BLOCKS; at += blockSize) {
      try {
        const end = Math.min(at + blockSize, length);
        readBlock(
          piece?.subarray(at, end) ?? this.#slice(this.#offset + at, end - at),
          this.#inode.nid,
          this.#table,
        );
      } catch (error) {
        this.#noteDamage(error);
      }
    }
  }

  #tryPiece(length: number): Buffer | null {
    try {
      return this.#slice(this.#offset, length);
    } catch (error) {
      if (error instanceof ErofsError) return null;
      throw error;
    }
  }

  #slice(offset: number, length: number): Buffer {
    return sliceData(this.#source, this.#inode, offset, length);
  }

  #noteDamage(error: unknown): void {
    if (!(error instanceof ErofsError)) throw error;
    this.damage ??= error;
    this.#badBlocks += 1;
  }

  #checkLimits(): void {
    if (this.#table.count <= MAX_ENTRIES && this.#table.namesLength <= MAX_NAMES_BYTES) return;
    this.damage ??= new ErofsError(
      'directory',
      `There are more than ${MAX_ENTRIES} entries: the rest is left out.`,
    );
    this.#offset = Number.POSITIVE_INFINITY;
  }

  /** Linux looks names up by halving: out of order, some can be listed but not opened. We sort, and say so. */
  #putInOrder(): void {
    this.#isSorted = true;
    this.#table.sortByName(this.#first);
    const twice = this.#table.dropRepeated(this.#first);
    this.damage ??= new ErofsError(
      'directory',
      `The directory of inode ${this.#inode.nid} is damaged: ` +
        (twice > 0 ? `${twice} of its names occur more than once.` : 'its names are out of order.'),
    );
  }
}

/** @throws ErofsError `directory` when it is none, or claims more than the image has. */
function checkDirectory(source: DataSource, inode: InodeRecord): void {
  if (!isDirectory(inode)) {
    throw new ErofsError('directory', `Inode ${inode.nid} is no directory.`);
  }
  const most = Math.min(source.file.length, MAX_DIRECTORY_BYTES);
  if (inode.size > most) {
    throw new ErofsError(
      'directory',
      `The directory of inode ${inode.nid} claims ${inode.size} bytes, more than ${most}.`,
    );
  }
}

function readBlock(block: Buffer, nid: number, table: DirentTable): void {
  const count = countDirents(block, nid);
  const namesStart = count * DIRENT_BYTES;
  const last = namesStart - DIRENT_BYTES;
  const namesEnd = endOfLastName(block, nameOffsetAt(block, last));
  const base = table.appendNames(block, namesStart, Math.max(namesStart, namesEnd)) - namesStart;
  let nameStart = namesStart;
  for (let at = 0; at <= last; at += DIRENT_BYTES) {
    const nameEnd = at === last ? namesEnd : nameOffsetAt(block, at + DIRENT_BYTES);
    const nameLength = nameEnd - nameStart;
    if (nameLength < 1 || nameLength > MAX_NAME_BYTES || nameEnd > namesEnd) {
      throw badName(nid, nameStart, nameLength);
    }
    if (!isDots(block, nameStart, nameLength)) {
      table.append(nidAt(block, at), block[at + 10]!, base + nameStart, nameLength);
    }
    nameStart = nameEnd;
  }
}

function nameOffsetAt(block: Buffer, at: number): number {
  return block[at + 8]! | (block[at + 9]! << 8);
}

/** How many dirents a block begins with. @throws ErofsError `directory`. */
function countDirents(block: Buffer, nid: number): number {
  const namesStart = block.length < DIRENT_BYTES ? 0 : block.readUInt16LE(8);
  if (namesStart < DIRENT_BYTES || namesStart % DIRENT_BYTES !== 0 || namesStart >= block.length) {
    throw new ErofsError(
      'directory',
      `A block of the directory of inode ${nid} is damaged: its first name is at byte ${namesStart} of ${block.length}.`,
    );
  }
  return namesStart / DIRENT_BYTES;
}

/** The last name of a block ends with the block, or at the first NUL: blocks are padded with them. */
function endOfLastName(block: Buffer, nameStart: number): number {
  if (nameStart >= block.length) return nameStart;
  const nul = block.indexOf(0, nameStart);
  return nul < 0 ? block.length : nul;
}

/** 64 bits; above 2^53 no longer exact, and as wild as any other nid beyond the end of the file. */
function nidAt(block: Buffer, at: number): number {
  const low = block[at]! | (block[at + 1]! << 8) | (block[at + 2]! << 16) | (block[at + 3]! << 24);
  const high = block[at + 4]! | (block[at + 5]! << 8) | (block[at + 6]! << 16) | (block[at + 7]! << 24);
  return (high >>> 0) * 0x1_0000_0000 + (low >>> 0);
}

const DOT = 0x2e;

function isDots(block: Buffer, start: number, length: number): boolean {
  if (length > 2 || block[start] !== DOT) return false;
  return length === 1 || block[start + 1] === DOT;
}

function badName(nid: number, start: number, length: number): ErofsError {
  return new ErofsError(
    'directory',
    `A block of the directory of inode ${nid} is damaged: the name at byte ${start} would have ${length} bytes.`,
  );
}

function isSorted(table: DirentTable, from: number): boolean {
  for (let index = from; index < table.count; index += 1) {
    if (table.compareNames(index - 1, index) >= 0) return false;
  }
  return true;
}

/**
 * The nid a directory has for a name, or null; `.` and `..` are no names. Reads only the blocks that halving leads to, as Linux does; in a
 * directory that is out of order a name may be missed.
 *
 * @throws ErofsError `directory`, `data`, `truncated`, `unsupported`, `io`.
 */
export function findDirent(
  source: DataSource,
  inode: InodeRecord,
  name: Buffer,
): { readonly nid: number; readonly fileType: number } | null {
  checkDirectory(source, inode);
  if (isDots(name, 0, name.length)) return null;
  const blockSize = source.superblock.directoryBlockSize;
  let low = 0;
  let high = Math.ceil(inode.size / blockSize) - 1;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const block = sliceData(source, inode, middle * blockSize, blockSize);
    const found = searchBlock(block, inode.nid, name);
    if (typeof found === 'object') return found;
    if (found === 'between') return null;
    if (found === 'before') high = middle - 1;
    else low = middle + 1;
  }
  return null;
}

type Side = 'before' | 'between' | 'after';

/** The dirent of that name, or where the name would stand. */
function searchBlock(block: Buffer, nid: number, name: Buffer): { nid: number; fileType: number } | Side {
  const namesStart = countDirents(block, nid) * DIRENT_BYTES;
  const last = namesStart - DIRENT_BYTES;
  let nameStart = namesStart;
  for (let at = 0; at <= last; at += DIRENT_BYTES) {
    const nameEnd = at === last ? endOfLastName(block, nameStart) : nameOffsetAt(block, at + DIRENT_BYTES);
    if (nameEnd <= nameStart || nameEnd > block.length) throw badName(nid, nameStart, nameEnd - nameStart);
    const order = name.compare(block, nameStart, nameEnd);
    if (order === 0) return { nid: nidAt(block, at), fileType: block[at + 10]! };
    if (order < 0) return at === 0 ? 'before' : 'between';
    nameStart = nameEnd;
  }
  return 'after';
}

import { DirentReader, MAX_DIRECTORY_BYTES, MAX_ENTRIES } from './directory.ts';
import { DirentTable } from './dirent-table.ts';
import { ErofsError } from './erofs-error.ts';
import { trimmed, withRoom } from './growing.ts';
import type { ErofsImage } from './image.ts';
import {
  InodeRecord,
  isDirectory,
  isWhiteout,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
} from './inode.ts';
import { Pacer } from './pacer.ts';

/** The root directory's entry; it is its own parent and has the empty name. */
export const ROOT = 0;

/** Deeper directories are not entered: msb takes 128 levels, and a path of 4096 bytes has at most 2048. */
const MAX_DEPTH = 2048;
/** So many entries are told what is wrong with them; all are marked. */
const MAX_DAMAGE_NOTES = 1000;

const OPAQUE = 1;
const DAMAGED = 2;
const UNREADABLE = 4;
const WHITEOUT = 8;

const DIRECTORY_TYPE = 2;
/** What a dirent's file type says of the mode. */
const MODE_OF_TYPE: readonly number[] = [0, S_IFREG, S_IFDIR, S_IFCHR, S_IFBLK, 0o010000, 0o140000, S_IFLNK];

/**
 * Every entry of an image as columns of numbers, about 50 bytes each with an average name: two hundred thousand
 * files take 10 MB outside the garbage collected heap. Entry 0 is the root. The children of a directory stand
 * together, sorted by name bytes, from `firstChild` on; a parent always stands before its children. Owner, time and
 * the rest are read from the image where they are wanted.
 *
 * What a hard link has in common with another name is its `nid`.
 */
export class TreeIndex {
  readonly dirents: DirentTable;
  parent: Uint32Array;
  firstChild: Uint32Array;
  childCount: Uint32Array;
  /** Type and permission bits; of an entry whose inode cannot be read, only the type its directory tells. */
  mode: Uint16Array;
  /** Bytes, exact. */
  size: Float64Array;
  linkCount: Uint32Array;
  #flags: Uint8Array;
  readonly #damage = new Map<number, string>();

  constructor(expected: number) {
    this.dirents = new DirentTable(expected);
    this.parent = new Uint32Array(expected);
    this.firstChild = new Uint32Array(expected);
    this.childCount = new Uint32Array(expected);
    this.mode = new Uint16Array(expected);
    this.size = new Float64Array(expected);
    this.linkCount = new Uint32Array(expected);
    this.#flags = new Uint8Array(expected);
  }

  get count(): number {
    return this.dirents.count;
  }

  isDirectory(entry: number): boolean {
    return (this.mode[entry]! & S_IFMT) === S_IFDIR;
  }

  isRegular(entry: number): boolean {
    return (this.mode[entry]! & S_IFMT) === S_IFREG;
  }

  /** Character device 0:0: deletes the name in the layers below. */
  isWhiteout(entry: number): boolean {
    return (this.#flags[entry]! & WHITEOUT) !== 0;
  }

  /** False when the inode could not be read: nothing but the name and perhaps the type is then known. */
  isReadable(entry: number): boolean {
    return (this.#flags[entry]! & UNREADABLE) === 0;
  }

  isOpaque(entry: number): boolean {
    return (this.#flags[entry]! & OPAQUE) !== 0;
  }

  isDamaged(entry: number): boolean {
    return (this.#flags[entry]! & DAMAGED) !== 0;
  }

  /** What is wrong with an entry, or null. */
  damageOf(entry: number): string | null {
    if (!this.isDamaged(entry)) return null;
    return this.#damage.get(entry) ?? 'This entry is damaged, like many others of this image.';
  }

  /** Bytes this index keeps, names included. */
  get memoryBytes(): number {
    const { dirents } = this;
    const columns = [
      dirents.nid,
      dirents.fileType,
      dirents.nameStart,
      dirents.nameLength,
      dirents.names,
      this.parent,
      this.firstChild,
      this.childCount,
      this.mode,
      this.size,
      this.linkCount,
      this.#flags,
    ];
    return columns.reduce((sum, column) => sum + column.byteLength, 0);
  }

  noteDamage(entry: number, detail: string): void {
    this.#flags[entry]! |= DAMAGED;
    if (this.#damage.size < MAX_DAMAGE_NOTES && !this.#damage.has(entry)) this.#damage.set(entry, detail);
  }

  /** An entry whose inode cannot be read keeps its name, and the type its directory tells. */
  noteUnreadable(entry: number, detail: string): void {
    this.mode[entry] = MODE_OF_TYPE[this.dirents.fileType[entry]!] ?? 0;
    this.#flags[entry]! |= UNREADABLE;
    this.noteDamage(entry, detail);
  }

  setInode(entry: number, record: InodeRecord): void {
    this.mode[entry] = record.mode;
    this.size[entry] = record.size;
    this.linkCount[entry] = record.linkCount;
    if (isWhiteout(record)) this.#flags[entry]! |= WHITEOUT;
  }

  noteOpaque(entry: number): void {
    this.#flags[entry]! |= OPAQUE;
  }

  /** Makes room for the columns of every entry that `dirents` has. */
  reserve(): void {
    const count = this.dirents.nid.length;
    if (count <= this.parent.length) return;
    this.#resize((column) => withRoom(column, count));
  }

  /** Gives back what growing left over. */
  trim(): void {
    this.dirents.trim();
    this.#resize((column) => trimmed(column, this.count));
  }

  #resize(
    to: <Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(column: Column) => Column,
  ): void {
    this.parent = to(this.parent);
    this.firstChild = to(this.firstChild);
    this.childCount = to(this.childCount);
    this.mode = to(this.mode);
    this.size = to(this.size);
    this.linkCount = to(this.linkCount);
    this.#flags = to(this.#flags);
  }
}

/**
 * Reads the whole tree of an image. Damage is noted at the entry that has it: a directory that is reached twice
 * (a cycle) or lies too deep is not entered, an inode that cannot be read keeps its name.
 *
 * @throws the signal's reason when aborted, and nothing else.
 */
export async function buildTreeIndex(
  image: ErofsImage,
  { signal }: { signal?: AbortSignal } = {},
): Promise<TreeIndex> {
  const building = new Building(image);
  const pacer = new Pacer(signal);
  for (let directory = building.nextDirectory(); directory !== null; directory = building.nextDirectory()) {
    const { index } = building;
    const first = index.count;
    const reader = building.openDirectory(directory);
    while (reader?.readPiece() === true) if (pacer.isDue()) await pacer.rest();
    building.closeDirectory(directory, first, reader?.damage ?? null);
    const end = index.count;
    for (let entry = first; entry < end; entry += 1) {
      building.readEntry(entry, directory);
      if (pacer.isDue()) await pacer.rest();
    }
    building.enterChildren(first);
  }
  building.index.trim();
  return building.index;
}

/** Room made at once for what the superblock announces; it may lie, so only up to 16 MB. */
const MAX_EXPECTED = 256 * 1024;

class Building {
  readonly #image: ErofsImage;
  readonly #record = new InodeRecord();
  readonly #directoryRecord = new InodeRecord();
  readonly index: TreeIndex;
  /** Directories still to be read, the next one last, and how deep each lies. */
  readonly #pending: number[] = [ROOT];
  readonly #depths: number[] = [0];
  #depth = 0;
  readonly #entered = new Set<number>();
  /** Directory data lies apart for each directory, so all of it together is shorter than the file. */
  #directoryBytesLeft: number;

  constructor(image: ErofsImage) {
    this.#image = image;
    const announced = Math.min(Number(image.superblock.inodeCount), image.file.length / 32, MAX_EXPECTED);
    this.index = new TreeIndex(Math.ceil(announced) + 16);
    this.#directoryBytesLeft = Math.min(image.file.length, MAX_DIRECTORY_BYTES);
    const { dirents } = this.index;
    dirents.append(image.root, DIRECTORY_TYPE, 0, 0);
    this.readEntry(ROOT, ROOT);
  }

  nextDirectory(): number | null {
    this.#depth = this.#depths.pop() ?? 0;
    return this.#pending.pop() ?? null;
  }

  /** Null when the directory is not to be read; why is then noted. */
  openDirectory(entry: number): DirentReader | null {
    const { index } = this;
    const reason = this.#whyNotEnter(entry);
    if (reason !== null) {
      index.noteDamage(entry, reason);
      return null;
    }
    try {
      const record = this.#image.record(index.dirents.nid[entry]!, this.#directoryRecord);
      this.#entered.add(record.nid);
      this.#directoryBytesLeft -= record.size;
      return new DirentReader(this.#image, record, index.dirents);
    } catch (error) {
      // Its inode cannot be read, which `readEntry` has noted.
      if (error instanceof ErofsError) return null;
      throw error;
    }
  }

  #whyNotEnter(entry: number): string | null {
    const { index } = this;
    const nid = index.dirents.nid[entry]!;
    if (this.#entered.has(nid)) return `Directory inode ${nid} is reached a second time: not entered again.`;
    if (this.#depth > MAX_DEPTH)
      return `This directory lies more than ${MAX_DEPTH} levels deep: not entered.`;
    if (index.count >= MAX_ENTRIES) return `There are more than ${MAX_ENTRIES} entries: not entered.`;
    if (index.size[entry]! > this.#directoryBytesLeft) {
      return 'The directories claim more bytes than an image has: not entered.';
    }
    return null;
  }

  closeDirectory(entry: number, first: number, damage: ErofsError | null): void {
    const { index } = this;
    index.reserve();
    index.firstChild[entry] = first;
    index.childCount[entry] = index.count - first;
    if (damage !== null) index.noteDamage(entry, damage.message);
  }

  readEntry(entry: number, parent: number): void {
    const { index } = this;
    index.parent[entry] = parent;
    try {
      const record = this.#image.record(index.dirents.nid[entry]!, this.#record);
      index.setInode(entry, record);
      if (record.xattrBytes > 0 && isDirectory(record)) this.#readOpaque(entry, record);
    } catch (error) {
      if (!(error instanceof ErofsError)) throw error;
      index.noteUnreadable(entry, error.message);
    }
  }

  #readOpaque(entry: number, record: InodeRecord): void {
    try {
      if (this.#image.isOpaque(record)) this.index.noteOpaque(entry);
    } catch (error) {
      if (!(error instanceof ErofsError)) throw error;
      this.index.noteDamage(entry, error.message);
    }
  }

  /** In reverse, so that the first comes next: metadata lies in the order of the walk. */
  enterChildren(first: number): void {
    const { index } = this;
    for (let entry = index.count - 1; entry >= first; entry -= 1) {
      if (!index.isDirectory(entry)) continue;
      this.#pending.push(entry);
      this.#depths.push(this.#depth + 1);
    }
  }
}

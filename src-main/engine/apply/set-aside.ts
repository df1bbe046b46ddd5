import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlink,
  unlinkSync,
} from 'node:fs';
import path from 'node:path';
import { openReadableDatabase, readSnapshot } from '../database/index.ts';
import { readBoundedFile } from '../store/bounded-file.ts';
import type { StoreEntry } from '../store/entries.ts';
import { tryLockExclusive } from '../store/locks.ts';
import { MOST_METADATA_BYTES, parseMetadata } from '../store/metadata.ts';
import { classify, OWN_FOLDER } from '../store/names.ts';
import { measureTree } from '../store/tree-size.ts';
import { type Journal, writeJournal } from '../undo/journal.ts';
import type { World } from './apply.ts';
import { keepsLeases, leasePath, takeLease } from './lease.ts';
import { moveBack } from './move-back.ts';
import { makeOwnFolder } from './own-folder.ts';
import { removeTree } from './remove-tree.ts';
import { wantedNow } from './wanted.ts';

/** Held in a removal's folder for as long as somebody works on it. */
export const ACTIVE_LOCK = 'active.lock';
const LOOK = { bigint: true } as const;
const NESTED = new RegExp(`^(?:${OWN_FOLDER.replace('.', '\\.')}/[0-9a-f]{32}/)+`);

interface Folder {
  readonly isLink: boolean;
  /** Whether msb keeps leases in it. */
  readonly isLeased: boolean;
}

interface Release {
  release(): void;
}

/**
 * One removal's private folder, `<cache>/.strata/<32 hex>/`, with the cache's own layout below it. Files are
 * renamed in, looked at once more, then unlinked or renamed back. Its lock is held for as long as the removal
 * runs; a folder whose lock is free was left by a crash.
 */
export class SetAside {
  /** Relative to the cache. */
  readonly name: string;
  readonly #cacheDir: string;
  readonly #directory: string;
  readonly #lock: Release | null;
  readonly #made = new Set<string>();
  readonly #madeFor = new Set<string>();
  readonly #leases = new Map<string, Release>();
  /** Of the folders of earlier removals that are in here: nobody else works on them. */
  readonly #leftovers = new Map<StoreEntry, Release | null>();
  /** What a folder is, for as long as one slice of the work takes. */
  readonly #folders = new Map<string, Folder>();
  /** Of the files in here that have no other name: what their blocks give back. */
  readonly #freedBytes = new Map<StoreEntry, number>();
  /** By inode: how many of its names were measured. */
  readonly #measuredNames = new Map<bigint, bigint>();

  /** @throws CacheFailure `read-only` when the folder cannot be made. */
  static create(cacheDir: string): SetAside {
    return new SetAside(cacheDir, makeOwnFolder(cacheDir));
  }

  private constructor(cacheDir: string, name: string) {
    this.name = name;
    this.#cacheDir = cacheDir;
    this.#directory = path.join(cacheDir, name);
    this.#lock = tryLockExclusive(path.join(this.#directory, ACTIVE_LOCK), { create: true });
  }

  /**
   * Renames files in, and says of each that stays where it is why: it is not the file that was planned, msb holds a
   * lease on it, or the system refused.
   */
  move(entries: readonly StoreEntry[]): ReadonlyMap<StoreEntry, string> {
    this.#folders.clear();
    const refused = new Map<StoreEntry, string>();
    for (const entry of entries) {
      const reason = this.#moveOne(entry);
      if (reason !== null) refused.set(entry, reason);
    }
    return refused;
  }

  #moveOne(entry: StoreEntry): string | null {
    // Joined by hand: normalizing a hundred thousand paths costs as much as renaming them.
    const source = `${this.#cacheDir}/${entry.path}`;
    try {
      const stats = lstatSync(source, LOOK);
      const isSame = `${stats.dev}` === entry.dev && `${stats.ino}` === entry.ino;
      if (!isSame || stats.isSymbolicLink()) return 'another file has taken its place';
      if (entry.type === 'file' && (!stats.isFile() || Number(stats.size) !== entry.logicalBytes))
        return 'it changed meanwhile';
      const folder = entry.path.slice(0, entry.path.lastIndexOf('/'));
      const { isLink, isLeased } = this.#lookAtFolder(folder);
      if (isLink) return 'a link has taken the place of its folder';
      if (isLeased) {
        const lease = takeLease(source);
        if (lease === 'held') return 'msb is using it';
        this.#leases.set(entry.path, lease);
      }
      if (entry.what.kind === 'leftover' && !this.#lockLeftover(entry, source))
        return 'another Strata is working on it';
      this.#makeParent(folder);
      renameSync(source, this.#pathOf(entry));
      if (stats.isFile() && stats.nlink === 1n) this.#freedBytes.set(entry, Number(stats.blocks) * 512);
      return null;
    } catch (error) {
      this.#releaseLease(entry);
      return describeRefusal(error);
    }
  }

  /** Before it is moved: whoever works on it would not find its files any more. */
  #lockLeftover(entry: StoreEntry, folder: string): boolean {
    const file = `${folder}/${ACTIVE_LOCK}`;
    const lock = tryLockExclusive(file);
    if (lock === null && existsSync(file)) return false;
    this.#leftovers.set(entry, lock);
    return true;
  }

  #lookAtFolder(folder: string): Folder {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const directory = `${this.#cacheDir}/${folder}`;
    const found = { isLink: !isRealFolder(directory), isLeased: keepsLeases(directory) };
    this.#folders.set(folder, found);
    return found;
  }

  /** The lease files we hold, relative to the cache. */
  leasePaths(): ReadonlySet<string> {
    return new Set([...this.#leases.keys()].map(leasePath));
  }

  /**
   * Back to where they were, the last one first: what msb looks at first comes when the rest is there. When msb has
   * made the same again by then, that stays, and ours goes.
   */
  putBack(entries: readonly StoreEntry[]): void {
    for (const entry of entries.toReversed()) this.#putBackOne(entry);
  }

  #putBackOne(entry: StoreEntry): void {
    const [from, to] = [this.#pathOf(entry), path.join(this.#cacheDir, entry.path)];
    if (restore(from, to) === 'taken' && entry.type === 'file' && isRegularFile(to)) unlinkSync(from);
    this.#freedBytes.delete(entry);
    this.#releaseLease(entry);
  }

  /** Deletes for good, several at once. The bytes that came free, or why it did not go. */
  async unlink(entry: StoreEntry, world: World): Promise<number | string> {
    const target = this.#pathOf(entry);
    try {
      const freedBytes = this.#freedBytes.get(entry);
      if (freedBytes === undefined) return this.#unlinkTreeOrLink(entry, target, world);
      await unlinkInPool(target);
      return freedBytes;
    } catch (error) {
      restore(target, path.join(this.#cacheDir, entry.path));
      return describeRefusal(error);
    } finally {
      this.#releaseLease(entry);
    }
  }

  /** One after the other: which of two names of a file is the last is known only then. */
  #unlinkTreeOrLink(entry: StoreEntry, target: string, world: World): number {
    if (entry.type === 'directory') {
      if (entry.what.kind === 'leftover') return this.#unlinkLeftover(target, world);
      const bytes = measureTree(target).freedBytes;
      removeTree(target);
      return bytes;
    }
    const stats = lstatSync(target, LOOK);
    unlinkSync(target);
    return stats.nlink === 1n ? Number(stats.blocks) * 512 : 0;
  }

  /**
   * What a crashed removal left may hold a file that somebody came to need between its rename and the crash:
   * that one goes back first.
   */
  #unlinkLeftover(directory: string, world: World): number {
    restoreWanted(directory, this.#cacheDir, world);
    const bytes = measureTree(directory).freedBytes;
    removeTree(directory);
    return bytes;
  }

  /**
   * What emptying the folder will free of this entry: allocated bytes, of an inode with several names with the last of
   * them that is asked about.
   */
  measure(entry: StoreEntry): number {
    const target = this.#pathOf(entry);
    if (entry.type === 'directory') return measureTree(target).freedBytes;
    const { ino, nlink, blocks } = lstatSync(target, LOOK);
    const names = (this.#measuredNames.get(ino) ?? 0n) + 1n;
    this.#measuredNames.set(ino, names);
    return names === nlink ? Number(blocks) * 512 : 0;
  }

  /**
   * Makes the folder one that can be undone: from here on it is no leftover. Answers its id.
   *
   * @throws the system's error; the folder is a leftover then.
   */
  keep(journal: Journal): string {
    writeJournal(this.#directory, journal);
    return path.basename(this.#directory);
  }

  /** Removes the folder, which is empty unless something could not be unlinked or is kept. */
  close(): void {
    for (const lock of [...this.#leases.values(), ...this.#leftovers.values()]) lock?.release();
    this.#leases.clear();
    this.#leftovers.clear();
    try {
      unlinkSync(path.join(this.#directory, ACTIVE_LOCK));
    } catch {
      // Never made where flock is not to be had.
    }
    this.#lock?.release();
    for (const directory of [...this.#made].toSorted((a, b) => b.length - a.length)) removeIfEmpty(directory);
    removeIfEmpty(this.#directory);
    removeIfEmpty(path.dirname(this.#directory));
  }

  #pathOf(entry: StoreEntry): string {
    return `${this.#directory}/${entry.path}`;
  }

  /** @param folder relative to the cache. */
  #makeParent(folder: string): void {
    if (this.#madeFor.has(folder)) return;
    this.#madeFor.add(folder);
    const parent = path.join(this.#directory, folder);
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    for (let made = parent; made !== this.#directory; made = path.dirname(made)) this.#made.add(made);
  }

  #releaseLease(entry: StoreEntry): void {
    this.#leases.get(entry.path)?.release();
    this.#leases.delete(entry.path);
    this.#leftovers.get(entry)?.release();
    this.#leftovers.delete(entry);
  }
}

/** Renames back whatever somebody needs by now of the files below a removal's folder. */
export function restoreWanted(directory: string, cacheDir: string, world: World): void {
  const database = openReadableDatabase(world.paths.databaseFile);
  try {
    const inventory = world.join(readSnapshot(database), world.readStore());
    for (const relative of filesBelow(directory)) {
      // Freeing what one removal had left may itself have been interrupted: then it lies a folder deeper.
      const inner = relative.replace(NESTED, '');
      const what = classify(inner, 'file');
      if (what.kind === 'unknown' || what.kind === 'directory') continue;
      const original = path.join(cacheDir, inner);
      const aside = path.join(directory, relative);
      const says = () => manifestSaidBy(aside);
      if (wantedNow(inventory, what, says) !== null) restore(aside, original);
    }
  } finally {
    database.close();
  }
}

/** Half the cost of the promise `node:fs/promises` makes, and a hundred thousand are made. */
function unlinkInPool(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    unlink(file, (error) => (error === null ? resolve() : reject(error)));
  });
}

function filesBelow(directory: string): readonly string[] {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true });
  return names
    .filter((name) => name.isFile())
    .map((name) => path.relative(directory, path.join(name.parentPath, name.name)).split(path.sep).join('/'));
}

/** Where it could not be put back it is still set aside: the next collection finds it, and puts it back if it is needed. */
function restore(from: string, to: string): 'back' | 'taken' | 'failed' {
  try {
    if (!isRealFolder(path.dirname(to))) return 'failed';
    return moveBack(from, to) ? 'back' : 'taken';
  } catch {
    return 'failed';
  }
}

/** By a metadata file; null when it is not what msb writes. */
function manifestSaidBy(file: string): string | null {
  const read = readBoundedFile(file, MOST_METADATA_BYTES);
  return read.kind === 'text' ? (parseMetadata(read.text)?.manifestDigest ?? null) : null;
}

function isRegularFile(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isRealFolder(directory: string): boolean {
  return lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Not empty, or another removal is at work beside us.
  }
}

function describeRefusal(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOENT':
      return 'it was already gone';
    case 'EACCES':
    case 'EPERM':
      return 'the system does not allow removing it';
    case 'EROFS':
      return 'the file system is read-only';
    case 'EXDEV':
      return 'it is on another file system than the cache, or one is mounted in it';
    case 'EBUSY':
    case 'ETXTBSY':
      return 'the system says it is in use';
    default:
      return `the system refused (${code ?? 'unknown error'})`;
  }
}

import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { openReadableDatabase, readSnapshot } from '../database/index.ts';
import { readBoundedFile } from '../store/bounded-file.ts';
import type { StoreEntry } from '../store/entries.ts';
import { tryLockExclusive } from '../store/locks.ts';
import { MOST_METADATA_BYTES, parseMetadata } from '../store/metadata.ts';
import { classify, folderOf, OWN_FOLDER } from '../store/names.ts';
import { measureTree } from '../store/tree-size.ts';
import { type Journal, writeJournal } from '../undo/journal.ts';
import type { World } from './apply.ts';
import { keepsLeases, leasePath, takeLease } from './lease.ts';
import { moveBack } from './move-back.ts';
import { makeOwnFolder } from './own-folder.ts';
import { removeTree } from './remove-tree.ts';
import { createUnlinker, type Unlinker } from './unlinker.ts';
import { wantedNow } from './wanted.ts';

/** Held in a removal's folder for as long as somebody works on it. */
export const ACTIVE_LOCK = 'active.lock';
const LOOK = { bigint: true } as const;
/** A batch's folder in a removal's, and before it those of removals that were to free what another had left. */
const NESTED = new RegExp(`^(?:[0-9]+/)?(?:${OWN_FOLDER.replace('.', '\\.')}/[0-9a-f]{32}/(?:[0-9]+/)?)*`);

interface Folder {
  readonly isLink: boolean;
  /** Whether msb keeps leases in it. */
  readonly isLeased: boolean;
}

interface Release {
  release(): void;
}

/** One that was renamed in. */
interface Moved {
  /** Where it is now. */
  readonly file: string;
  /** Of a file without another name: what its blocks give back. Null where that shows only when it goes. */
  readonly freedBytes: number | null;
}

/**
 * One removal's private folder, `<cache>/.strata/<32 hex>/`, with the cache's own layout below it, or below a numbered
 * folder for each batch. Files are renamed in, looked at once more, then unlinked or renamed back. Its lock is held for
 * as long as the removal runs; a folder whose lock is free was left by a crash.
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
  readonly #moved = new Map<StoreEntry, Moved>();
  #unlinker: Unlinker | null = null;
  #batches = 0;
  /** Where files are renamed to now. */
  #target: string;
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
    this.#target = this.#directory;
    this.#lock = tryLockExclusive(path.join(this.#directory, ACTIVE_LOCK), { create: true });
  }

  /**
   * From here on files go to a folder of their own: the kernel lets one rename into a folder or unlink from it at a time,
   * so that whoever unlinks one batch would wait for whoever renames the next. What can be undone keeps the cache's layout.
   */
  startBatch(): void {
    this.#batches += 1;
    this.#target = `${this.#directory}/${this.#batches}`;
    this.#madeFor.clear();
  }

  /** Gets ready to delete about so many files. */
  expect(files: number): void {
    this.#unlinker ??= createUnlinker(files);
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
      const folder = folderOf(entry.path);
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
      const file = `${this.#target}/${entry.path}`;
      renameSync(source, file);
      const isOnlyName = stats.isFile() && stats.nlink === 1n;
      this.#moved.set(entry, { file, freedBytes: isOnlyName ? Number(stats.blocks) * 512 : null });
      return null;
    } catch (error) {
      this.#releaseLease(entry);
      return describeRefusal(codeOf(error));
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
    const { file } = this.#moved.get(entry)!;
    const to = path.join(this.#cacheDir, entry.path);
    if (restore(file, to) === 'taken' && entry.type === 'file' && isRegularFile(to)) unlinkSync(file);
    this.#forget(entry);
  }

  /** Deletes for good. Of each the bytes that came free, or why it did not go. */
  async unlink(entries: readonly StoreEntry[], world: World): Promise<readonly (number | string)[]> {
    const moved = entries.map((entry) => this.#moved.get(entry)!);
    const plain = entries.flatMap((_, index) => (moved[index]!.freedBytes === null ? [] : index));
    this.#unlinker ??= createUnlinker(plain.length);
    const problems = await this.#unlinker.unlink(plain.map((index) => moved[index]!.file));
    const codes = new Map([...problems].map(([place, code]) => [plain[place]!, code]));
    return entries.map((entry, index) => {
      const code = codes.get(index);
      const freedBytes = moved[index]!.freedBytes ?? this.#unlinkAnother(entry, world);
      const outcome = code === undefined ? freedBytes : this.#refuse(entry, code);
      this.#forget(entry);
      return outcome;
    });
  }

  #unlinkAnother(entry: StoreEntry, world: World): number | string {
    try {
      return this.#unlinkTreeOrLink(entry, this.#moved.get(entry)!.file, world);
    } catch (error) {
      return this.#refuse(entry, codeOf(error));
    }
  }

  #refuse(entry: StoreEntry, code: string | undefined): string {
    restore(this.#moved.get(entry)!.file, path.join(this.#cacheDir, entry.path));
    return describeRefusal(code);
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
    const target = this.#moved.get(entry)!.file;
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
    this.#unlinker?.close();
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

  /** @param folder relative to the cache. */
  #makeParent(folder: string): void {
    if (this.#madeFor.has(folder)) return;
    this.#madeFor.add(folder);
    const parent = path.join(this.#target, folder);
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    for (let made = parent; made !== this.#directory; made = path.dirname(made)) this.#made.add(made);
  }

  #forget(entry: StoreEntry): void {
    this.#moved.delete(entry);
    this.#releaseLease(entry);
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

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function describeRefusal(code: string | undefined): string {
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

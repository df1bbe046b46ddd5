import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import path from 'node:path';
import { openReadableDatabase, readSnapshot } from '../database/index.ts';
import type { StoreEntry } from '../store/entries.ts';
import { tryLockExclusive } from '../store/locks.ts';
import { classify, OWN_FOLDER } from '../store/names.ts';
import { measureTree } from '../store/tree-size.ts';
import type { World } from './apply.ts';
import { leasePath, takeLease } from './lease.ts';
import { wantedNow } from './wanted.ts';

const ACTIVE_LOCK = 'active.lock';

interface Release {
  release(): void;
}

/**
 * One removal's private folder, `<cache>/.strata/<32 hex>/`, with the cache's own layout below it. Files are
 * renamed in, looked at once more, then unlinked or renamed back. Its lock is held for as long as the removal
 * runs; a folder whose lock is free was left by a crash.
 */
export class SetAside {
  readonly #cacheDir: string;
  readonly #directory: string;
  readonly #lock: Release | null;
  readonly #made = new Set<string>();
  readonly #leases = new Map<string, Release>();

  static create(cacheDir: string): SetAside {
    const directory = path.join(cacheDir, OWN_FOLDER, randomBytes(16).toString('hex'));
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new SetAside(cacheDir, directory);
  }

  private constructor(cacheDir: string, directory: string) {
    this.#cacheDir = cacheDir;
    this.#directory = directory;
    this.#lock = tryLockExclusive(path.join(directory, ACTIVE_LOCK), { create: true });
  }

  /**
   * Renames the file in. Null when it worked, else why it was left where it is: it is not the file that was
   * planned, msb holds a lease on it, or the system refused.
   */
  move(entry: StoreEntry): string | null {
    const source = path.join(this.#cacheDir, entry.path);
    try {
      const stats = lstatSync(source, { bigint: true });
      const isSame = `${stats.dev}` === entry.dev && `${stats.ino}` === entry.ino;
      if (!isSame || stats.isSymbolicLink()) return 'another file has taken its place';
      if (entry.type === 'file' && (!stats.isFile() || Number(stats.size) !== entry.logicalBytes))
        return 'it changed meanwhile';
      const lease = takeLease(source);
      if (lease === 'held') return 'msb is using it';
      if (lease !== null) this.#leases.set(entry.path, lease);
      const target = this.#pathOf(entry);
      this.#makeParent(target);
      renameSync(source, target);
      return null;
    } catch (error) {
      this.#releaseLease(entry);
      return describeRefusal(error);
    }
  }

  /** The lease files we hold, relative to the cache. */
  leasePaths(): ReadonlySet<string> {
    return new Set([...this.#leases.keys()].map(leasePath));
  }

  /** Back to where it was, unless something has taken the place by then (which is then as good). */
  putBack(entry: StoreEntry): void {
    restore(this.#pathOf(entry), path.join(this.#cacheDir, entry.path));
    this.#releaseLease(entry);
  }

  /** Deletes for good. The bytes that came free, or why it did not go. */
  unlink(entry: StoreEntry, world: World): number | string {
    const target = this.#pathOf(entry);
    try {
      if (entry.type === 'directory') {
        if (entry.what.kind === 'leftover') return this.#unlinkLeftover(target, world);
        const bytes = measureTree(target).freedBytes;
        rmSync(target, { recursive: true });
        return bytes;
      }
      const stats = lstatSync(target, { bigint: true });
      unlinkSync(target);
      return stats.nlink === 1n ? Number(stats.blocks) * 512 : 0;
    } catch (error) {
      restore(target, path.join(this.#cacheDir, entry.path));
      return describeRefusal(error);
    } finally {
      this.#releaseLease(entry);
    }
  }

  /**
   * What a crashed removal left may hold a file that somebody came to need between its rename and the crash:
   * that one goes back first.
   */
  #unlinkLeftover(directory: string, world: World): number | string {
    const lock = tryLockExclusive(path.join(directory, ACTIVE_LOCK), { create: false });
    if (lock === null && existsSync(path.join(directory, ACTIVE_LOCK))) {
      restore(directory, path.join(this.#cacheDir, OWN_FOLDER, path.basename(directory)));
      return 'another Strata is working on it';
    }
    try {
      restoreWanted(directory, this.#cacheDir, world);
      const bytes = measureTree(directory).freedBytes;
      rmSync(directory, { recursive: true });
      return bytes;
    } finally {
      lock?.release();
    }
  }

  /** Removes the folder, which is empty unless something could not be unlinked. */
  close(): void {
    for (const lease of this.#leases.values()) lease.release();
    this.#leases.clear();
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
    return path.join(this.#directory, entry.path);
  }

  #makeParent(target: string): void {
    const parent = path.dirname(target);
    if (this.#made.has(parent)) return;
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    for (let made = parent; made !== this.#directory; made = path.dirname(made)) this.#made.add(made);
  }

  #releaseLease(entry: StoreEntry): void {
    this.#leases.get(entry.path)?.release();
    this.#leases.delete(entry.path);
  }
}

function restoreWanted(directory: string, cacheDir: string, world: World): void {
  const database = openReadableDatabase(world.paths.databaseFile);
  try {
    const inventory = world.join(readSnapshot(database), world.readStore());
    for (const relative of filesBelow(directory)) {
      const what = classify(relative, 'file');
      if (what.kind === 'unknown' || what.kind === 'directory') continue;
      const original = path.join(cacheDir, relative);
      if (wantedNow(inventory, what) !== null) restore(path.join(directory, relative), original);
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

function restore(from: string, to: string): void {
  if (existsSync(to)) return;
  try {
    renameSync(from, to);
  } catch {
    // Still set aside: the next collection finds it, and puts it back if it is needed.
  }
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
      return 'it is on another file system than the cache';
    case 'EBUSY':
    case 'ETXTBSY':
      return 'the system says it is in use';
    default:
      return `the system refused (${code ?? 'unknown error'})`;
  }
}

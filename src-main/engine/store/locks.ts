import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { HomePaths } from '../home/paths.ts';
import { resolveCacheDir } from './cache-dir.ts';
import { listNames, lookAt, typeOf } from './directory-listing.ts';
import type { LockState, StoreEntry, StoreKind } from './entries.ts';
import { type Flock, loadFlock } from './flock.ts';
import { type KernelLocks, provenDevice, readKernelLocks } from './kernel-locks.ts';

export interface LockOptions {
  /**
   * `probed` (unless said otherwise) tries each lock file, 5 µs each, unless the kernel's list is whole and proves that
   * nobody holds it. `listed` only asks the kernel's list where there is one: for showing, never for deleting.
   */
  readonly how?: 'probed' | 'listed';
  /**
   * The kernel's list as it was before the directories were read: what was held then and is free now may just have
   * published files that the reading missed, so it counts as held.
   */
  readonly before?: KernelLocks | null;
  /** The kernel's list as read after the directories, where somebody has it already; null reads it. */
  readonly after?: KernelLocks | null;
}

/** Whether flock can be probed here. Where it cannot, `readLockState` still tells of live processes' files. */
export function canProbeLocks(): boolean {
  return loadFlock() !== null;
}

/**
 * What is in flight now: held lock files of the cache (those among `entries`, and any `*.lock` in a dot-folder of
 * the cache or of one of its folders, where later versions keep leases and deletion journals), held creation locks
 * of sandboxes, and temporary files of live processes. Our own folder is left out. Nothing is created.
 *
 * The locks below `run/` are taken by msb without waiting, so that even a momentary probe could make a `create`
 * fail: for them only the kernel's list is asked.
 */
export function readLockState(
  paths: HomePaths,
  entries: readonly StoreEntry[],
  { how = 'probed', before = null, after = null }: LockOptions = {},
): LockState {
  const kernel = after ?? readKernelLocks();
  const flock = how === 'listed' && kernel !== null ? null : loadFlock();
  const cacheDir = resolveCacheDir(paths);
  const held: string[] = [];
  if (cacheDir !== null) {
    const probe = new Probe(cacheDir, kernel, flock);
    const sorted = sortOut(entries);
    for (const entry of suspects(sorted, probe, [kernel, before]))
      if (isInFlight(entry, probe, before)) held.push(entry.path);
    // Those who only share a lease are at work as well.
    for (const path of lockFilesIn(cacheDir, sorted.hidden))
      if (probe.isHeld(path, 'exclusive')) held.push(path);
  }
  held.push(...heldCreationLocks(paths, kernel));
  return { canProbe: canProbeLocks(), held };
}

/**
 * Whether a sandbox's virtual machine runs: it holds `run/locks/<first 32 hex of SHA-256 of the name>.lock` for its
 * whole life (msb 0.6.9 on). Null where the kernel's list is not to be had. A machine in another pid namespace is
 * not seen: ask its status and process id too.
 */
export function isSandboxRunning(paths: Pick<HomePaths, 'runDir'>, sandboxName: string): boolean | null {
  const kernel = readKernelLocks();
  if (kernel === null) return null;
  const name = createHash('sha256').update(sandboxName).digest('hex').slice(0, 32);
  return isListed(kernel, `${paths.runDir}/locks/${name}.lock`);
}

/**
 * Looks at one existing lock file without waiting: `free`, `held`, `missing`, or `unknown` when it cannot be opened or
 * is no regular file. `exclusive` also notices those who share the lock, and keeps them out for a moment.
 */
export function probeLock(
  file: string,
  mode: 'shared' | 'exclusive' = 'shared',
): 'free' | 'held' | 'missing' | 'unknown' {
  return probe(file, mode, loadFlock());
}

export interface HeldLock {
  readonly file: string;
  release(): void;
}

/**
 * Takes the lock of a file exclusively without waiting. Null while somebody else holds it, when the file is missing
 * (and `create` was not asked for), is no regular file or cannot be opened, and where flock is not to be had.
 * The file stays when the lock is released.
 */
export function tryLockExclusive(file: string, { create = false } = {}): HeldLock | null {
  const flock = loadFlock();
  if (flock === null) return null;
  // msb deletes some lock files: the lock of a file that is no longer there keeps nobody out.
  for (let attempt = 0; attempt < REPLACED_LOCK_ATTEMPTS; attempt += 1) {
    const lock = lockOnce(file, create, flock);
    if (lock !== 'replaced') return lock;
  }
  return null;
}

const REPLACED_LOCK_ATTEMPTS = 10;
const PROBE_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** Files that msb locks. */
export const LOCK_KINDS: ReadonlySet<StoreKind['kind']> = new Set([
  'layer-lock',
  'fsmeta-lock',
  'metadata-lock',
  'flat-lock',
  'download-lock',
]);

/** Whether lock files of the cache are held, by trying them or by the kernel's list. */
class Probe {
  readonly #cacheDir: string;
  readonly #kernel: KernelLocks | null;
  readonly #flock: Flock | null;
  /** On it no lock has to be tried. */
  readonly #provenDev: string | null;

  constructor(cacheDir: string, kernel: KernelLocks | null, flock: Flock | null) {
    this.#cacheDir = cacheDir;
    this.#kernel = kernel;
    this.#flock = flock;
    this.#provenDev = kernel?.isWhole ? provenDevice(cacheDir) : null;
  }

  /** Whether the kernel's list tells who holds a lock on a device, as far as it can be told here. */
  needsNoTry(dev: string): boolean {
    return this.#flock === null || dev === this.#provenDev;
  }

  isEntryHeld({ path, dev, ino }: StoreEntry): boolean {
    if (this.needsNoTry(dev)) return this.#kernel?.holds(dev, ino) ?? false;
    return this.isHeld(path, 'shared');
  }

  isHeld(path: string, mode: 'shared' | 'exclusive'): boolean {
    const file = `${this.#cacheDir}/${path}`;
    if (this.#flock === null) return this.#kernel !== null && isListed(this.#kernel, file);
    // Leases are shared and taken without waiting by some: whoever is known to hold one is not disturbed.
    if (mode === 'exclusive' && this.#kernel !== null && isListed(this.#kernel, file)) return true;
    const state = probe(file, mode, this.#flock);
    if (state !== 'unknown') return state === 'held';
    // Another user's lock file that we may not open: the kernel may know, else somebody may hold it.
    return this.#kernel === null || isListed(this.#kernel, file);
  }
}

interface SortedOut {
  /** Temporary files, and files that msb locks. */
  readonly lockable: readonly StoreEntry[];
  readonly devices: ReadonlySet<string>;
  /** Places in `lockable` by inode. */
  readonly byInode: ReadonlyMap<string, readonly number[]>;
  readonly transfers: readonly number[];
  readonly hidden: readonly string[];
}

/** A removal asks about the same hundred thousand entries again and again. */
const sortedOut = new WeakMap<readonly StoreEntry[], SortedOut>();

function sortOut(entries: readonly StoreEntry[]): SortedOut {
  const known = sortedOut.get(entries);
  if (known !== undefined) return known;
  const lockable = entries.filter(({ what }) => what.kind === 'transfer' || LOCK_KINDS.has(what.kind));
  const byInode = new Map<string, number[]>();
  const transfers: number[] = [];
  for (const [index, { ino, what }] of lockable.entries()) {
    const known = byInode.get(ino);
    if (what.kind === 'transfer') transfers.push(index);
    else if (known === undefined) byInode.set(ino, [index]);
    else known.push(index);
  }
  const devices = new Set(lockable.map(({ dev }) => dev));
  const found = { lockable, devices, byInode, transfers, hidden: hiddenFolders(entries) };
  sortedOut.set(entries, found);
  return found;
}

/** Who may be in flight: where the kernel's list proves who holds a lock, those it names; else all. */
function suspects(
  { lockable, devices, byInode, transfers }: SortedOut,
  probe: Probe,
  lists: readonly (KernelLocks | null)[],
): readonly StoreEntry[] {
  if (![...devices].every((dev) => probe.needsNoTry(dev))) return lockable;
  const listed = new Set(lists.flatMap((list) => list?.inodes ?? []));
  const places = [...listed].flatMap((ino) => byInode.get(ino) ?? []);
  return [...places, ...transfers].toSorted((a, b) => a - b).map((index) => lockable[index]!);
}

function isInFlight(entry: StoreEntry, probe: Probe, before: KernelLocks | null): boolean {
  const { what } = entry;
  if (what.kind === 'transfer') return what.isAlive;
  return before?.holds(entry.dev, entry.ino) || probe.isEntryHeld(entry);
}

function probe(
  file: string,
  mode: 'shared' | 'exclusive',
  flock: Flock | null,
): ReturnType<typeof probeLock> {
  let fd: number;
  try {
    fd = openSync(file, PROBE_FLAGS);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unknown';
  }
  try {
    if (flock === null) return 'unknown';
    if (!flock.tryLock(fd, mode)) return 'held';
    flock.unlock(fd);
    return 'free';
  } catch {
    return 'unknown';
  } finally {
    closeSync(fd);
  }
}

/** Whether the kernel knows of somebody who holds the file. */
export function isListed(kernel: KernelLocks, file: string): boolean {
  try {
    const stats = lookAt(file);
    return stats !== null && kernel.holds(`${stats.dev}`, `${stats.ino}`);
  } catch {
    return false;
  }
}

/** Relative to the home, as `LockState` has them. */
export function heldCreationLocks(
  paths: Pick<HomePaths, 'runDir'>,
  kernel: KernelLocks | null,
): readonly string[] {
  if (kernel === null) return [];
  const directory = `${paths.runDir}/creation-locks`;
  return namesIn(directory)
    .filter((name) => name.endsWith('.lock') && isListed(kernel, `${directory}/${name}`))
    .map((name) => `run/creation-locks/${name}`);
}

/** The dot-folders among the entries, relative to the cache. */
export function hiddenFolders(entries: readonly StoreEntry[]): readonly string[] {
  return entries
    .filter(({ type, what, path }) => type === 'directory' && what.kind === 'unknown' && hasDotName(path))
    .map(({ path }) => path);
}

/** `*.lock` in these folders, at most two folders deep, relative to the cache. */
export function lockFilesIn(cacheDir: string, folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => lockFilesBelow(cacheDir, folder, HIDDEN_DEPTH));
}

const HIDDEN_DEPTH = 2;

function hasDotName(path: string): boolean {
  return path.startsWith('.', path.lastIndexOf('/') + 1);
}

function lockFilesBelow(cacheDir: string, folder: string, depth: number): readonly string[] {
  return namesIn(`${cacheDir}/${folder}`).flatMap((name) => {
    const path = `${folder}/${name}`;
    const type = typeAt(`${cacheDir}/${path}`);
    if (type === 'directory') return depth > 1 ? lockFilesBelow(cacheDir, path, depth - 1) : [];
    return type === 'file' && name.endsWith('.lock') ? [path] : [];
  });
}

function namesIn(directory: string): readonly string[] {
  try {
    return listNames(directory).filter((name) => typeof name === 'string');
  } catch {
    return [];
  }
}

function typeAt(path: string): StoreEntry['type'] | null {
  try {
    const stats = lookAt(path);
    return stats === null ? null : typeOf(stats);
  } catch {
    return null;
  }
}

function lockOnce(file: string, create: boolean, flock: Flock): HeldLock | 'replaced' | null {
  let fd: number;
  try {
    fd = openSync(file, create ? PROBE_FLAGS | constants.O_CREAT : PROBE_FLAGS, 0o600);
  } catch {
    return null;
  }
  try {
    const opened = fstatSync(fd, { bigint: true });
    if (opened.isFile() && flock.tryLock(fd, 'exclusive')) {
      const named = lookAt(file);
      if (named?.ino === opened.ino && named.dev === opened.dev) return heldLock(file, fd, flock);
      closeSync(fd);
      return 'replaced';
    }
  } catch {
    // Not to be told: treated as held.
  }
  closeSync(fd);
  return null;
}

function heldLock(file: string, fd: number, flock: Flock): HeldLock {
  let isReleased = false;
  return {
    file,
    release: () => {
      if (isReleased) return;
      isReleased = true;
      flock.unlock(fd);
      closeSync(fd);
    },
  };
}

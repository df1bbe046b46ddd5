import { opendirSync } from 'node:fs';
import type { HomePaths } from '../home/paths.ts';
import { resolveCacheDir } from './cache-dir.ts';
import { lookAt } from './directory-listing.ts';
import type { FlatRefFile, MetadataFile, StoreEntry, StoreSnapshot } from './entries.ts';
import { type KernelLocks, provenDevice, readKernelLocks } from './kernel-locks.ts';
import { type LockOptions, readLockState } from './locks.ts';
import { LooksAhead } from './looks-ahead.ts';
import type { Folder } from './names.ts';
import { areSameFolders, type FolderScan, type SeenFolder, scanFolders } from './scan-folders.ts';
import { scanSnapshots } from './snapshot-artifacts.ts';

export interface ScanOptions {
  /** False leaves the magic number of layers and fsmeta unread: only their length is judged. */
  readonly checkSuperblocks?: boolean;
}

export interface ReadOptions {
  readonly locks?: NonNullable<LockOptions['how']>;
  /**
   * Paths relative to the cache that a watcher saw change. They are looked at again even where their folder says
   * that nothing did.
   */
  readonly changed?: Iterable<string>;
  /** Our own folder of the removal that asks, relative to the cache: left out, for it holds only what is going. */
  readonly ignored?: string | null;
  /**
   * True: leaves the folders of layers, indexes and disks as they were seen last, where the kernel's list of locks
   * proves that nobody has taken a lock since. What could keep a file shows elsewhere.
   */
  readonly onlyKeepers?: boolean;
  /**
   * True: where change times are finer than a millisecond they are trusted after a tenth of a second, in place of two
   * seconds. Not for what decides on deletions: such a read lists again whatever was taken on that trust.
   */
  readonly isForShowing?: boolean;
  /** From `StoreReader.lookAhead`: not looked at again. */
  readonly ahead?: LooksAhead | null;
}

/** Whether a look at what could keep a file costs little here: no lock has to be tried, and no folder of layers listed. */
export function canLookCheaply(paths: HomePaths): boolean {
  return readKernelLocks()?.isWhole === true && provenDevice(paths.cacheDir) !== null;
}

/** Keeps what it last saw of one cache. Both answers are the same object as before while nothing differs. */
export interface StoreReader {
  /**
   * For a large cache of which nothing was seen yet: has a thread look at all files meanwhile, for the one read that
   * follows. Null where that is not worth a thread. The caller closes it.
   */
  lookAhead(): LooksAhead | null;
  /**
   * Lists only folders that changed since the last time, and in them looks only at what is new or not finished:
   * msb publishes layers, fsmeta, VMDK, metadata and flat disks by rename, which changes their folder. A published
   * file damaged or replaced in place is noticed by `readFully`, or when `changed` names it.
   */
  read(options?: ReadOptions): StoreSnapshot;
  /** Looks at every file. Contents are read again only where inode, length or change time differ. */
  readFully(options?: Pick<ReadOptions, 'locks' | 'ignored' | 'isForShowing' | 'ahead'>): StoreSnapshot;
}

/**
 * Everything below the cache directory, each file once: the allocated bytes of the entries, an inode with several
 * names counted once, add up to what `du` says. Links are never followed, save that the cache directory itself may
 * be one. Files that vanish meanwhile are left out; folders that cannot be read are listed.
 */
export function scanStore(paths: HomePaths, options: ScanOptions = {}): StoreSnapshot {
  return createStoreReader(paths, options).readFully();
}

export function createStoreReader(paths: HomePaths, options: ScanOptions = {}): StoreReader {
  const reader = new Reader(paths, options.checkSuperblocks ?? true);
  return {
    lookAhead: () => reader.lookAhead(),
    read: (options = {}) => reader.read(false, options),
    readFully: (options = {}) => reader.read(true, options),
  };
}

class Reader {
  readonly #paths: HomePaths;
  readonly #checkSuperblocks: boolean;
  #root: string | null = null;
  #folders: ReadonlyMap<Folder, SeenFolder> = new Map();
  #last: StoreSnapshot | null = null;
  /** Locks others held before the folders were listed the last time; null when that is not certain. */
  #heldBefore: ReadonlySet<string> | null = null;

  constructor(paths: HomePaths, checkSuperblocks: boolean) {
    this.#paths = paths;
    this.#checkSuperblocks = checkSuperblocks;
  }

  lookAhead(): LooksAhead | null {
    const root = this.#checkSuperblocks && this.#folders.size === 0 ? resolveCacheDir(this.#paths) : null;
    return root !== null && hasManyNames(`${root}/layers`) ? new LooksAhead(root) : null;
  }

  read(isFull: boolean, options: ReadOptions): StoreSnapshot {
    const {
      locks: how = 'probed',
      changed = [],
      ignored = null,
      onlyKeepers = false,
      isForShowing = false,
      ahead = null,
    } = options;
    const before = ahead === null ? readKernelLocks() : ahead.locks;
    const isPart = onlyKeepers && this.#hasSeenLocksOf(before);
    // What was left unlisted for showing is no ground for leaving it unlisted for a removal.
    if (!isPart && !isForShowing) this.#heldBefore = this.#heldByOthers(before);
    const isSame = this.#readFolders({
      isFull,
      isPart,
      isForShowing,
      changed: new Set(changed),
      ignored,
      ahead,
    });
    const after = readKernelLocks();
    if (isPart && !this.#hasSeenLocksOf(after)) return this.read(isFull, { locks: how, ignored });
    const last = this.#last;
    const content = isSame && last !== null ? last : this.#assemble();
    const next: StoreSnapshot = {
      ...content,
      snapshots: scanSnapshots(this.#paths.snapshotsDir),
      locks: readLockState(this.#paths, content.entries, { how, before, after }),
    };
    const isSameSnapshot = content === last && isSameOutside(last, next);
    this.#last = isSameSnapshot ? last : next;
    return this.#last;
  }

  /** True when there is a cache and it came to the same as before. */
  #readFolders(options: Omit<FolderScan, 'root' | 'checkSuperblocks' | 'previous'>): boolean {
    const root = resolveCacheDir(this.#paths);
    const last = this.#folders;
    const previous = root === this.#root ? last : new Map<Folder, SeenFolder>();
    this.#root = root;
    const checkSuperblocks = this.#checkSuperblocks;
    this.#folders = root === null ? new Map() : scanFolders({ ...options, root, checkSuperblocks, previous });
    return this.#folders.has('') && areSameFolders(last, this.#folders);
  }

  /** True when no lock is held that was not held when all folders were listed. */
  #hasSeenLocksOf(now: KernelLocks | null): boolean {
    const known = this.#heldBefore;
    const locks = this.#heldByOthers(now);
    return known !== null && locks !== null && [...locks].every((lock) => known.has(lock));
  }

  /** Null when that cannot be known for certain. */
  #heldByOthers(locks: KernelLocks | null): ReadonlySet<string> | null {
    const dev = locks?.isWhole ? provenDevice(this.#paths.cacheDir) : null;
    return dev === null ? null : locks!.othersOn(dev);
  }

  #assemble(): Omit<StoreSnapshot, 'snapshots' | 'locks'> {
    if (!this.#folders.has('')) {
      const unreadable = isSomethingAt(this.#paths.cacheDir) ? [''] : [];
      return { exists: false, entries: [], metadata: [], flatRefs: [], unreadable };
    }
    return { exists: true, ...assemble(this.#folders) };
  }
}

/** Known folders and what is directly in them first: an inode that has a name there counts with that name. */
function assemble(folders: ReadonlyMap<Folder, SeenFolder>) {
  const entries: StoreEntry[] = [];
  const trees: StoreEntry[] = [];
  const metadata: MetadataFile[] = [];
  const flatRefs: FlatRefFile[] = [];
  const unreadable: string[] = [];
  for (const folder of folders.values()) {
    entries.push(folder.entry);
    if (!folder.isReadable) unreadable.push(folder.entry.path);
    for (const { entry, content, below, unreadable: lost } of folder.children.values()) {
      if (entry.type === 'directory') trees.push(entry, ...below);
      else entries.push(entry);
      unreadable.push(...lost);
      if (content === null) continue;
      if ('key' in content) metadata.push(content);
      else flatRefs.push(content);
    }
  }
  for (const entry of trees) entries.push(entry);
  return { entries, metadata, flatRefs, unreadable };
}

function isSameOutside(last: StoreSnapshot, next: StoreSnapshot): boolean {
  return JSON.stringify([last.snapshots, last.locks]) === JSON.stringify([next.snapshots, next.locks]);
}

/** Whether there are more files than are looked at in the time that a thread takes to start. */
function hasManyNames(directory: string): boolean {
  try {
    using names = opendirSync(directory, { bufferSize: WORTH_A_THREAD });
    for (let read = 0; read < WORTH_A_THREAD; read += 1) {
      if (names.readSync() === null) return false;
    }
    return true;
  } catch {
    return false;
  }
}

const WORTH_A_THREAD = 2048;

/** No directory, or one that must not be seen. In doubt there is something. */
function isSomethingAt(path: string): boolean {
  try {
    return lookAt(path) !== null;
  } catch {
    return true;
  }
}

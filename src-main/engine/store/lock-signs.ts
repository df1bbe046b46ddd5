import type { HomePaths } from '../home/paths.ts';
import { resolveCacheDir } from './cache-dir.ts';
import type { StoreEntry } from './entries.ts';
import { type KernelLocks, readKernelLocks } from './kernel-locks.ts';
import { heldCreationLocks, hiddenFolders, isListed, LOCK_KINDS, lockFilesIn } from './locks.ts';

/**
 * Which locks of one cache are held, to be asked often: the kernel's list is read, and only when it is not what it
 * was is anything of the cache looked at. Locks of other programs make no difference. Lock files that are newer than
 * the entries are not known; what makes them changes their folder, which `readStoreSigns` tells.
 */
export class LockSigns {
  readonly #paths: HomePaths;
  #entries: readonly StoreEntry[] = [];
  /** Paths by inode. */
  #files: ReadonlyMap<string, string> = new Map();
  #hiddenFolders: readonly string[] = [];
  #listed: string | null = null;
  #held = '';

  constructor(paths: HomePaths) {
    this.#paths = paths;
  }

  /** Another text whenever a lock came to be held or was let go; always the same where no kernel tells. */
  read(entries: readonly StoreEntry[]): string {
    const kernel = readKernelLocks();
    if (kernel === null) return '';
    const listed = kernel.inodes.toSorted().join(' ');
    if (listed === this.#listed && entries === this.#entries) return this.#held;
    if (entries !== this.#entries) {
      this.#files = lockFilesOf(entries);
      this.#hiddenFolders = hiddenFolders(entries);
      this.#entries = entries;
    }
    this.#listed = listed;
    this.#held = this.#heldNow(kernel).toSorted().join('\n');
    return this.#held;
  }

  #heldNow(kernel: KernelLocks): readonly string[] {
    const cacheDir = resolveCacheDir(this.#paths);
    const hidden = cacheDir === null ? [] : lockFilesIn(cacheDir, this.#hiddenFolders);
    return [
      ...kernel.inodes.flatMap((inode) => this.#files.get(inode) ?? []),
      ...hidden.filter((path) => isListed(kernel, `${cacheDir}/${path}`)),
      ...heldCreationLocks(this.#paths, kernel),
    ];
  }
}

function lockFilesOf(entries: readonly StoreEntry[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { what, ino, path } of entries) if (LOCK_KINDS.has(what.kind)) files.set(ino, path);
  return files;
}

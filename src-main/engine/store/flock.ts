import { createRequire } from 'node:module';

/**
 * flock(2) of the system's C library, without waiting. Locks belong to the open file, not to the process: two opens
 * of one file in one process exclude each other too.
 */
export interface Flock {
  /** True when the lock was taken, false while another open file holds one that excludes it. @throws otherwise. */
  tryLock(fd: number, mode: 'shared' | 'exclusive'): boolean;
  /** Closing does it too, but not while a child that is just being spawned still has the descriptor. */
  unlock(fd: number): void;
}

/** Null where there is none (Windows) or the native library does not load; looked for once. */
export function loadFlock(): Flock | null {
  loaded ??= { flock: bindFlock() };
  return loaded.flock;
}

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

let loaded: { readonly flock: Flock | null } | undefined;

function bindFlock(): Flock | null {
  if (process.platform === 'win32') return null;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const flock = koffi.load(null).func('int flock(int fd, int operation)') as (
      fd: number,
      operation: number,
    ) => number;
    const wouldBlock = koffi.os.errno.EWOULDBLOCK;
    return {
      tryLock(fd, mode) {
        if (flock(fd, (mode === 'shared' ? LOCK_SH : LOCK_EX) | LOCK_NB) === 0) return true;
        const errno = koffi.errno();
        if (errno === wouldBlock) return false;
        throw new Error(`flock failed with error number ${errno}`);
      },
      unlock(fd) {
        flock(fd, LOCK_UN);
      },
    };
  } catch {
    return null;
  }
}

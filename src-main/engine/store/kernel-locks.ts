import { readFileSync } from 'node:fs';

/**
 * The flocks the kernel tells of in `/proc/locks` (Linux, proc_locks(5)). It is a hint, not a proof: locks of other
 * pid namespaces and of other machines are missing, and a long list is not read in one piece.
 */
export interface KernelLocks {
  /** Device and inode as `lstat` gives them, in decimal. */
  holds(dev: string, ino: string): boolean;
  /** Every inode that is held, on whatever device. */
  readonly inodes: readonly string[];
}

/** Null where the kernel does not tell (other systems, restricted containers). */
export function readKernelLocks(): KernelLocks | null {
  if (process.platform !== 'linux') return null;
  try {
    return parseKernelLocks(readFileSync('/proc/locks', 'utf8'));
  } catch {
    return null;
  }
}

/**
 * A held flock is a line like `3: FLOCK  ADVISORY  WRITE 13169 fe:00:2146419 0 EOF`, device in hexadecimal, inode in
 * decimal; a line with `->` only waits.
 */
export function parseKernelLocks(text: string): KernelLocks {
  const devices = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const inode = match[3]!;
    const known = devices.get(inode) ?? new Set();
    known.add(`${Number.parseInt(match[1]!, 16)}:${Number.parseInt(match[2]!, 16)}`);
    devices.set(inode, known);
  }
  return {
    inodes: [...devices.keys()],
    holds: (dev, ino) => {
      const listed = devices.get(ino);
      if (listed === undefined) return false;
      const { major, minor } = deviceOf(BigInt(dev));
      // Overlay and btrfs show stat one anonymous device (major 0) and the lock list another: the inode decides.
      return (
        major === 0 ||
        listed.has(`${major}:${minor}`) ||
        [...listed].some((device) => device.startsWith('0:'))
      );
    },
  };
}

const LINE = /^\d+: FLOCK\s+\S+\s+(?:READ|WRITE)\s+-?\d+\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s/;

/** How Linux packs major and minor numbers into `st_dev` (glibc's gnu_dev_makedev). */
function deviceOf(dev: bigint): { major: number; minor: number } {
  return {
    major: Number(((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n)),
    minor: Number((dev & 0xffn) | ((dev >> 12n) & 0xffffff00n)),
  };
}

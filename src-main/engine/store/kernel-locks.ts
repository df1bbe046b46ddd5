import { closeSync, openSync, readlinkSync, readSync, statfsSync, statSync } from 'node:fs';

/**
 * The flocks the kernel tells of in `/proc/locks` (Linux, proc_locks(5)). A hint, no proof, unless `isWhole`: locks of
 * other pid namespaces and of other machines are missing, and a long list is not read in one piece.
 */
export interface KernelLocks {
  /** Device and inode as `lstat` gives them, in decimal. */
  holds(dev: string, ino: string): boolean;
  /** Every inode that is held, on whatever device. */
  readonly inodes: readonly string[];
  /** True when every flock a process of this machine holds is in it, as of one moment. */
  readonly isWhole: boolean;
  /** Those other processes hold on a device, or may hold on it, one text each. Device as `lstat` gives it. */
  othersOn(dev: string): ReadonlySet<string>;
}

/** Null where the kernel does not tell (other systems, restricted containers). */
export function readKernelLocks(): KernelLocks | null {
  if (process.platform !== 'linux') return null;
  try {
    const { text, isCertain } = readList();
    return parseKernelLocks(text, isCertain && seesAllProcesses());
  } catch {
    return null;
  }
}

/**
 * The device on which a whole list tells of every flock there can be, as `lstat` gives it; null when locks may be
 * held from elsewhere (network file systems), or are listed under other inodes than files show (overlays).
 */
export function provenDevice(directory: string): string | null {
  try {
    const { type } = statfsSync(directory);
    return LOCAL.has(type) ? `${statSync(directory, { bigint: true }).dev}` : null;
  } catch {
    return null;
  }
}

/** statfs(2): ext2 to ext4, XFS, Btrfs, F2FS, tmpfs. */
const LOCAL: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x01021994]);

interface LockList {
  readonly text: string;
  readonly isCertain: boolean;
}

/**
 * What one read answers is of one moment, for the kernel keeps its locks still meanwhile. It answers a page at most:
 * between two pages a lock that goes can hide another, so the flocks of a longer list must come out the same again
 * and again.
 */
function readList(): LockList {
  const { text, pieces } = readOnce();
  if (pieces <= 1) return { text, isCertain: true };
  const flocks = flocksIn(text);
  for (let again = 0; again < AGREEING; again += 1) {
    if (flocksIn(readOnce().text) !== flocks) return { text, isCertain: false };
  }
  return { text, isCertain: true };
}

function readOnce(): { readonly text: string; readonly pieces: number } {
  const fd = openSync('/proc/locks', 'r');
  try {
    const pieces: string[] = [];
    for (;;) {
      const length = readSync(fd, page);
      if (length === 0) return { text: pieces.join(''), pieces: pieces.length };
      pieces.push(page.toString('latin1', 0, length));
    }
  } finally {
    closeSync(fd);
  }
}

/** Without their numbers, which others change. */
function flocksIn(text: string): string {
  const lines = text.split('\n').flatMap((line) => /FLOCK .*/.exec(line)?.[0] ?? []);
  return lines.toSorted().join('\n');
}

const page = Buffer.alloc(65_536);
/** How many further readings must come to the same. */
const AGREEING = 2;

/** In the first pid namespace no process is hidden (PROC_PID_INIT_INO of the kernel's proc_ns.h). */
function seesAllProcesses(): boolean {
  return readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]';
}

/**
 * A held flock is a line like `3: FLOCK  ADVISORY  WRITE 13169 fe:00:2146419 0 EOF`, device in hexadecimal, inode in
 * decimal; a line with `->` only waits.
 */
export function parseKernelLocks(text: string, isWhole = false): KernelLocks {
  const devices = new Map<string, Set<string>>();
  const others: { readonly device: string; readonly text: string }[] = [];
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, pid, major, minor] = match;
    const inode = match[4]!;
    const known = devices.get(inode) ?? new Set();
    const device = `${Number.parseInt(major!, 16)}:${Number.parseInt(minor!, 16)}`;
    known.add(device);
    devices.set(inode, known);
    if (Number(pid) !== process.pid) others.push({ device, text: `${pid} ${device}:${inode}` });
  }
  return {
    isWhole,
    othersOn: (dev) => {
      const { major, minor } = deviceOf(BigInt(dev));
      const isOn = (device: string) =>
        major === 0 || device === `${major}:${minor}` || device.startsWith('0:');
      return new Set(others.flatMap(({ device, text }) => (isOn(device) ? [text] : [])));
    },
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

const LINE = /^\d+: FLOCK\s+\S+\s+(?:READ|WRITE)\s+(-?\d+)\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s/;

/** How Linux packs major and minor numbers into `st_dev` (glibc's gnu_dev_makedev). */
function deviceOf(dev: bigint): { major: number; minor: number } {
  return {
    major: Number(((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n)),
    minor: Number((dev & 0xffn) | ((dev >> 12n) & 0xffffff00n)),
  };
}

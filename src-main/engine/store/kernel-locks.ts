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
    const { text, isOnePiece } = readList();
    return parseKernelLocks(text, isOnePiece && seesAllProcesses());
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

/** One read answers as of one moment: the kernel keeps its locks still meanwhile. What is left shows in the next. */
function readList(): { readonly text: string; readonly isOnePiece: boolean } {
  const fd = openSync('/proc/locks', 'r');
  try {
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const length = readSync(fd, piece);
      if (length === 0) return { text: Buffer.concat(pieces).toString(), isOnePiece: pieces.length <= 1 };
      pieces.push(piece.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
}

const PIECE_BYTES = 65_536;

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

import { statfsSync } from 'node:fs';

/**
 * Whether files of the file system a directory is on may share blocks with others, or with a snapshot of it. False
 * for those that cannot (by `f_type`, statfs(2) of Linux); true for those that can; null when it is not known.
 */
export function canReflink(directory: string): boolean | null {
  if (process.platform !== 'linux') return null;
  try {
    const type = statfsSync(directory).type >>> 0;
    if (SHARING.has(type)) return true;
    return NOT_SHARING.has(type) ? false : null;
  } catch {
    return null;
  }
}

/** btrfs, XFS, bcachefs, ZFS. */
const SHARING: ReadonlySet<number> = new Set([0x9123683e, 0x58465342, 0xca451a4e, 0x2fc12fc1]);
/** ext2 to ext4, tmpfs, ramfs. An overlay may lie on anything. */
const NOT_SHARING: ReadonlySet<number> = new Set([0xef53, 0x01021994, 0x858458f6]);

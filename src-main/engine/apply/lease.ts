import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { tryLockExclusive } from '../store/locks.ts';

const LEASES = '.msb-leases';

/**
 * Later msb versions keep a lease per directory entry: `.msb-leases/<sha256 of the file name>.lock` beside it,
 * locked shared by whoever reads or publishes the entry and exclusively by whoever deletes it. Where a storage
 * directory has that folder (`keepsLeases`) we take the lease as msb would; it is released, never deleted.
 *
 * @returns `held` while somebody uses the entry, or when that folder is no folder: a lock is never made through a
 * link.
 */
export function takeLease(file: string): { release(): void } | 'held' {
  const folder = lstatSync(path.join(path.dirname(file), LEASES), { throwIfNoEntry: false });
  if (folder?.isDirectory() !== true) return 'held';
  return tryLockExclusive(leasePath(file), { create: true }) ?? 'held';
}

export function keepsLeases(directory: string): boolean {
  return lstatSync(path.join(directory, LEASES), { throwIfNoEntry: false }) !== undefined;
}

/** Where the lease of a file lies: relative to what `file` is relative to. */
export function leasePath(file: string): string {
  const name = createHash('sha256').update(path.basename(file)).digest('hex');
  return path.join(path.dirname(file), LEASES, `${name}.lock`);
}

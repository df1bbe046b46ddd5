import type { StoreEntry } from '../store/entries.ts';

/** Yields each entry with the blocks to count for it: an inode with several names counts with its first. */
export function* countedOnce(
  entries: Iterable<StoreEntry>,
): Generator<{ readonly entry: StoreEntry; readonly allocatedBytes: number }> {
  const counted = new Set<string>();
  for (const entry of entries) {
    const isLinked = entry.type !== 'directory' && entry.linkCount > 1;
    const inode = isLinked ? `${entry.dev}:${entry.ino}` : '';
    yield { entry, allocatedBytes: isLinked && counted.has(inode) ? 0 : entry.allocatedBytes };
    if (isLinked) counted.add(inode);
  }
}

/** Allocated bytes of all entries together, as `du` counts them. */
export function allocatedOnce(entries: Iterable<StoreEntry>): number {
  let bytes = 0;
  for (const { allocatedBytes } of countedOnce(entries)) bytes += allocatedBytes;
  return bytes;
}

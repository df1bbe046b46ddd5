import type { TreeIndex } from '../erofs/index.ts';

/** Counts the bytes of a file with several hard links at the first of its names that is asked for. */
export class LinkOnce {
  readonly #seen: Set<number>[] = [];

  /** Of a regular file; 0 for all others, and for its further names. */
  sizeOf(index: TreeIndex, layer: number, entry: number): number {
    if (!index.isRegular(entry)) return 0;
    if (index.linkCount[entry]! > 1) {
      this.#seen[layer] ??= new Set();
      const seen = this.#seen[layer];
      const nid = index.dirents.nid[entry]!;
      if (seen.has(nid)) return 0;
      seen.add(nid);
    }
    return index.size[entry]!;
  }
}

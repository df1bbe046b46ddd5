import { compareNameAt, type DirentTable, type Pacer } from '../erofs/index.ts';
import { NO_NODE } from './overlay.ts';

/** Sorted entries of one directory: `table[first]` up to, not including, `table[end]`. */
export interface NameRange {
  readonly table: DirentTable;
  readonly first: number;
  readonly end: number;
}

/** Walks several sorted lists of names at once: each distinct name in order, and where each list has it. */
export class NameMerge {
  readonly #ranges: readonly (NameRange | null)[];
  readonly #next: Uint32Array;
  /** Where each list has the current name, or `NO_NODE`. */
  readonly #found: Int32Array;

  /** Null stands for no list. */
  constructor(ranges: readonly (NameRange | null)[]) {
    this.#ranges = ranges;
    this.#next = Uint32Array.from(ranges, (range) => range?.first ?? 0);
    this.#found = new Int32Array(ranges.length).fill(NO_NODE);
  }

  /** Goes to the next name. False after the last. */
  next(): boolean {
    const first = this.#findFirst();
    if (first === NO_NODE) return false;
    const { table } = this.#ranges[first]!;
    const entry = this.#next[first]!;
    for (const [index, range] of this.#ranges.entries()) {
      const at = this.#next[index]!;
      const isHere = range !== null && at < range.end && compareNameAt(range.table, at, table, entry) === 0;
      this.#found[index] = isHere ? at : NO_NODE;
    }
    for (const [index, found] of this.#found.entries()) if (found !== NO_NODE) this.#next[index] = found + 1;
    return true;
  }

  /** The index in the table of one list, or `NO_NODE`. */
  entryOf(list: number): number {
    return this.#found[list]!;
  }

  /** How many names are left, the current one not counted. */
  async countRest(pacer: Pacer): Promise<number> {
    let count = 0;
    for (;;) {
      const lists = [...this.#ranges.keys()].filter((list) => this.#left(list) > 0);
      if (lists.length <= 1) return count + (lists.length === 0 ? 0 : this.#left(lists[0]!));
      for (let steps = 0; steps < 1000 && this.next(); steps += 1) count += 1;
      if (pacer.isLate()) await pacer.rest();
    }
  }

  #left(list: number): number {
    const range = this.#ranges[list];
    return range == null ? 0 : range.end - this.#next[list]!;
  }

  #findFirst(): number {
    let first = NO_NODE;
    for (const [index, range] of this.#ranges.entries()) {
      if (range === null || this.#next[index] === range.end) continue;
      if (first === NO_NODE) {
        first = index;
        continue;
      }
      const least = this.#ranges[first]!;
      if (compareNameAt(range.table, this.#next[index]!, least.table, this.#next[first]!) < 0) first = index;
    }
    return first;
  }
}

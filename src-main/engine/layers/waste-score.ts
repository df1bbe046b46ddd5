import type { TreeIndex } from '../erofs/index.ts';
import type { LinkOnce } from './link-once.ts';
import { isDirectoryStep, NO_NODE, type Step } from './overlay.ts';

/** A whiteout that took a directory away, and the bytes of the files that were below it then. */
export interface Removal {
  readonly layer: number;
  bytes: number;
}

/** Sizes of one path that wait for the bytes of removed directories. */
interface Unfinished {
  readonly sizes: readonly number[];
  readonly removals: readonly Removal[];
}

/**
 * The efficiency of an image as dive defines it (wagoodman/dive, `dive/filetree/efficiency.go`), so that the two
 * numbers can be compared. For each path, every layer that has a leaf there counts one size:
 *
 * - a regular file its bytes (a hard link to another name of the layer none), anything else that is no directory
 *   none, and a directory without entries none;
 * - a whiteout none when it removes a file, and the bytes of all files below when it removes a directory.
 *
 * The efficiency is the sum over all paths of the smallest of these sizes, divided by the sum of all of them; 1
 * when no bytes are carried at all. A file brought once counts fully, one that is brought again counts its
 * smallest version, and one that is removed counts nothing.
 *
 * It follows that a whole directory removed by one whiteout does not lower the number: dive counts neither its
 * files nor the whiteout as repeated. `hiddenBytes` tells what it costs.
 */
export class WasteScore {
  #smallest = 0;
  #carried = 0;
  readonly #unfinished: Unfinished[] = [];

  /** A file that a layer brings and no other touches. */
  addOnly(bytes: number): void {
    this.#smallest += bytes;
    this.#carried += bytes;
  }

  /**
   * One path. `above` are the removals of directories it lies in; the answer are those that what lies below it
   * is subject to.
   */
  add(
    layers: readonly (TreeIndex | null)[],
    steps: readonly Step[],
    above: readonly Removal[],
    links: LinkOnce,
  ): readonly Removal[] {
    const counted: number[] = [];
    const own: Removal[] = [];
    const sizeOf = steps.map((step, position) => {
      const index = layers[step.layer]!;
      if (step.action === 'file') return links.sizeOf(index, step.layer, step.node);
      if (isDirectoryStep(step)) return index.childCount[step.node] === 0 ? 0 : null;
      if (step.node === NO_NODE) return null;
      if (!isDirectoryStep(steps[position - 1]!)) return 0;
      own.push({ layer: step.layer, bytes: 0 });
      return null;
    });
    for (const size of sizeOf) if (size !== null) counted.push(size);
    for (const removal of above) {
      removal.bytes += sizeOf[steps.findLastIndex((step) => step.layer < removal.layer)] ?? 0;
    }
    if (own.length > 0) this.#unfinished.push({ sizes: counted, removals: own });
    else this.#count(counted);
    return own.length === 0 ? above : [...above, ...own];
  }

  #count(sizes: readonly number[]): void {
    if (sizes.length === 0) return;
    this.#smallest += Math.min(...sizes);
    this.#carried += sizes.reduce((sum, size) => sum + size, 0);
  }

  /** 0 to 1, once every path was added. */
  result(): number {
    for (const { sizes, removals } of this.#unfinished.splice(0)) {
      this.#count([...sizes, ...removals.map(({ bytes }) => bytes)]);
    }
    return this.#carried === 0 ? 1 : this.#smallest / this.#carried;
  }
}

import type { ComparedFile, ImageComparison } from '../../../src-shared/domain/tree-entry.ts';
import { type InodeRecord, isDirectory, isRegular, Pacer, ROOT } from '../erofs/index.ts';
import { encodeName, joinPath } from './entry-name.ts';
import type { MergedIndex } from './merged-index.ts';
import { type OpenLayer, type OpenLayers, tryErofs } from './open-layers.ts';
import { isSameContent, isSameMetadata } from './same-entry.ts';

export type TreeComparison = Pick<ImageComparison, 'files' | 'counts' | 'omitted'>;

/** One of two trees. */
export interface ComparedTree {
  readonly layers: OpenLayers;
  readonly index: MergedIndex;
}

/** Most differences one answer names. */
const MAX_COMPARED = 10_000;
/** File bytes read in one comparison; beyond, files of one size and time count as the same, others as modified. */
const MAX_READ_BYTES = 1024 ** 3;

/**
 * What two trees show differently, in the order of paths. An entry is modified when type, permissions, owner, size,
 * device number, link target or bytes differ; its time alone says nothing, since every build makes new ones. What
 * only one side has is told with everything below it. Removed entries of either tree play no part.
 *
 * @throws the signal's reason when aborted.
 */
export async function compareTrees(
  left: ComparedTree,
  right: ComparedTree,
  { signal }: { signal?: AbortSignal } = {},
): Promise<TreeComparison> {
  const comparing = new Comparing(left, right, new Pacer(signal));
  await comparing.run();
  return comparing;
}

/** One path to be compared; null on the side that does not show it. */
interface Pair {
  readonly path: string;
  readonly left: number | null;
  readonly right: number | null;
}

class Comparing implements TreeComparison {
  readonly #left: ComparedTree;
  readonly #right: ComparedTree;
  readonly #pacer: Pacer;
  readonly #pending: Pair[] = [];
  #bytesLeft = MAX_READ_BYTES;
  readonly files: ComparedFile[] = [];
  readonly counts = { added: 0, removed: 0, modified: 0 };
  omitted = 0;

  constructor(left: ComparedTree, right: ComparedTree, pacer: Pacer) {
    this.#left = left;
    this.#right = right;
    this.#pacer = pacer;
  }

  async run(): Promise<void> {
    const rootOf = ({ index }: ComparedTree) => (index.count === 0 ? null : ROOT);
    this.#enter({ path: '/', left: rootOf(this.#left), right: rootOf(this.#right) });
    for (let pair = this.#pending.pop(); pair !== undefined; pair = this.#pending.pop()) {
      const change = await this.#changeOf(pair);
      if (change !== null) this.#note(pair, change);
      this.#enter(pair);
      if (this.#pacer.isDue()) await this.#pacer.rest();
    }
  }

  async #changeOf({ left, right }: Pair): Promise<ComparedFile['change'] | null> {
    if (left === null) return 'added';
    if (right === null) return 'removed';
    return (await this.#isSame(left, right)) ? null : 'modified';
  }

  #note(pair: Pair, change: ComparedFile['change']): void {
    this.counts[change] += 1;
    if (this.files.length === MAX_COMPARED) {
      this.omitted += 1;
      return;
    }
    const leftBytes = bytesOf(this.#left, pair.left);
    const rightBytes = bytesOf(this.#right, pair.right);
    this.files.push({ path: pair.path, change, leftBytes, rightBytes });
  }

  /** Puts the names that either directory shows on the stack, the first on top. */
  #enter({ path, left, right }: Pair): void {
    const leftIds = shownChildren(this.#left.index, left);
    const rightIds = shownChildren(this.#right.index, right);
    const pairs: Pair[] = [];
    for (let l = 0, r = 0; l < leftIds.length || r < rightIds.length; ) {
      const leftName = l < leftIds.length ? this.#left.index.nameOf(leftIds[l]!) : null;
      const rightName = r < rightIds.length ? this.#right.index.nameOf(rightIds[r]!) : null;
      const order = leftName === null ? 1 : rightName === null ? -1 : leftName.compare(rightName);
      const name = encodeName(order <= 0 ? leftName! : rightName!);
      pairs.push({
        path: joinPath(path, name),
        left: order <= 0 ? leftIds[l]! : null,
        right: order >= 0 ? rightIds[r]! : null,
      });
      if (order <= 0) l += 1;
      if (order >= 0) r += 1;
    }
    for (const pair of pairs.reverse()) this.#pending.push(pair);
  }

  async #isSame(leftId: number, rightId: number): Promise<boolean> {
    const [leftLayer, leftNid] = place(this.#left, leftId);
    const [rightLayer, rightNid] = place(this.#right, rightId);
    if (leftNid === rightNid && leftLayer.image.file.identity === rightLayer.image.file.identity) return true;
    const left = tryErofs(() => leftLayer.image.record(leftNid));
    const right = tryErofs(() => rightLayer.image.record(rightNid));
    if (left === null || right === null || !isSameMetadata(left, right)) return false;
    if (isDirectory(left)) return true;
    if (isRegular(left) && left.size > this.#bytesLeft) return isSameTime(left, right);
    if (isRegular(left)) this.#bytesLeft -= left.size;
    return isSameContent([leftLayer, left], [rightLayer, right], this.#pacer);
  }
}

function shownChildren(index: MergedIndex, id: number | null): readonly number[] {
  if (id === null || !index.indexOf(id).isDirectory(index.entry[id]!)) return [];
  const first = index.firstChild[id]!;
  const children = Array.from({ length: index.childCount[id]! }, (_, offset) => first + offset);
  return children.filter((child) => !index.isRemoved(child));
}

function place({ layers, index }: ComparedTree, id: number): readonly [OpenLayer, number] {
  return [layers.at(index.layer[id]!), index.indexOf(id).dirents.nid[index.entry[id]!]!];
}

/** Null for what is not there, and for directories. */
function bytesOf({ index }: ComparedTree, id: number | null): number | null {
  if (id === null) return null;
  const source = index.indexOf(id);
  const entry = index.entry[id]!;
  return source.isDirectory(entry) ? null : source.size[entry]!;
}

function isSameTime(left: InodeRecord, right: InodeRecord): boolean {
  return left.mtimeLow === right.mtimeLow && left.mtimeHigh === right.mtimeHigh;
}

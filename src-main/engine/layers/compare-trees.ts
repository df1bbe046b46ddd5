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
    const root = { path: '/', left: rootOf(this.#left), right: rootOf(this.#right) };
    const open = [this.#pairsIn(root)];
    for (let directory = open.at(-1); directory !== undefined; directory = open.at(-1)) {
      const { value: pair, done } = directory.next();
      if (done === true) {
        open.pop();
        continue;
      }
      const change = await this.#changeOf(pair);
      if (change !== null) this.#note(pair, change);
      open.push(this.#pairsIn(pair));
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

  /** The names that either directory shows, in order. */
  *#pairsIn({ path, left, right }: Pair): Generator<Pair, undefined> {
    const leftChildren = shownChildren(this.#left.index, left);
    const rightChildren = shownChildren(this.#right.index, right);
    let l = leftChildren.next().value;
    let r = rightChildren.next().value;
    while (l !== undefined || r !== undefined) {
      const order = l === undefined ? 1 : r === undefined ? -1 : l.name.compare(r.name);
      const leftChild = order <= 0 ? l : undefined;
      const rightChild = order >= 0 ? r : undefined;
      const name = encodeName((leftChild ?? rightChild)!.name);
      yield { path: joinPath(path, name), left: leftChild?.id ?? null, right: rightChild?.id ?? null };
      if (order <= 0) l = leftChildren.next().value;
      if (order >= 0) r = rightChildren.next().value;
    }
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

function* shownChildren(
  index: MergedIndex,
  id: number | null,
): Generator<{ readonly id: number; readonly name: Buffer }, undefined> {
  if (id === null || !index.indexOf(id).isDirectory(index.entry[id]!)) return;
  const first = index.firstChild[id]!;
  for (let child = first; child < first + index.childCount[id]!; child += 1) {
    if (!index.isRemoved(child)) yield { id: child, name: index.nameOf(child) };
  }
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

import type { Change } from '../../../src-shared/domain/tree-entry.ts';
import { Pacer, ROOT, type TreeIndex } from '../erofs/index.ts';
import { changeOf } from './change.ts';
import { HiddenBytes, type HiddenPath } from './hidden-bytes.ts';
import { LinkOnce } from './link-once.ts';
import { NameMerge, type NameRange } from './name-merge.ts';
import type { OpenLayers } from './open-layers.ts';
import {
  childSteps,
  isDirectoryStep,
  type LayerNodes,
  lastLive,
  type NodeKind,
  rootSteps,
  type Step,
} from './overlay.ts';
import { type Removal, WasteScore } from './waste-score.ts';

const CHANGES: readonly Change[] = ['unchanged', 'added', 'modified', 'removed'];
const BYTES_PER_ENTRY = 27;
const REMOVED = CHANGES.indexOf('removed');

/**
 * Every path of a tree, those that a layer removed included, as columns of numbers: 27 bytes each beside the
 * indexes of the layers, which it points into. Entry 0 is the root. Children stand together, sorted by name bytes;
 * a parent stands before its children.
 */
export class MergedIndex {
  /** By layer from the base; null where a layer could not be read. */
  readonly layers: readonly (TreeIndex | null)[];
  count = 0;
  /** Which layer provides the entry, and its entry there. */
  layer: Uint16Array;
  entry: Uint32Array;
  parent: Uint32Array;
  firstChild: Uint32Array;
  childCount: Uint32Array;
  /** Of directories: bytes of the files below that share its fate, shown or removed; each hard-linked file once. */
  bytesBelow: Float64Array;
  #changes: Uint8Array;
  /** Where later layers hide bytes, the most first. */
  hidden: readonly HiddenPath[] = [];
  /** See `waste-score.ts`. */
  efficiency = 1;
  /** Regular files the tree shows, each name counted. */
  shownFiles = 0;

  constructor(layers: readonly (TreeIndex | null)[]) {
    this.layers = layers;
    // Every entry of every layer at a path of its own: there cannot be more.
    const most = layers.reduce((sum, index) => sum + (index?.count ?? 0), 1);
    this.layer = new Uint16Array(most);
    this.entry = new Uint32Array(most);
    this.parent = new Uint32Array(most);
    this.firstChild = new Uint32Array(most);
    this.childCount = new Uint32Array(most);
    this.bytesBelow = new Float64Array(most);
    this.#changes = new Uint8Array(most);
  }

  indexOf(id: number): TreeIndex {
    return this.layers[this.layer[id]!]!;
  }

  changeOf(id: number): Change {
    return CHANGES[this.#changes[id]!]!;
  }

  isRemoved(id: number): boolean {
    return this.#changes[id] === REMOVED;
  }

  nameOf(id: number): Buffer {
    return this.indexOf(id).dirents.nameAt(this.entry[id]!);
  }

  /** The names from the root to an entry. */
  namesOf(id: number): readonly Buffer[] {
    const names: Buffer[] = [];
    for (let at = id; at !== ROOT; at = this.parent[at]!) names.push(this.nameOf(at));
    return names.reverse();
  }

  /** The directory at a path, or null. */
  find(names: readonly Buffer[]): KnownDirectory | null {
    let id = ROOT;
    for (const name of names) {
      const child = this.childOf(id, name);
      if (child === null) return null;
      id = child;
    }
    return {
      bytesBelow: (name) => {
        const child = this.childOf(id, name);
        return child === null || !this.indexOf(child).isDirectory(this.entry[child]!)
          ? null
          : this.bytesBelow[child]!;
      },
    };
  }

  /** The child of a directory, or null; by halving. */
  childOf(id: number, name: Buffer): number | null {
    let low = this.firstChild[id]!;
    let high = low + this.childCount[id]! - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = name.compare(this.nameOf(middle));
      if (order === 0) return middle;
      if (order < 0) high = middle - 1;
      else low = middle + 1;
    }
    return null;
  }

  /** Bytes this index keeps, with those of the layers' indexes: it keeps them too. */
  get memoryBytes(): number {
    const own = this.#changes.length * BYTES_PER_ENTRY;
    return this.layers.reduce((sum, index) => sum + (index?.memoryBytes ?? 0), own);
  }

  append(layer: number, entry: number, parent: number, change: Change): number {
    const id = this.count;
    this.layer[id] = layer;
    this.entry[id] = entry;
    this.parent[id] = parent;
    this.#changes[id] = CHANGES.indexOf(change);
    this.count = id + 1;
    return id;
  }

  /** Gives back the room for paths that several layers have. */
  trim(): void {
    const { count } = this;
    if (this.#changes.length - count <= count / 16) return;
    this.layer = this.layer.slice(0, count);
    this.entry = this.entry.slice(0, count);
    this.parent = this.parent.slice(0, count);
    this.firstChild = this.firstChild.slice(0, count);
    this.childCount = this.childCount.slice(0, count);
    this.bytesBelow = this.bytesBelow.slice(0, count);
    this.#changes = this.#changes.slice(0, count);
  }
}

export interface KnownDirectory {
  /** Of a child directory: bytes of the files below; null when it is none. */
  bytesBelow(name: Buffer): number | null;
}

/**
 * Merges the indexes of all layers by the rules of `overlay.ts`. The open layers are read only where a file is
 * there again with the same metadata, to see whether its bytes are the same too.
 *
 * @throws the signal's reason when aborted.
 */
export async function buildMergedIndex(
  layers: OpenLayers,
  indexes: readonly (TreeIndex | null)[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<MergedIndex> {
  const merging = new Merging(layers, indexes);
  const pacer = new Pacer(signal);
  for (let directory = merging.nextDirectory(); directory !== null; directory = merging.nextDirectory()) {
    await merging.readDirectory(directory, pacer);
  }
  await merging.sumUp(pacer);
  return merging.index;
}

/** A directory whose children are still to be merged. */
interface PendingDirectory {
  readonly id: number;
  /** Nodes are entries of the layers' indexes. */
  readonly steps: readonly Step[];
  /** Whiteouts that took away a directory this one lies in, or was. */
  readonly removals: readonly Removal[];
}

/** Brought by one layer and touched by no other: most of every image. */
function isWhole({ steps }: PendingDirectory): boolean {
  return steps.length === 1 && steps[0]!.action === 'new';
}

class Merging implements LayerNodes {
  readonly #layers: OpenLayers;
  readonly #hidden = new HiddenBytes();
  readonly #score = new WasteScore();
  readonly #scoreLinks = new LinkOnce();
  readonly #shownLinks = new LinkOnce();
  readonly index: MergedIndex;
  readonly #pending: PendingDirectory[] = [];
  /** Child directories of the one that is being merged, in order. */
  #children: PendingDirectory[] = [];

  constructor(layers: OpenLayers, indexes: readonly (TreeIndex | null)[]) {
    this.#layers = layers;
    this.index = new MergedIndex(indexes);
    const roots = [...layers.roots()].map(({ layer }) => ({ layer, node: ROOT }));
    const top = roots.at(-1);
    if (top === undefined) return;
    const id = this.index.append(top.layer, ROOT, ROOT, 'unchanged');
    this.#pending.push({ id, steps: rootSteps(roots, layers.isLayerView), removals: [] });
  }

  kindOf(layer: number, entry: number): NodeKind {
    const index = this.index.layers[layer]!;
    if (!index.isReadable(entry)) return 'other';
    if (index.isDirectory(entry)) return index.isOpaque(entry) ? 'opaque-directory' : 'directory';
    return index.isWhiteout(entry) ? 'whiteout' : 'other';
  }

  /** In reverse order of their being found, so that the first comes next. */
  nextDirectory(): PendingDirectory | null {
    for (let at = this.#children.length - 1; at >= 0; at -= 1) this.#pending.push(this.#children[at]!);
    this.#children = [];
    return this.#pending.pop() ?? null;
  }

  async readDirectory(directory: PendingDirectory, pacer: Pacer): Promise<void> {
    const { index } = this;
    const first = index.count;
    if (isWhole(directory)) await this.#copyChildren(directory, pacer);
    else await this.#mergeChildren(directory, pacer);
    index.firstChild[directory.id] = first;
    index.childCount[directory.id] = index.count - first;
  }

  async #copyChildren({ id, steps }: PendingDirectory, pacer: Pacer): Promise<void> {
    const { layer, node } = steps[0]!;
    const source = this.index.layers[layer]!;
    const change = layer === 0 ? 'unchanged' : 'added';
    const first = source.firstChild[node]!;
    const end = first + source.childCount[node]!;
    for (let entry = first; entry < end; entry += 1) {
      const child = this.index.append(layer, entry, id, change);
      if (source.isDirectory(entry)) {
        this.#children.push({ id: child, steps: [{ layer, action: 'new', node: entry }], removals: [] });
      } else if (source.isRegular(entry)) {
        this.#score.addOnly(this.#scoreLinks.sizeOf(source, layer, entry));
        this.#hidden.addShown(source, layer, entry);
        this.#countShown(source, layer, entry, child);
      }
      if (pacer.isDue()) await pacer.rest();
    }
  }

  async #mergeChildren(directory: PendingDirectory, pacer: Pacer): Promise<void> {
    const names = new NameMerge(directory.steps.map((step) => this.#childrenOf(step)));
    while (names.next()) {
      const steps = childSteps(directory.steps, (_, list) => names.entryOf(list), this);
      if (steps.length > 0) await this.#add(directory, steps, pacer);
      if (pacer.isDue()) await pacer.rest();
    }
  }

  #childrenOf(step: Step): NameRange | null {
    if (!isDirectoryStep(step)) return null;
    const { dirents, firstChild, childCount } = this.index.layers[step.layer]!;
    const first = firstChild[step.node]!;
    return { table: dirents, first, end: first + childCount[step.node]! };
  }

  async #add(directory: PendingDirectory, steps: readonly Step[], pacer: Pacer): Promise<void> {
    const { index } = this;
    const shown = lastLive(steps)!;
    const source = index.layers[shown.layer]!;
    const nidOf = ({ layer, node }: Step) => index.layers[layer]!.dirents.nid[node]!;
    const change = await changeOf(this.#layers, steps, nidOf, pacer);
    const id = index.append(shown.layer, shown.node, directory.id, change);
    const removals = this.#score.add(index.layers, steps, directory.removals, this.#scoreLinks);
    this.#hidden.add(index.layers, steps, id);
    if (source.isRegular(shown.node)) this.#countShown(source, shown.layer, shown.node, id);
    // Also below a file that replaced a directory: what was there is gone, and its bytes are hidden.
    if (steps.some(isDirectoryStep)) this.#children.push({ id, steps, removals });
  }

  #countShown(source: TreeIndex, layer: number, entry: number, id: number): void {
    if (!this.index.isRemoved(id)) this.index.shownFiles += 1;
    this.index.bytesBelow[id] = this.#shownLinks.sizeOf(source, layer, entry);
  }

  /** From the last entry to the first: children come after their parents. */
  async sumUp(pacer: Pacer): Promise<void> {
    const { index } = this;
    for (let id = index.count - 1; id > ROOT; id -= 1) {
      const parent = index.parent[id]!;
      if (!index.isRemoved(id) || index.isRemoved(parent)) index.bytesBelow[parent]! += index.bytesBelow[id]!;
      if (pacer.isDue()) await pacer.rest();
    }
    index.trim();
    index.hidden = this.#hidden.result();
    index.efficiency = this.#score.result();
  }
}

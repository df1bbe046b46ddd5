import type { TreeIndex } from '../erofs/index.ts';
import type { Step } from './overlay.ts';

/** A path at which a later layer hides bytes. */
export interface HiddenPath {
  /** In the merged index. */
  readonly id: number;
  readonly bytes: number;
  /** Every layer that has a file there, from the base. */
  readonly layers: readonly number[];
}

/** A file with several names: hidden only when none of them is shown. */
interface LinkGroup {
  readonly bytes: number;
  /** The first path that hides it. */
  hiddenAt: number | null;
  isShown: boolean;
}

/** Gathers the files whose bytes later layers hide. */
export class HiddenBytes {
  readonly #bytes = new Map<number, number>();
  readonly #layers = new Map<number, readonly number[]>();
  readonly #groups: Map<number, LinkGroup>[] = [];

  /** Looks at one path of the merged index: all that lies under what the last step shows is hidden. */
  add(layers: readonly (TreeIndex | null)[], steps: readonly Step[], id: number): void {
    const last = steps.at(-1);
    let mayHide = false;
    for (const step of steps) {
      const index = layers[step.layer]!;
      if (step.action !== 'file' || !index.isRegular(step.node)) continue;
      const isHidden = step !== last;
      mayHide ||= isHidden;
      if (index.linkCount[step.node]! > 1) this.#addLink(index, step, isHidden ? id : null);
      else if (isHidden) this.#hide(id, index.size[step.node]!);
    }
    if (!mayHide) return;
    const files = steps.filter(({ action }) => action === 'file');
    this.#layers.set(
      id,
      files.map(({ layer }) => layer),
    );
  }

  /** A file that a layer brings and no other touches. */
  addShown(index: TreeIndex, layer: number, entry: number): void {
    if (index.linkCount[entry]! > 1) this.#addLink(index, { layer, action: 'file', node: entry }, null);
  }

  #addLink(index: TreeIndex, { layer, node }: Step, hiddenAt: number | null): void {
    this.#groups[layer] ??= new Map();
    const groups = this.#groups[layer];
    const nid = index.dirents.nid[node]!;
    const group = groups.get(nid) ?? { bytes: index.size[node]!, hiddenAt: null, isShown: false };
    groups.set(nid, group);
    if (hiddenAt === null) group.isShown = true;
    else group.hiddenAt ??= hiddenAt;
  }

  #hide(id: number, bytes: number): void {
    if (bytes > 0) this.#bytes.set(id, (this.#bytes.get(id) ?? 0) + bytes);
  }

  /** The largest first. */
  result(): readonly HiddenPath[] {
    for (const groups of this.#groups) {
      for (const group of groups?.values() ?? []) {
        if (!group.isShown && group.hiddenAt !== null) this.#hide(group.hiddenAt, group.bytes);
      }
    }
    return [...this.#bytes]
      .map(([id, bytes]) => ({ id, bytes, layers: this.#layers.get(id) ?? [] }))
      .sort((left, right) => right.bytes - left.bytes || left.id - right.id);
  }
}

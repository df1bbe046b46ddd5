import type { Inventory, LayerNode, ManifestNode, ReferenceNode } from '../inventory/inventory.ts';
import type { StoreEntry } from '../store/entries.ts';
import type { Part } from './cheapest-subset.ts';
import { artifactsOf, flatDiskOf } from './ownership.ts';

/**
 * What can come free when some of these references go, each file or inode once with all who must go for it. What
 * somebody else needs too, or nobody can tell, is not in it. Linear in what the images consist of.
 */
export function partsOf(
  inventory: Inventory,
  eligible: ReadonlySet<ReferenceNode>,
): readonly Part<ReferenceNode>[] {
  const collecting = new Collecting(eligible);
  for (const manifest of new Set([...eligible].map((reference) => reference.manifest))) {
    const owners = [...manifest.references, ...manifest.metadata.flatMap(({ references }) => references)];
    const isKnown = manifest.metadata.every(({ references }) => references.length > 0);
    if (isKnown) {
      for (const entry of artifactsOf(inventory, manifest)) collecting.add(entry, owners);
      const disk = flatDiskOf(inventory, manifest);
      if (disk !== null && !disk.isShared) collecting.add(disk.entry, owners);
    }
    for (const layer of manifest.layers) collecting.addLayer(layer);
  }
  for (const metadata of new Set([...eligible].map((reference) => reference.metadata))) {
    if (metadata !== null) collecting.add(metadata.entry, metadata.references);
  }
  return collecting.parts();
}

class Collecting {
  readonly #eligible: ReadonlySet<ReferenceNode>;
  readonly #layers = new Set<LayerNode>();
  readonly #parts: Part<ReferenceNode>[] = [];
  /** By inode, for files with several names: it comes free with the last. */
  readonly #linked = new Map<
    string,
    { readonly entry: StoreEntry; names: number; owners: ReferenceNode[] }
  >();

  constructor(eligible: ReadonlySet<ReferenceNode>) {
    this.#eligible = eligible;
  }

  addLayer(layer: LayerNode): void {
    if (this.#layers.has(layer)) return;
    this.#layers.add(layer);
    if (layer.entry === null || layer.unknownHolders.length > 0) return;
    const owners: ReferenceNode[] = [];
    const users: readonly Pick<ManifestNode, 'references'>[] = [...layer.manifests, ...layer.metadata];
    for (const { references } of users) {
      if (references.length === 0) return;
      owners.push(...references);
    }
    this.add(layer.entry, owners);
  }

  add(entry: StoreEntry, owners: readonly ReferenceNode[]): void {
    if (!owners.every((owner) => this.#eligible.has(owner))) return;
    if (entry.linkCount === 1) {
      this.#parts.push({ bytes: entry.allocatedBytes, owners: new Set(owners) });
      return;
    }
    const inode = `${entry.dev}:${entry.ino}`;
    const known = this.#linked.get(inode);
    if (known === undefined) this.#linked.set(inode, { entry, names: 1, owners: [...owners] });
    else {
      known.names += 1;
      known.owners.push(...owners);
    }
  }

  parts(): readonly Part<ReferenceNode>[] {
    for (const { entry, names, owners } of this.#linked.values()) {
      if (names !== entry.linkCount) continue;
      this.#parts.push({ bytes: entry.allocatedBytes, owners: new Set(owners) });
    }
    return this.#parts;
  }
}

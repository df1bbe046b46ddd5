import type {
  Inventory,
  LayerNode,
  ManifestNode,
  MetadataNode,
  ReferenceNode,
} from '../inventory/inventory.ts';
import type { StoreEntry } from '../store/entries.ts';

/** Allocated bytes of one image, split by who else needs them. */
export interface ImageBytes {
  readonly onDisk: number;
  readonly shared: number;
  readonly own: number;
}

/** What the image of a reference consists of on disk. A file that several parts share is counted once. */
export function measureImage(inventory: Inventory, reference: ReferenceNode): ImageBytes {
  let shared = 0;
  let own = 0;
  const { manifest } = reference;
  for (const layer of manifest.layers) {
    const bytes = layer.entry?.allocatedBytes ?? 0;
    if (isShared(layer, manifest)) shared += bytes;
    else own += bytes;
  }
  for (const entry of artifactsOf(inventory, manifest)) own += entry.allocatedBytes;
  const disk = flatDiskOf(inventory, manifest);
  if (disk !== null) {
    if (disk.isShared) shared += disk.entry.allocatedBytes;
    else own += disk.entry.allocatedBytes;
  }
  own += reference.metadata?.entry.allocatedBytes ?? 0;
  return { onDisk: shared + own, shared, own };
}

/** True when a manifest of another digest, or metadata of one, needs the layer too. */
function isShared(layer: LayerNode, manifest: ManifestNode): boolean {
  for (const other of layer.manifests) if (other !== manifest) return true;
  for (const metadata of layer.metadata) if (metadata.manifest !== manifest) return true;
  return false;
}

export function artifactsOf(inventory: Inventory, manifest: ManifestNode): readonly StoreEntry[] {
  const { fsmeta, vmdk, flatRefs } = inventory;
  return [
    fsmeta.get(manifest.digest),
    vmdk.get(manifest.digest),
    flatRefs.get(manifest.digest)?.entry,
  ].filter((entry) => entry !== undefined);
}

export function flatDiskOf(
  inventory: Inventory,
  manifest: ManifestNode,
): { entry: StoreEntry; isShared: boolean } | null {
  const digest = inventory.flatRefs.get(manifest.digest)?.file.artifactDigest ?? null;
  const entry = digest === null ? undefined : inventory.flatDisks.get(digest);
  if (digest === null || entry === undefined) return null;
  return { entry, isShared: (inventory.flatDiskNames.get(digest) ?? 0) > 1 };
}

/**
 * What removing the reference frees, in allocated bytes, once nothing holds it: layers that only its manifest needs,
 * and hard-linked files all of whose names go with it. Equals the plan of such a removal.
 */
export function freedIfRemoved(inventory: Inventory, reference: ReferenceNode): number {
  const entries = entriesGoingWith(inventory, reference);
  let bytes = 0;
  for (const entry of entries) if (entry.linkCount === 1) bytes += entry.allocatedBytes;
  for (const names of namesByInode(entries).values()) {
    if (names.length === names[0]!.linkCount) bytes += names[0]!.allocatedBytes;
  }
  return bytes;
}

function entriesGoingWith(inventory: Inventory, reference: ReferenceNode): readonly StoreEntry[] {
  const { manifest, metadata } = reference;
  const isGone = (other: ReferenceNode) => other === reference;
  const metadataGoes = (node: MetadataNode) => node.references.length > 0 && node.references.every(isGone);
  const manifestGoes = (node: ManifestNode) => node.references.length > 0 && node.references.every(isGone);
  const entries = metadata !== null && metadataGoes(metadata) ? [metadata.entry] : [];
  if (!manifestGoes(manifest) || !manifest.metadata.every(metadataGoes)) return entries;
  entries.push(...artifactsOf(inventory, manifest));
  const disk = flatDiskOf(inventory, manifest);
  if (disk !== null && !disk.isShared) entries.push(disk.entry);
  for (const layer of manifest.layers) {
    if (layer.entry === null || layer.unknownHolders.length > 0) continue;
    if (every(layer.manifests, manifestGoes) && every(layer.metadata, metadataGoes))
      entries.push(layer.entry);
  }
  return entries;
}

/** Of the entries that have names elsewhere too, those of each inode. */
function namesByInode(entries: readonly StoreEntry[]): ReadonlyMap<string, readonly StoreEntry[]> {
  const linked = entries.filter((entry) => entry.linkCount > 1);
  return Map.groupBy(linked, ({ dev, ino }) => `${dev}:${ino}`);
}

function every<T>(values: Iterable<T>, predicate: (value: T) => boolean): boolean {
  for (const value of values) if (!predicate(value)) return false;
  return true;
}

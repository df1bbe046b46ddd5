import type { ImageRowChanges } from '../database/image-tables.ts';
import type { DatabaseSnapshot } from '../database/rows.ts';
import type { MetadataFile, StoreEntry, StoreSnapshot } from '../store/entries.ts';
import { rejoinImages } from './changed-images.ts';
import { type Inventory, type LayerNode, layerNode } from './inventory.ts';

/** What there is now. */
export interface Now {
  readonly database: DatabaseSnapshot;
  /** How its rows differ from those of the last inventory; null when they are the same object. */
  readonly rows: ImageRowChanges | null;
  /** With the same snapshots as the last inventory has. */
  readonly store: StoreSnapshot;
  readonly nowMs: number;
  readonly referenceKey: (reference: string) => string | null;
}

/**
 * What `joinInventory` would make of rows and files as they are now, when only a few differ from those of the last
 * inventory: files whose content says nothing of others (layers, indexes, descriptors, disks, locks, what is being written),
 * and rows and metadata of images that nothing else concerns. Null when it takes a join to tell.
 *
 * Its maps and nodes are those of `last`, changed, which is of no use any more, whatever the answer: for showing. What
 * decides on deletions is joined.
 */
export function withChanges(last: Inventory, now: Now): Inventory | null {
  const { store } = now;
  if (!store.exists || !last.store.exists || !areSame(last.store.flatRefs, store.flatRefs)) return null;
  const differences = differencesOf(last.store.entries, store.entries);
  if (differences === null || !differences.every((entry) => isAlone(last, entry))) return null;
  for (const { before } of differences) if (before !== null) removeFile(last, before);
  for (const { after } of differences) if (after !== null) addFile(last, after);
  const references = referencesNow(last, now, differences);
  if (references === null) return null;
  return {
    ...last,
    database: now.database,
    store,
    references,
    inFlight: store.locks.held,
    canProbeLocks: store.locks.canProbe,
    unreadable: store.unreadable,
    nowMs: now.nowMs,
  };
}

function referencesNow(
  last: Inventory,
  { database, rows, store, referenceKey }: Now,
  differences: readonly Difference[],
): Inventory['references'] | null {
  const metadataEntries = changedMetadata(last.store.metadata, store, differences);
  // Whoever derived something from the references of the last inventory derives it again.
  if (rows === null && metadataEntries.size === 0) return [...last.references];
  const { metadata } = store;
  return rejoinImages(last, { database, rows: rows ?? NO_ROWS, metadata, metadataEntries, referenceKey });
}

const NONE = { removed: [], added: [] };
const NO_ROWS: ImageRowChanges = { references: NONE, manifests: NONE, layers: NONE, links: NONE };

/** By key: of metadata files that came, went or say something else. */
function changedMetadata(
  before: readonly MetadataFile[],
  { metadata: after, entries }: StoreSnapshot,
  differences: readonly Difference[],
): ReadonlyMap<string, StoreEntry | null> {
  const keys = new Set<string>();
  if (!areSame(before, after)) {
    const [old, now] = [new Set(before), new Set(after)];
    for (const file of before) if (!now.has(file)) keys.add(file.key);
    for (const file of after) if (!old.has(file)) keys.add(file.key);
  }
  for (const { before: gone, after: come } of differences) {
    for (const what of [gone?.what, come?.what]) if (what?.kind === 'metadata') keys.add(what.key);
  }
  const found = new Map<string, StoreEntry | null>();
  for (const key of keys) found.set(key, null);
  if (keys.size === 0) return found;
  for (const entry of entries) {
    if (entry.what.kind === 'metadata' && keys.has(entry.what.key)) found.set(entry.what.key, entry);
  }
  return found;
}

interface Difference {
  readonly before: StoreEntry | null;
  readonly after: StoreEntry | null;
}

/** More than this, and a join takes no longer. */
const MOST_DIFFERENCES = 200;
/** How many names side by side may come or go. */
const MOST_IN_A_ROW = 16;

/** Null when there are many, or when the order in which folders give their names has changed. */
function differencesOf(
  before: readonly StoreEntry[],
  after: readonly StoreEntry[],
): readonly Difference[] | null {
  const found: Difference[] = [];
  if (before === after) return found;
  let left = 0;
  let right = 0;
  while (left < before.length || right < after.length) {
    const old = before[left];
    const next = after[right];
    if (old !== undefined && old === next) {
      left += 1;
      right += 1;
      continue;
    }
    if (found.length > MOST_DIFFERENCES) return null;
    if (old !== undefined && old.path === next?.path) {
      found.push({ before: old, after: next });
      left += 1;
      right += 1;
      continue;
    }
    const added = stepsTo(after, right, old);
    const removed = added === null ? stepsTo(before, left, next) : null;
    if (added === null && removed === null) return null;
    for (let step = 0; step < (added ?? 0); step += 1, right += 1)
      found.push({ before: null, after: after[right]! });
    for (let step = 0; step < (removed ?? 0); step += 1, left += 1)
      found.push({ before: before[left]!, after: null });
  }
  return found;
}

/** How many entries from `start` on come before this one; before the end, when it is none. */
function stepsTo(
  entries: readonly StoreEntry[],
  start: number,
  entry: StoreEntry | undefined,
): number | null {
  for (let steps = 1; steps <= MOST_IN_A_ROW && start + steps <= entries.length; steps += 1) {
    const candidate = entries[start + steps];
    if (candidate === entry || (entry !== undefined && candidate?.path === entry.path)) return steps;
  }
  return null;
}

/** Whether nothing but its own place in the inventory follows from the file. */
function isAlone(inventory: Inventory, { before, after }: Difference): boolean {
  return [before, after].every((entry) => {
    const what = entry?.what;
    switch (what?.kind) {
      case 'flat-ref':
        return false;
      case 'fsmeta':
      case 'vmdk':
        // Which layers a held image needs may follow from these.
        return (inventory.manifests.get(what.manifestDigest)?.holders.length ?? 0) === 0;
      default:
        return true;
    }
  });
}

function removeFile(inventory: Inventory, entry: StoreEntry): void {
  const { what } = entry;
  if (what.kind === 'layer') removeLayer(inventory.layers as Layers, what.diffId);
  else if (what.kind === 'fsmeta' || what.kind === 'vmdk') {
    (inventory[what.kind] as Files).delete(what.manifestDigest);
  } else if (what.kind === 'flat-disk') (inventory.flatDisks as Files).delete(what.artifactDigest);
}

function addFile(inventory: Inventory, entry: StoreEntry): void {
  const { what } = entry;
  if (what.kind === 'layer') addLayer(inventory.layers as Layers, what.diffId, entry);
  else if (what.kind === 'fsmeta' || what.kind === 'vmdk') {
    (inventory[what.kind] as Files).set(what.manifestDigest, entry);
  } else if (what.kind === 'flat-disk') (inventory.flatDisks as Files).set(what.artifactDigest, entry);
}

type Files = Map<string, StoreEntry>;
type Layers = Map<string, LayerNode>;

function removeLayer(layers: Layers, diffId: string): void {
  const layer = layers.get(diffId);
  if (layer === undefined) return;
  layer.entry = null;
  const isNamed = layer.row !== null || layer.manifests.length > 0 || layer.metadata.length > 0;
  if (!isNamed) layers.delete(diffId);
}

function addLayer(layers: Layers, diffId: string, entry: StoreEntry): void {
  const layer = layers.get(diffId);
  if (layer === undefined) layers.set(diffId, layerNode(diffId, null, entry));
  else layer.entry = entry;
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((value, index) => value === others[index]);
}

import type { ImageDamage, ImageFacts } from '../../../src-shared/domain/image.ts';
import type { LayerState, LayerSummary } from '../../../src-shared/domain/layer.ts';
import type { DamagedRow } from '../database/rows.ts';
import { freedIfRemoved, measureImage } from '../plan/ownership.ts';
import type { StoreEntry } from '../store/entries.ts';
import {
  holdersOf,
  type Inventory,
  type LayerNode,
  type ManifestNode,
  newestFirst,
  type ReferenceNode,
} from './inventory.ts';

type Labels = ReadonlyMap<number, string>;

/** By the references of an inventory, which are the same ones until rows or files change. */
const knownFacts = new WeakMap<
  Inventory['references'],
  { readonly labels: Labels; readonly facts: readonly ImageFacts[] }
>();

/** Of every reference, in their order. `labels` by manifest row id, as the database module reads them. */
export function allFacts(inventory: Inventory, labels: Labels): readonly ImageFacts[] {
  const { references } = inventory;
  const known = knownFacts.get(references);
  if (known?.labels === labels) return known.facts;
  const facts = references.map((reference) =>
    factsOf(inventory, reference, labels.get(reference.row.manifestId) ?? ''),
  );
  knownFacts.set(references, { labels, facts });
  return facts;
}

/** Sizes, holders and damage of one reference. `labelText` as the database module reads it. */
export function factsOf(inventory: Inventory, reference: ReferenceNode, labelText: string): ImageFacts {
  const { manifest, row } = reference;
  const bytes = measureImage(inventory, reference);
  const metadata = metadataOf(reference);
  return {
    reference: row.reference,
    manifestDigest: manifest.digest,
    platform: metadata?.file.content?.platform ?? null,
    onDiskBytes: bytes.onDisk,
    sharedBytes: bytes.shared,
    ownBytes: bytes.own,
    freedIfRemovedBytes: freedIfRemoved(inventory, reference),
    holders: holdersOf(inventory, manifest),
    otherReferences: manifest.references
      .filter((other) => other !== reference)
      .map((other) => other.row.reference),
    damage: damageOf(inventory, reference),
    labelText,
  };
}

/** The reference's own metadata when it is of the same manifest, else any other of that manifest. */
export function metadataOf(reference: ReferenceNode): ReferenceNode['metadata'] {
  const { manifest, metadata } = reference;
  if (metadata !== null && metadata.manifest === manifest) return metadata;
  return manifest.metadata[0] ?? null;
}

export function layerStateOf(entry: StoreEntry | null): LayerState {
  if (entry === null) return { kind: 'missing' };
  switch (entry.erofs) {
    case 'truncated':
      return { kind: 'truncated', lengthBytes: entry.logicalBytes };
    case 'bad-superblock':
      return { kind: 'unreadable', detail: 'the file is not an EROFS image' };
    case 'unreadable':
      return { kind: 'unreadable', detail: 'the file cannot be read' };
    default:
      return { kind: 'materialized' };
  }
}

/** msb trusts a flat disk whose length is the one its record says. */
function flatDamageOf(inventory: Inventory, manifestDigest: string): ImageDamage | null {
  const record = inventory.flatRefs.get(manifestDigest)?.file;
  if (record === undefined || record.artifactDigest === null || record.lengthBytes === null) return null;
  const disk = inventory.flatDisks.get(record.artifactDigest);
  if (disk === undefined || disk.logicalBytes === record.lengthBytes) return null;
  return { kind: 'flat-damaged', detail: disk.path };
}

/**
 * What is wrong with an image by names, lengths and superblocks. A flat image has neither fsmeta nor VMDK; it is
 * whole while its flat disk is there.
 */
export function damageOf(inventory: Inventory, reference: ReferenceNode): readonly ImageDamage[] {
  const { manifest } = reference;
  if (manifest.row === null) return [{ kind: 'row-damaged', detail: 'its manifest has no row' }];
  const damage: ImageDamage[] = [];
  for (const layer of manifest.layers) {
    const state = layerStateOf(layer.entry);
    if (state.kind === 'missing') damage.push({ kind: 'layer-missing', detail: layer.diffId });
    else if (state.kind !== 'materialized') damage.push({ kind: 'layer-damaged', detail: layer.diffId });
  }
  const linked = manifest.linkedLayers.length;
  const expected = manifest.row?.layerCount ?? null;
  if (expected !== null && expected !== linked) {
    damage.push({ kind: 'row-damaged', detail: `${expected} layers expected, ${linked} listed` });
  }
  const flatDamage = flatDamageOf(inventory, manifest.digest);
  if (flatDamage !== null) damage.push(flatDamage);
  if (!hasFlatDisk(inventory, manifest)) {
    const fsmeta = layerStateOf(inventory.fsmeta.get(manifest.digest) ?? null);
    if (fsmeta.kind === 'missing') damage.push({ kind: 'fsmeta-missing', detail: manifest.digest });
    else if (fsmeta.kind !== 'materialized') damage.push({ kind: 'fsmeta-damaged', detail: manifest.digest });
    if (!inventory.vmdk.has(manifest.digest)) damage.push({ kind: 'vmdk-missing', detail: manifest.digest });
  }
  if (metadataOf(reference)?.file.content == null) {
    damage.push({ kind: 'metadata-missing', detail: reference.row.reference });
  }
  return [...damage, ...rowDamageOf(inventory, reference)];
}

/** Values of the image's rows that are not what their columns are for; msb fails on some of them. */
function rowDamageOf(inventory: Inventory, { row, manifest }: ReferenceNode): readonly ImageDamage[] {
  const { damagedRows } = inventory.database;
  if (damagedRows.length === 0) return [];
  const notes = notesOf(damagedRows);
  const rows = [
    rowName('image_ref', row.id),
    ...(manifest.row === null ? [] : [rowName('manifest', manifest.row.id)]),
    ...[...manifest.layers].flatMap((layer) => (layer.row === null ? [] : [rowName('layer', layer.row.id)])),
  ];
  return rows
    .flatMap((name) => notes.get(name) ?? [])
    .map(({ table, detail }) => ({ kind: 'row-damaged', detail: `${table}: ${detail}` }));
}

/** By row, made once for all images of an inventory. */
const knownNotes = new WeakMap<readonly DamagedRow[], ReadonlyMap<string, readonly DamagedRow[]>>();

function notesOf(damagedRows: readonly DamagedRow[]): ReadonlyMap<string, readonly DamagedRow[]> {
  const known =
    knownNotes.get(damagedRows) ?? Map.groupBy(damagedRows, ({ table, id }) => rowName(table, id));
  knownNotes.set(damagedRows, known);
  return known;
}

function rowName(table: string, id: number | null): string {
  return `${table} ${id}`;
}

export function hasFlatDisk(inventory: Inventory, manifest: ManifestNode): boolean {
  const digest = inventory.flatRefs.get(manifest.digest)?.file.artifactDigest ?? null;
  return digest !== null && inventory.flatDisks.has(digest);
}

export function summarizeLayer(layer: LayerNode): LayerSummary {
  const { row, entry } = layer;
  return {
    diffId: layer.diffId,
    blobDigest: row?.blobDigest ?? null,
    mediaType: row?.mediaType ?? null,
    compressedSizeBytes: row?.compressedSizeBytes ?? null,
    erofsSizeBytes: entry?.logicalBytes ?? null,
    allocatedSizeBytes: entry?.allocatedBytes ?? 0,
    state: layerStateOf(entry),
    references: referencesUsing(layer),
    manifestDigests: layer.manifests.map((manifest) => manifest.digest),
    isOrphan:
      layer.manifests.length === 0 && layer.metadata.length === 0 && layer.unknownHolders.length === 0,
    createdAt: row?.createdAt ?? null,
    lastUsedAt: row?.lastUsedAt ?? null,
  };
}

/** References of the images a flat root disk was made for, newest first. */
export function referencesUsingFlatDisk(inventory: Inventory, artifactDigest: string): readonly string[] {
  const rows = [...inventory.flatRefs].flatMap(([digest, { file }]) =>
    file.artifactDigest === artifactDigest
      ? (inventory.manifests.get(digest)?.references ?? []).map((reference) => reference.row)
      : [],
  );
  return rows.toSorted(newestFirst).map((row) => row.reference);
}

/** References whose image uses the layer, newest first. */
export function referencesUsing(layer: LayerNode): readonly string[] {
  const known = knownUsers.get(layer) ?? findUsers(layer);
  knownUsers.set(layer, known);
  return known;
}

/** Sorted once for as long as an inventory lives: every image of a base asks for the same layers. */
const knownUsers = new WeakMap<LayerNode, readonly string[]>();

/** To be called for one whose users are others now. */
export function forgetUsers(layer: LayerNode): void {
  knownUsers.delete(layer);
}

function findUsers(layer: LayerNode): readonly string[] {
  const rows = layer.manifests.flatMap((manifest) => manifest.references.map((reference) => reference.row));
  return rows.toSorted(newestFirst).map((row) => row.reference);
}

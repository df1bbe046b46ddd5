import type { ImageRowChanges } from '../database/image-tables.ts';
import type { RowChange } from '../database/kept-table.ts';
import type { DatabaseSnapshot, LayerRow, LinkRow, ManifestRow, ReferenceRow } from '../database/rows.ts';
import type { MetadataFile, StoreEntry } from '../store/entries.ts';
import { forgetUsers } from './facts.ts';
import {
  byPosition,
  type Inventory,
  type LayerNode,
  layerNode,
  type ManifestNode,
  type MetadataNode,
  newestFirst,
  newManifest,
  type ReferenceNode,
} from './inventory.ts';

/** What differs from what an inventory was joined of, beside files that say nothing of others. */
export interface ImageChanges {
  readonly database: DatabaseSnapshot;
  readonly rows: ImageRowChanges;
  /** All there are now. */
  readonly metadata: readonly MetadataFile[];
  /** Of those that came, went or were replaced; null for those that went. */
  readonly metadataEntries: ReadonlyMap<string, StoreEntry | null>;
  readonly referenceKey: (reference: string) => string | null;
}

/** More images than this, and a join takes no longer. */
const MOST_IMAGES = 500;

/**
 * Takes the images concerned out of the inventory and joins them anew, in place: what `joinInventory` would make of it.
 * Answers all references, or null, with nothing changed, when it takes a join to tell: a holder is concerned, too many
 * images are, or rows contradict each other.
 */
export function rejoinImages(last: Inventory, changes: ImageChanges): readonly ReferenceNode[] | null {
  if (!areOthersSame(last.database, changes.database)) return null;
  if (isNothing(changes)) return [...last.references];
  const rejoin = new Rejoin(last, changes);
  return rejoin.isPossible() ? rejoin.run() : null;
}

function isNothing({ rows, metadataEntries }: ImageChanges): boolean {
  return metadataEntries.size === 0 && Object.values(rows).every((change) => both(change).length === 0);
}

/** Holders are joined with everything. */
function areOthersSame(last: DatabaseSnapshot, next: DatabaseSnapshot): boolean {
  const others = ({ sandboxes, snapshots }: DatabaseSnapshot) => JSON.stringify([sandboxes, snapshots]);
  return (
    last.unknownHolders.length === 0 && next.unknownHolders.length === 0 && others(last) === others(next)
  );
}

class Rejoin {
  readonly #last: Inventory;
  readonly #changes: ImageChanges;
  readonly #references: SortedChange<ReferenceRow>;
  readonly #manifests: SortedChange<ManifestRow>;
  readonly #layers: SortedChange<LayerRow>;
  /** Digests of manifests, and keys of metadata, that are made anew. */
  readonly #digests = new Set<string>();
  readonly #keys = new Set<string>();
  /** Rows of those manifests, as they are now. */
  #manifestIds: ReadonlySet<number> = new Set();
  /** By diff ID: those whose users may be others now. */
  readonly #touched = new Set<string>();
  /** All there are, in the order in which a join takes them. */
  #links: readonly LinkRow[] = [];
  /** Those of the manifests that are made anew. */
  #ownLinks: readonly LinkRow[] = [];
  /** By row id: layers those links lead to. */
  #ownLayers: ReadonlyMap<number, LayerRow> = new Map();
  /** Of the metadata that is made anew, as far as it has a file. */
  readonly #entries = new Map<string, StoreEntry>();

  constructor(last: Inventory, changes: ImageChanges) {
    this.#last = last;
    this.#changes = changes;
    const { rows } = changes;
    this.#references = sortOut(rows.references, isSameReference);
    this.#manifests = sortOut(rows.manifests, isSameManifest);
    this.#layers = sortOut(rows.layers, (a, b) => a.diffId === b.diffId);
  }

  /** Changes nothing. */
  isPossible(): boolean {
    if (!this.#areAsJoined()) return false;
    this.#find();
    for (const [key, entry] of this.#changes.metadataEntries) {
      if (entry === null) this.#entries.delete(key);
      else this.#entries.set(key, entry);
    }
    return this.#digests.size <= MOST_IMAGES && this.#areAlone();
  }

  /** Whether rows that went or are others now are those the inventory has. */
  #areAsJoined(): boolean {
    const { referencesByName, references, manifests, layers } = this.#last;
    const { rows } = this.#changes;
    return (
      referencesByName.size === references.length &&
      rows.references.removed.every((row) => referencesByName.get(row.reference)?.row === row) &&
      rows.manifests.removed.every((row) => manifests.get(row.digest)?.row === row) &&
      rows.layers.removed.every((row) => layers.get(row.diffId)?.row === row)
    );
  }

  #find(): void {
    const { rows, metadataEntries, metadata } = this.#changes;
    for (const row of both(this.#manifests)) this.#addDigest(row.digest);
    this.#addManifestsOf([...both(this.#references), ...both(rows.links), ...this.#newLinks()]);
    for (const { reference } of this.#references.added) this.#addKey(this.#changes.referenceKey(reference));
    for (const key of metadataEntries.keys()) this.#addKey(key);
    for (const { key, content } of this.#keys.size === 0 ? [] : metadata) {
      if (this.#keys.has(key) && content !== null) this.#addDigest(content.manifestDigest);
    }
    for (const { metadataKey, manifest } of this.#keys.size === 0 ? [] : this.#last.references) {
      if (metadataKey !== null && this.#keys.has(metadataKey)) this.#addDigest(manifest.digest);
    }
    for (const row of both(this.#layers)) {
      this.#touched.add(row.diffId);
      for (const { digest } of this.#last.layers.get(row.diffId)?.manifests ?? []) this.#addDigest(digest);
    }
    if (this.#digests.size + this.#touched.size > 0) this.#findLinks();
    this.#findTouched();
  }

  /** Links onto layers whose rows are new. */
  #newLinks(): readonly LinkRow[] {
    const ids = new Set(this.#layers.added.map(({ id }) => id));
    return ids.size === 0 ? [] : this.#changes.database.links.filter(({ layerId }) => ids.has(layerId));
  }

  /** Those whose row went are there already. */
  #addManifestsOf(rows: readonly { readonly manifestId: number }[]): void {
    const ids = new Set(rows.map(({ manifestId }) => manifestId));
    if (ids.size === 0) return;
    for (const { id, digest } of this.#changes.database.manifests) if (ids.has(id)) this.#addDigest(digest);
  }

  #addDigest(digest: string): void {
    if (this.#digests.has(digest)) return;
    this.#digests.add(digest);
    const node = this.#last.manifests.get(digest);
    for (const { key } of node?.metadata ?? []) this.#addKey(key);
    for (const { metadata } of node?.references ?? []) if (metadata !== null) this.#addKey(metadata.key);
  }

  #addKey(key: string | null): void {
    if (key === null || this.#keys.has(key)) return;
    this.#keys.add(key);
    const node = this.#last.metadata.get(key);
    if (node === undefined) return;
    this.#entries.set(key, node.entry);
    if (node.manifest !== null) this.#addDigest(node.manifest.digest);
    for (const { manifest } of node.references) this.#addDigest(manifest.digest);
  }

  #findTouched(): void {
    const { metadata } = this.#changes;
    for (const digest of this.#digests) {
      for (const { diffId } of this.#last.manifests.get(digest)?.layers ?? []) this.#touched.add(diffId);
    }
    for (const key of this.#keys) {
      for (const { diffId } of this.#last.metadata.get(key)?.layers ?? []) this.#touched.add(diffId);
    }
    for (const { key, content } of this.#keys.size === 0 ? [] : metadata) {
      if (this.#keys.has(key)) for (const { diffId } of content?.layers ?? []) this.#touched.add(diffId);
    }
    for (const { diffId } of this.#ownLayers.values()) this.#touched.add(diffId);
  }

  #findLinks(): void {
    const { links, manifests, layers } = this.#changes.database;
    const ids = new Set<number>();
    for (const { id, digest } of manifests) if (this.#digests.has(digest)) ids.add(id);
    this.#manifestIds = ids;
    this.#links = byPosition(links);
    this.#ownLinks = this.#links.filter(({ manifestId }) => ids.has(manifestId));
    const layerIds = new Set(this.#ownLinks.map(({ layerId }) => layerId));
    this.#ownLayers = new Map(layers.filter(({ id }) => layerIds.has(id)).map((row) => [row.id, row]));
  }

  /** Whether no holder is concerned: which layers one needs may follow from more than rows. */
  #areAlone(): boolean {
    const { manifests, layers } = this.#last;
    for (const digest of this.#digests) if ((manifests.get(digest)?.holders.length ?? 0) > 0) return false;
    for (const diffId of this.#touched) {
      const layer = layers.get(diffId);
      const isOdd = (manifest: ManifestNode) =>
        manifest.holders.length > 0 && !manifest.linkedLayers.includes(layer!);
      if (layer?.manifests.some(isOdd)) return false;
    }
    return true;
  }

  run(): readonly ReferenceNode[] {
    this.#takeOut();
    this.#renewRows();
    if (this.#digests.size + this.#keys.size + this.#touched.size === 0) return [...this.#last.references];
    this.#makeManifests();
    this.#makeMetadata();
    this.#connectLayers();
    const references = this.#makeReferences();
    this.#letGoOfLayers();
    return references;
  }

  #takeOut(): void {
    for (const digest of this.#digests) (this.#last.manifests as Map<string, ManifestNode>).delete(digest);
    for (const key of this.#keys) (this.#last.metadata as Map<string, MetadataNode>).delete(key);
  }

  #renewRows(): void {
    const { layers, manifests, referencesByName } = this.#last;
    for (const row of this.#references.updated) referencesByName.get(row.reference)!.row = row;
    for (const row of this.#manifests.updated) {
      const node = manifests.get(row.digest);
      if (node !== undefined) node.row = row;
    }
    for (const row of this.#layers.updated) layers.get(row.diffId)!.row = row;
    for (const row of this.#layers.removed) layers.get(row.diffId)!.row = null;
    for (const row of this.#layers.added) this.#layer(row.diffId).row = row;
  }

  #layer(diffId: string): LayerNode {
    const known = this.#last.layers.get(diffId);
    if (known !== undefined) return known;
    const node = layerNode(diffId, null, null);
    (this.#last.layers as Map<string, LayerNode>).set(diffId, node);
    return node;
  }

  #manifest(digest: string): ManifestNode {
    const known = this.#last.manifests.get(digest);
    if (known !== undefined) return known;
    const node = newManifest(digest, null);
    (this.#last.manifests as Map<string, ManifestNode>).set(digest, node);
    return node;
  }

  #makeManifests(): void {
    const made = new Map<number, ManifestNode>();
    for (const row of this.#changes.database.manifests) {
      if (!this.#manifestIds.has(row.id)) continue;
      const node = this.#manifest(row.digest);
      node.row = row;
      made.set(row.id, node);
    }
    for (const { manifestId, layerId } of this.#ownLinks) {
      const manifest = made.get(manifestId)!;
      const row = this.#ownLayers.get(layerId);
      if (row === undefined) continue;
      const layer = this.#layer(row.diffId);
      manifest.linkedLayers.push(layer);
      manifest.layers.add(layer);
    }
  }

  #makeMetadata(): void {
    for (const file of this.#changes.metadata) {
      const entry = this.#keys.has(file.key) ? this.#entries.get(file.key) : undefined;
      if (entry === undefined) continue;
      const { key, content } = file;
      const manifest = content === null ? null : this.#manifest(content.manifestDigest);
      const layers = content === null ? [] : content.layers.map(({ diffId }) => this.#layer(diffId));
      const node: MetadataNode = { key, entry, file, references: [], manifest, layers };
      (this.#last.metadata as Map<string, MetadataNode>).set(key, node);
      manifest?.metadata.push(node);
    }
  }

  /** Finds the users of each layer that may have others now, in the order of a join: by links, then by metadata. */
  #connectLayers(): void {
    const users = new Map<LayerNode, Set<ManifestNode>>();
    const keys = new Set(this.#keys);
    for (const diffId of this.#touched) {
      const layer = this.#layer(diffId);
      users.set(layer, new Set());
      for (const { key } of layer.metadata) keys.add(key);
      layer.metadata = [];
    }
    this.#findUsers(users);
    this.#findMetadata(users, keys);
    for (const [layer, manifests] of users) layer.manifests = [...manifests];
  }

  #findUsers(users: ReadonlyMap<LayerNode, Set<ManifestNode>>): void {
    const { layers, manifests } = this.#changes.database;
    const touched = new Map<number, Set<ManifestNode>>();
    for (const { id, diffId } of layers) {
      if (this.#touched.has(diffId)) touched.set(id, users.get(this.#layer(diffId))!);
    }
    const links = this.#links.filter(({ layerId }) => touched.has(layerId));
    const ids = new Set(links.map(({ manifestId }) => manifestId));
    const nodes = new Map<number, ManifestNode>();
    for (const { id, digest } of manifests) if (ids.has(id)) nodes.set(id, this.#manifest(digest));
    for (const { layerId, manifestId } of links) {
      const node = nodes.get(manifestId);
      if (node !== undefined) touched.get(layerId)!.add(node);
    }
  }

  #findMetadata(users: ReadonlyMap<LayerNode, Set<ManifestNode>>, keys: ReadonlySet<string>): void {
    for (const { key } of this.#changes.metadata) {
      const node = keys.has(key) ? this.#last.metadata.get(key) : undefined;
      for (const layer of node?.layers ?? []) {
        const manifests = users.get(layer);
        if (manifests === undefined) continue;
        if (layer.metadata.at(-1) !== node) layer.metadata = [...layer.metadata, node!];
        const manifest = node!.manifest;
        if (manifest === null || manifest.row === null) continue;
        manifest.layers.add(layer);
        manifests.add(manifest);
      }
    }
  }

  #makeReferences(): readonly ReferenceNode[] {
    const byName = this.#last.referencesByName as Map<string, ReferenceNode>;
    const digests = this.#digestsById();
    const isGone = ({ manifest }: ReferenceNode) => this.#digests.has(manifest.digest);
    const keyOf = (name: string) => {
      const known = byName.get(name);
      return known === undefined ? this.#changes.referenceKey(name) : known.metadataKey;
    };
    const made = this.#changes.database.references
      .filter(({ manifestId }) => this.#manifestIds.has(manifestId))
      .map((row) => this.#makeReference(row, digests.get(row.manifestId)!, keyOf(row.reference)))
      .toSorted((a, b) => newestFirst(a.row, b.row));
    for (const node of made) {
      node.manifest.references.push(node);
      node.metadata?.references.push(node);
    }
    for (const node of this.#last.references) if (isGone(node)) byName.delete(node.row.reference);
    for (const node of made) byName.set(node.row.reference, node);
    const kept = this.#last.references.filter((node) => !isGone(node));
    return [...kept, ...made].toSorted((a, b) => newestFirst(a.row, b.row));
  }

  #digestsById(): ReadonlyMap<number, string> {
    const concerned = this.#changes.database.manifests.filter(({ id }) => this.#manifestIds.has(id));
    return new Map(concerned.map(({ id, digest }) => [id, digest]));
  }

  #makeReference(row: ReferenceRow, digest: string, metadataKey: string | null): ReferenceNode {
    const manifest = this.#manifest(digest);
    const metadata = metadataKey === null ? null : (this.#last.metadata.get(metadataKey) ?? null);
    return { row, manifest, metadata, metadataKey, isPinnedByUnknownTable: false };
  }

  #letGoOfLayers(): void {
    for (const diffId of this.#touched) {
      const layer = this.#layer(diffId);
      const isNamed = layer.row !== null || layer.manifests.length > 0 || layer.metadata.length > 0;
      if (isNamed || layer.entry !== null) forgetUsers(layer);
      else (this.#last.layers as Map<string, LayerNode>).delete(diffId);
    }
  }
}

interface SortedChange<Row> extends RowChange<Row> {
  /** Rows that are still called the same and belong where they did, as they are now. */
  readonly updated: readonly Row[];
}

function sortOut<Row extends { readonly id: number }>(
  { removed, added }: RowChange<Row>,
  isSameName: (before: Row, after: Row) => boolean,
): SortedChange<Row> {
  const before = new Map(removed.map((row) => [row.id, row]));
  const isUpdate = (row: Row) => before.has(row.id) && isSameName(before.get(row.id)!, row);
  const updated = added.filter(isUpdate);
  const ids = new Set(updated.map(({ id }) => id));
  return {
    removed: removed.filter(({ id }) => !ids.has(id)),
    added: added.filter(({ id }) => !ids.has(id)),
    updated,
  };
}

function both<Row>({ removed, added }: RowChange<Row>): readonly Row[] {
  return [...removed, ...added];
}

function isSameReference(before: ReferenceRow, after: ReferenceRow): boolean {
  return (
    before.reference === after.reference &&
    before.manifestId === after.manifestId &&
    before.createdAt === after.createdAt
  );
}

function isSameManifest(before: ManifestRow, after: ManifestRow): boolean {
  return before.digest === after.digest && before.layerCount === after.layerCount;
}

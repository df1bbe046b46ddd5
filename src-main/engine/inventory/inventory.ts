import type { Holder, SandboxHolder, SnapshotHolder } from '../../../src-shared/domain/holder.ts';
import type { DatabaseSnapshot, LayerRow, LinkRow, ManifestRow, ReferenceRow } from '../database/rows.ts';
import type { FlatRefFile, MetadataFile, StoreEntry, StoreSnapshot } from '../store/entries.ts';

/**
 * Rows, files and holders joined: who needs what. A value, computed from one database snapshot and one store
 * snapshot; nothing in it reads the disk. References lead to manifests, manifests to layers and artifacts.
 */
export interface Inventory {
  readonly database: DatabaseSnapshot;
  readonly store: StoreSnapshot;
  /** Newest first, as listed. */
  readonly references: readonly ReferenceNode[];
  readonly referencesByName: ReadonlyMap<string, ReferenceNode>;
  /** By digest: every manifest a row, a metadata file or a holder names. */
  readonly manifests: ReadonlyMap<string, ManifestNode>;
  /** By diff ID: every layer a row, a file, a metadata file or a held manifest names. */
  readonly layers: ReadonlyMap<string, LayerNode>;
  /** By key. */
  readonly metadata: ReadonlyMap<string, MetadataNode>;
  readonly fsmeta: ReadonlyMap<string, StoreEntry>;
  readonly vmdk: ReadonlyMap<string, StoreEntry>;
  /** By manifest digest. */
  readonly flatRefs: ReadonlyMap<string, FlatRefNode>;
  /** By artifact digest: how many records name it. */
  readonly flatDiskNames: ReadonlyMap<string, number>;
  /** By artifact digest. */
  readonly flatDisks: ReadonlyMap<string, StoreEntry>;
  /** Holders that cannot be read, or whose layers cannot be known: while there is one, nothing unheld is certain. */
  readonly holdingEverything: readonly Holder[];
  /** Held locks and temporary files of live processes: not empty while msb pulls, loads or saves. */
  readonly inFlight: readonly string[];
  readonly canProbeLocks: boolean;
  /** What of the cache could not be read: it may name any layer, so everything stays. Relative to the cache. */
  readonly unreadable: readonly string[];
  readonly nowMs: number;
  /** How old a file that no row knows must be before it counts as abandoned. */
  readonly graceMs: number;
}

export interface ReferenceNode {
  row: ReferenceRow;
  readonly manifest: ManifestNode;
  /** The metadata file of this reference's canonical form, if it exists; several references may share it. */
  readonly metadata: MetadataNode | null;
  /** That file's key, whether it exists or not; null when msb would reject the reference. */
  readonly metadataKey: string | null;
  /** An unknown table has a foreign key onto this very row: it cannot be taken even by force. */
  readonly isPinnedByUnknownTable: boolean;
}

export interface ManifestNode {
  readonly digest: string;
  /** Null when only files or holders name it. */
  row: ManifestRow | null;
  readonly references: ReferenceNode[];
  /** Metadata files of this digest, whatever their key. */
  readonly metadata: MetadataNode[];
  /** Those that name this manifest; `Inventory.holdingEverything` is not repeated here. */
  readonly holders: Holder[];
  /** By position as linked, a repeated layer once per position. Empty when only files or holders name it. */
  readonly linkedLayers: LayerNode[];
  /** Everything rows, metadata and descriptors say belongs to it. */
  readonly layers: Set<LayerNode>;
}

export interface LayerNode {
  readonly diffId: string;
  row: LayerRow | null;
  entry: StoreEntry | null;
  /** Manifests with a row that link it, and held manifests without one that need it; each once. */
  manifests: readonly ManifestNode[];
  /** Each once. */
  metadata: readonly MetadataNode[];
  /** An unknown table has a foreign key onto its row. */
  readonly unknownHolders: Holder[];
}

export interface MetadataNode {
  readonly key: string;
  readonly entry: StoreEntry;
  readonly file: MetadataFile;
  readonly references: ReferenceNode[];
  readonly manifest: ManifestNode | null;
  readonly layers: readonly LayerNode[];
}

interface FlatRefNode {
  readonly entry: StoreEntry;
  readonly file: FlatRefFile;
}

export interface InventoryOptions {
  readonly nowMs: number;
  readonly graceMs: number;
  /** SHA-256 of a reference's canonical form, or null when msb would reject the reference. */
  readonly referenceKey: (reference: string) => string | null;
  /**
   * The layers a VMDK descriptor names, for held manifests whose rows and metadata are gone; null when there
   * is no descriptor that tells.
   */
  readonly layersOfVmdk: (manifestDigest: string) => readonly string[] | null;
}

const NOT_RUNNING: ReadonlySet<string> = new Set(['Created', 'Stopped', 'Crashed']);

/** Joins one database snapshot with one store snapshot. Linear in rows plus files. */
export function joinInventory(
  database: DatabaseSnapshot,
  store: StoreSnapshot,
  options: InventoryOptions,
): Inventory {
  return beginJoin(database, options)(store);
}

/**
 * The part of a join that takes rows alone, for whoever has them before the files. What it gives does the rest, once.
 */
export function beginJoin(
  database: DatabaseSnapshot,
  options: InventoryOptions,
): (store: StoreSnapshot) => Inventory {
  const builder = new Builder(database, options);
  builder.addRows();
  return (store) => {
    builder.addFiles(store);
    builder.addMetadata(store);
    builder.addHolders(store);
    builder.completeHeldManifests();
    return builder.build(store);
  };
}

class Builder {
  readonly #database: DatabaseSnapshot;
  readonly #options: InventoryOptions;
  readonly #references: ReferenceNode[] = [];
  readonly #referencesById = new Map<number, ReferenceNode>();
  readonly #manifests = new Map<string, ManifestNode>();
  readonly #manifestsById = new Map<number, ManifestNode>();
  readonly #layers = new Map<string, LayerNode>();
  readonly #layersById = new Map<number, LayerNode>();
  readonly #layerEntries = new Map<string, StoreEntry>();
  readonly #metadataEntries = new Map<string, StoreEntry>();
  readonly #metadata = new Map<string, MetadataNode>();
  readonly #fsmeta = new Map<string, StoreEntry>();
  readonly #vmdk = new Map<string, StoreEntry>();
  readonly #flatRefEntries = new Map<string, StoreEntry>();
  readonly #flatDisks = new Map<string, StoreEntry>();
  readonly #pinnedReferences = new Set<number>();
  readonly #holdingEverything: Holder[] = [];

  constructor(database: DatabaseSnapshot, options: InventoryOptions) {
    this.#database = database;
    this.#options = options;
  }

  addRows(): void {
    for (const row of this.#database.layers) this.#layersById.set(row.id, this.#addLayer(row.diffId, row));
    for (const row of this.#database.manifests) {
      const node = this.#addManifest(row.digest, row);
      this.#manifestsById.set(row.id, node);
    }
    for (const link of byPosition(this.#database.links)) {
      const manifest = this.#manifestsById.get(link.manifestId);
      const layer = this.#layersById.get(link.layerId);
      if (manifest === undefined || layer === undefined) continue;
      manifest.linkedLayers.push(layer);
      connect(manifest, layer);
    }
  }

  addFiles(store: StoreSnapshot): void {
    for (const entry of store.entries) {
      switch (entry.what.kind) {
        case 'layer':
          this.#layerEntries.set(entry.what.diffId, entry);
          break;
        case 'fsmeta':
          this.#fsmeta.set(entry.what.manifestDigest, entry);
          break;
        case 'vmdk':
          this.#vmdk.set(entry.what.manifestDigest, entry);
          break;
        case 'metadata':
          this.#metadataEntries.set(entry.what.key, entry);
          break;
        case 'flat-ref':
          this.#flatRefEntries.set(entry.what.manifestDigest, entry);
          break;
        case 'flat-disk':
          this.#flatDisks.set(entry.what.artifactDigest, entry);
          break;
        default:
          break;
      }
    }
    for (const node of this.#layersById.values()) node.entry = this.#layerEntries.get(node.diffId) ?? null;
    for (const diffId of this.#layerEntries.keys()) this.#layer(diffId);
  }

  /** References need the metadata nodes, metadata nodes the manifests: so both are made here, in that order. */
  addMetadata(store: StoreSnapshot): void {
    for (const file of store.metadata) {
      const entry = this.#metadataEntries.get(file.key);
      if (entry === undefined) continue;
      const content = file.content;
      const manifest = content === null ? null : this.#manifest(content.manifestDigest);
      const layers = content === null ? [] : content.layers.map((layer) => this.#layer(layer.diffId));
      const node: MetadataNode = { key: file.key, entry, file, references: [], manifest, layers };
      this.#metadata.set(file.key, node);
      manifest?.metadata.push(node);
      for (const layer of layers) {
        if (layer.metadata.at(-1) !== node) layer.metadata = withOneMore(layer.metadata, node);
        // Content addressing makes them the layers the rows link already; a file that says more holds more.
        if (manifest !== null && manifest.row !== null) connect(manifest, layer);
      }
    }
    this.#collectPinnedReferences();
    for (const row of this.#database.references.toSorted(newestFirst)) {
      // Foreign keys make a missing row impossible in a healthy database; in a damaged one the name can still go.
      const manifest = this.#manifestsById.get(row.manifestId) ?? newManifest('', null);
      const key = this.#options.referenceKey(row.reference);
      const metadata = key === null ? null : (this.#metadata.get(key) ?? null);
      const node: ReferenceNode = {
        row,
        manifest,
        metadata,
        metadataKey: key,
        isPinnedByUnknownTable: this.#pinnedReferences.has(row.id),
      };
      manifest.references.push(node);
      metadata?.references.push(node);
      this.#references.push(node);
      this.#referencesById.set(row.id, node);
    }
  }

  addHolders(store: StoreSnapshot): void {
    for (const sandbox of this.#database.sandboxes) {
      const holder: SandboxHolder = {
        kind: 'sandbox',
        name: sandbox.name,
        status: sandbox.status,
        isRunning: !NOT_RUNNING.has(sandbox.status),
        isReadable: sandbox.isReadable,
      };
      if (!sandbox.isReadable) this.#holdingEverything.push(holder);
      for (const digest of new Set(sandbox.manifestDigests)) this.#hold(this.#manifest(digest), holder);
      for (const id of sandbox.rootfsManifestIds) {
        const manifest = this.#manifestsById.get(id);
        if (manifest !== undefined) this.#hold(manifest, holder);
      }
    }
    this.#addSnapshotHolders(store);
    this.#addUnknownHolders();
  }

  #addSnapshotHolders(store: StoreSnapshot): void {
    const indexedPaths = new Set<string>();
    for (const row of this.#database.snapshots) {
      if (row.artifactPath !== null) indexedPaths.add(row.artifactPath);
      this.#holdBySnapshot(row.imageManifestDigest, {
        kind: 'snapshot',
        name: row.name,
        group: row.group,
        path: row.artifactPath ?? '',
        isIndexed: true,
        isReadable: row.imageManifestDigest !== null,
      });
    }
    for (const artifact of store.snapshots) {
      const isIndexed = indexedPaths.has(artifact.path);
      // The index already names this one; its descriptor counts only where it says something else.
      if (isIndexed && artifact.manifestDigest === null) continue;
      this.#holdBySnapshot(artifact.manifestDigest, {
        kind: 'snapshot',
        name: artifact.name,
        group: artifact.group,
        path: artifact.path,
        isIndexed,
        isReadable: artifact.manifestDigest !== null,
      });
    }
  }

  #holdBySnapshot(manifestDigest: string | null, holder: SnapshotHolder): void {
    if (manifestDigest === null) this.#holdingEverything.push(holder);
    else this.#hold(this.#manifest(manifestDigest), holder);
  }

  #collectPinnedReferences(): void {
    for (const rows of this.#database.unknownHolders) {
      if (rows.parent !== 'image_ref' || rows.parentIds === null) continue;
      for (const id of rows.parentIds) this.#pinnedReferences.add(id);
    }
  }

  #addUnknownHolders(): void {
    for (const rows of this.#database.unknownHolders) {
      const holder: Holder = { kind: 'unknown-table', table: rows.table };
      if (rows.parentIds === null) {
        this.#holdingEverything.push(holder);
        continue;
      }
      for (const id of rows.parentIds) {
        if (rows.parent === 'layer') {
          this.#layersById.get(id)?.unknownHolders.push(holder);
        } else if (rows.parent === 'manifest') {
          const manifest = this.#manifestsById.get(id);
          if (manifest !== undefined) this.#hold(manifest, holder);
        } else if (rows.parent === 'image_ref') {
          const reference = this.#referencesById.get(id);
          if (reference !== undefined) this.#hold(reference.manifest, holder);
        } else {
          // A config row goes with its manifest; which one is not in the snapshot, so nothing may go.
          this.#holdingEverything.push(holder);
        }
      }
    }
  }

  /**
   * A held manifest must reach all its layers even when its rows are gone or incomplete (a sandbox whose image
   * `msb` removed under it). Rows and metadata tell first, then the VMDK descriptor; when nothing tells, any
   * layer may be one of its own.
   */
  completeHeldManifests(): void {
    for (const manifest of this.#manifests.values()) {
      if (manifest.holders.length === 0) continue;
      for (const metadata of manifest.metadata) {
        for (const layer of metadata.layers) connect(manifest, layer);
      }
      const linked = manifest.linkedLayers.length;
      const isComplete = manifest.row !== null && linked === (manifest.row.layerCount ?? Math.max(linked, 1));
      const fromVmdk = this.#options.layersOfVmdk(manifest.digest);
      for (const diffId of fromVmdk ?? []) connect(manifest, this.#layer(diffId));
      if (isComplete || manifest.metadata.length > 0 || fromVmdk !== null) continue;
      if (this.#fsmeta.has(manifest.digest) || manifest.row !== null) {
        this.#holdingEverything.push(...manifest.holders);
      }
    }
  }

  build(store: StoreSnapshot): Inventory {
    const flatRefs = new Map<string, FlatRefNode>();
    const flatDiskNames = new Map<string, number>();
    for (const file of store.flatRefs) {
      const entry = this.#flatRefEntries.get(file.manifestDigest);
      if (entry === undefined) continue;
      flatRefs.set(file.manifestDigest, { entry, file });
      if (file.artifactDigest === null) continue;
      flatDiskNames.set(file.artifactDigest, (flatDiskNames.get(file.artifactDigest) ?? 0) + 1);
    }
    return {
      database: this.#database,
      store,
      references: this.#references,
      referencesByName: new Map(this.#references.map((node) => [node.row.reference, node])),
      manifests: this.#manifests,
      layers: this.#layers,
      metadata: this.#metadata,
      fsmeta: this.#fsmeta,
      vmdk: this.#vmdk,
      flatRefs,
      flatDiskNames,
      flatDisks: this.#flatDisks,
      holdingEverything: uniqueHolders(this.#holdingEverything),
      inFlight: store.locks.held,
      canProbeLocks: store.locks.canProbe,
      unreadable: store.unreadable,
      nowMs: this.#options.nowMs,
      graceMs: this.#options.graceMs,
    };
  }

  #hold(manifest: ManifestNode, holder: Holder): void {
    if (!manifest.holders.some((known) => isSameHolder(known, holder))) manifest.holders.push(holder);
  }

  #manifest(digest: string): ManifestNode {
    return this.#manifests.get(digest) ?? this.#addManifest(digest, null);
  }

  #addManifest(digest: string, row: ManifestRow | null): ManifestNode {
    const node = newManifest(digest, row);
    this.#manifests.set(digest, node);
    return node;
  }

  #layer(diffId: string): LayerNode {
    return this.#layers.get(diffId) ?? this.#addLayer(diffId, null);
  }

  #addLayer(diffId: string, row: LayerRow | null): LayerNode {
    const node = layerNode(diffId, row, this.#layerEntries.get(diffId) ?? null);
    this.#layers.set(diffId, node);
    return node;
  }
}

/** As msb lists them: by time, those of one instant by row id, those without a time last. */
export function newestFirst(a: ReferenceRow, b: ReferenceRow): number {
  const [left, right] = [a.createdAt ?? '', b.createdAt ?? ''];
  if (left === right) return a.id - b.id;
  return left < right ? 1 : -1;
}

export function newManifest(digest: string, row: ManifestRow | null): ManifestNode {
  return { digest, row, references: [], metadata: [], holders: [], linkedLayers: [], layers: new Set() };
}

/** A layer nobody uses so far. */
export function layerNode(diffId: string, row: LayerRow | null, entry: StoreEntry | null): LayerNode {
  return { diffId, row, entry, manifests: NONE, metadata: NONE, unknownHolders: [] };
}

function connect(manifest: ManifestNode, layer: LayerNode): void {
  if (manifest.layers.has(layer)) return;
  manifest.layers.add(layer);
  layer.manifests = withOneMore(layer.manifests, manifest);
}

/** Most layers have one user: tens of thousands of sets, or of lists with room to grow, are what takes the time. */
const NONE: readonly never[] = Object.freeze([]);

/** The list itself, longer by one, unless it is `NONE`. */
function withOneMore<T>(list: readonly T[], value: T): readonly T[] {
  if (list === NONE) return [value];
  (list as T[]).push(value);
  return list;
}

/** Links as msb writes them, image after image, need not be sorted. */
export function byPosition(links: readonly LinkRow[]): readonly LinkRow[] {
  const seen = new Set<number>();
  let last: LinkRow | null = null;
  for (const link of links) {
    const isNext = last?.manifestId === link.manifestId;
    if (isNext ? link.position < last!.position : seen.has(link.manifestId)) {
      return links.toSorted((a, b) => a.position - b.position);
    }
    seen.add(link.manifestId);
    last = link;
  }
  return links;
}

function isSameHolder(left: Holder, right: Holder): boolean {
  if (left.kind === 'sandbox') return right.kind === 'sandbox' && right.name === left.name;
  if (left.kind === 'snapshot')
    return right.kind === 'snapshot' && right.path === left.path && right.name === left.name;
  return right.kind === 'unknown-table' && right.table === left.table;
}

function uniqueHolders(holders: readonly Holder[]): readonly Holder[] {
  return holders.filter(
    (holder, index) => holders.findIndex((other) => isSameHolder(other, holder)) === index,
  );
}

/** Everything that keeps a manifest beside its references: those naming it, then those holding everything. */
export function holdersOf(inventory: Inventory, manifest: ManifestNode): readonly Holder[] {
  if (inventory.holdingEverything.length === 0) return manifest.holders;
  return uniqueHolders([...manifest.holders, ...inventory.holdingEverything]);
}

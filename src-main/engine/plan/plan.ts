import type { KeptItem, PlanAction, PlanItem, PlanItemKind } from '../../../src-shared/domain/plan.ts';
import type {
  Inventory,
  LayerNode,
  ManifestNode,
  MetadataNode,
  ReferenceNode,
} from '../inventory/inventory.ts';
import type { StoreEntry } from '../store/entries.ts';
import { ageInWords } from './age.ts';
import { type KeepReason, Liveness, type Scope } from './liveness.ts';
import { selectReferences } from './select.ts';

/** One line of a plan with what apply needs to carry it out. */
export interface Step {
  readonly item: PlanItem;
  readonly row: { readonly table: 'image_ref' | 'manifest' | 'layer'; readonly id: number } | null;
  readonly entry: StoreEntry | null;
}

/** A plan before it has an id: what the planner answers. */
export interface Draft {
  readonly steps: readonly Step[];
  readonly kept: readonly KeptItem[];
  /** Sum over the steps of the bytes they give back. */
  readonly bytes: number;
  readonly isBusy: boolean;
}

/**
 * What an action would do to a cache as inventoried: the only place that decides what may go. Pure.
 *
 * Three questions in a row: which references does the action name (`select.ts`), how far does it look, and what
 * of that does nothing keep (`liveness.ts`)?
 *
 * @throws CacheFailure `not-found` for an unknown reference; `in-use` for a plain removal of an image something
 * holds.
 */
export function planAction(inventory: Inventory, action: PlanAction): Draft {
  const selection = selectReferences(inventory, action);
  const draft = new Drafting(inventory, selection.removed, scopeOf(action));
  for (const [reference, reason] of selection.removed) draft.takeReference(reference, reason);
  draft.takeManifestsAndLayers();
  draft.takeMetadata();
  draft.takeFiles();
  return draft.finish(selection.kept);
}

function scopeOf(action: PlanAction): Scope {
  if (action.kind === 'remove') return 'references';
  return action.kind === 'gcLayers' ? 'layers' : 'everything';
}

class Drafting {
  readonly #inventory: Inventory;
  readonly #removed: ReadonlyMap<ReferenceNode, string>;
  readonly #scope: Scope;
  readonly #live: Liveness;
  readonly #steps: Step[] = [];
  readonly #kept: KeptItem[] = [];

  constructor(inventory: Inventory, removed: ReadonlyMap<ReferenceNode, string>, scope: Scope) {
    this.#inventory = inventory;
    this.#removed = removed;
    this.#scope = scope;
    this.#live = new Liveness(inventory, new Set(removed.keys()), scope);
  }

  takeReference(reference: ReferenceNode, reason: string): void {
    this.#take('reference', reference.row.reference, reason, {
      row: { table: 'image_ref', id: reference.row.id },
      partOf: reference.row.reference,
    });
  }

  takeManifestsAndLayers(): void {
    const candidates = this.#candidateManifests();
    for (const manifest of candidates) this.#takeManifest(manifest);
    for (const layer of this.#candidateLayers(candidates)) this.#takeLayer(layer);
    for (const manifest of candidates) this.#takeArtifacts(manifest);
  }

  #candidateManifests(): readonly ManifestNode[] {
    if (this.#scope === 'layers') return [];
    if (this.#scope === 'everything') return [...this.#inventory.manifests.values()];
    return [...new Set([...this.#removed.keys()].map((reference) => reference.manifest))];
  }

  #candidateLayers(manifests: readonly ManifestNode[]): Iterable<LayerNode> {
    if (this.#scope !== 'references') return this.#inventory.layers.values();
    const layers = new Set<LayerNode>();
    for (const manifest of manifests) for (const layer of manifest.layers) layers.add(layer);
    return layers;
  }

  #takeManifest(manifest: ManifestNode): void {
    if (manifest.row === null) return;
    const reason = this.#live.keepsManifest(manifest);
    const isRemoved = manifest.references.length > 0;
    if (reason !== null) {
      if (!isRemoved || this.#isRemoved(manifest)) this.#keep('manifest', manifest.digest, reason, null);
      return;
    }
    this.#take(
      'manifest',
      manifest.digest,
      isRemoved ? 'its last reference goes' : 'dangling: no reference names it',
      {
        row: { table: 'manifest', id: manifest.row.id },
        partOf: partOf(manifest),
      },
    );
  }

  #takeLayer(layer: LayerNode): void {
    if (layer.row === null && layer.entry === null) return;
    const reason = this.#live.keepsLayer(layer);
    const isOrphan = isOrphanLayer(layer);
    if (reason !== null) {
      if (isOrphan || this.#scope === 'references') this.#keep('layer', layer.diffId, reason, layer.entry);
      return;
    }
    this.#take('layer', layer.diffId, layerReason(layer, isOrphan), {
      row: layer.row === null ? null : { table: 'layer', id: layer.row.id },
      entry: layer.entry,
      partOf: partOfLayer(layer),
    });
  }

  #takeArtifacts(manifest: ManifestNode): void {
    const { fsmeta, vmdk, flatRefs } = this.#inventory;
    this.#takeArtifact('fsmeta', manifest, fsmeta.get(manifest.digest), 'file system index');
    this.#takeArtifact('vmdk', manifest, vmdk.get(manifest.digest), 'disk descriptor');
    this.#takeArtifact('flat-ref', manifest, flatRefs.get(manifest.digest)?.entry, 'flat disk record');
  }

  #takeArtifact(
    kind: PlanItemKind,
    manifest: ManifestNode | null,
    entry: StoreEntry | undefined,
    noun: string,
  ): void {
    if (entry === undefined) return;
    const reason = this.#live.keepsArtifact(manifest, entry);
    const isReferenced = manifest !== null && manifest.references.length > 0;
    if (reason !== null) {
      if (!isReferenced || this.#isRemoved(manifest)) this.#keep(kind, entry.path, reason, entry);
      return;
    }
    const isGone = manifest === null || manifest.row === null;
    this.#take(
      kind,
      entry.path,
      isGone ? `${noun} of an image that is gone` : `${noun} of an image that goes`,
      {
        entry,
        partOf: manifest === null ? null : partOf(manifest),
      },
    );
  }

  takeMetadata(): void {
    if (this.#scope === 'layers') return;
    for (const node of this.#candidateMetadata()) {
      const reason = this.#live.keepsMetadata(node);
      const isListed = node.references.length > 0;
      if (reason !== null) {
        if (!isListed || this.#scope === 'references')
          this.#keep('metadata', node.entry.path, reason, node.entry);
        continue;
      }
      const age = ageInWords(this.#inventory.nowMs - node.entry.mtimeMs);
      const why = isListed ? 'metadata of a reference that goes' : `metadata no reference names, ${age} old`;
      this.#take('metadata', node.entry.path, why, {
        entry: node.entry,
        partOf: node.references[0]?.row.reference ?? node.manifest?.digest ?? null,
      });
    }
  }

  #candidateMetadata(): Iterable<MetadataNode> {
    if (this.#scope === 'everything') return this.#inventory.metadata.values();
    const nodes = new Set<MetadataNode>();
    for (const reference of this.#removed.keys())
      if (reference.metadata !== null) nodes.add(reference.metadata);
    return nodes;
  }

  /** Files that belong to no manifest row: artifacts of manifests nobody knows, flat disks, temporary files. */
  takeFiles(): void {
    if (this.#scope === 'layers') return;
    if (this.#scope === 'everything') {
      for (const entry of this.#inventory.store.entries) this.#takeStray(entry);
    }
    // Last: which flat disks go depends on which of their records went.
    this.#takeFlatDisks();
  }

  #takeStray(entry: StoreEntry): void {
    const { what } = entry;
    const { manifests } = this.#inventory;
    switch (what.kind) {
      case 'fsmeta':
        if (!manifests.has(what.manifestDigest))
          this.#takeArtifact('fsmeta', null, entry, 'file system index');
        break;
      case 'vmdk':
        if (!manifests.has(what.manifestDigest)) this.#takeArtifact('vmdk', null, entry, 'disk descriptor');
        break;
      case 'flat-ref':
        if (!manifests.has(what.manifestDigest))
          this.#takeArtifact('flat-ref', null, entry, 'flat disk record');
        break;
      case 'blob':
      case 'download-part':
        this.#takeTemporary('download', entry, 'interrupted download');
        break;
      case 'spool':
        this.#takeTemporary('spool', entry, 'left by an interrupted unpacking');
        break;
      case 'layer-part':
      case 'metadata-part':
      case 'flat-ref-part':
      case 'work':
        this.#takeTemporary('work', entry, 'left by an interrupted build');
        break;
      case 'transfer':
        if (what.isAlive) this.#keep('work', entry.path, `process ${what.pid} is using it`, entry);
        else this.#takeTemporary('work', entry, 'left by an interrupted load or save');
        break;
      case 'leftover':
        this.#takeTemporary(
          'leftover',
          entry,
          'set aside by an interrupted removal',
          // What is in it would go back: nobody can say how much of it is needed.
          this.#live.keepsArtifact(null, entry),
        );
        break;
      case 'unknown':
        if (entry.type !== 'directory') this.#keep('file', entry.path, 'unknown file: never removed', entry);
        break;
      default:
        break;
    }
  }

  #takeTemporary(
    kind: PlanItemKind,
    entry: StoreEntry,
    noun: string,
    reason: KeepReason = this.#live.keepsFile(entry, false),
  ): void {
    if (reason !== null) {
      this.#keep(kind, entry.path, reason, entry);
      return;
    }
    const age = ageInWords(this.#inventory.nowMs - entry.mtimeMs);
    this.#take(kind, entry.path, `${noun}, ${age} old`, { entry, partOf: null });
  }

  /** A flat disk is content addressed: it goes when every record that names it goes, or none ever did. */
  #takeFlatDisks(): void {
    const goingRefs = new Map<string, boolean>();
    let unreadableStays = false;
    const going = new Set(this.#steps.map((step) => step.entry).filter((entry) => entry !== null));
    for (const { entry, file } of this.#inventory.flatRefs.values()) {
      const stays = !going.has(entry);
      if (file.artifactDigest === null) unreadableStays ||= stays;
      else goingRefs.set(file.artifactDigest, (goingRefs.get(file.artifactDigest) ?? true) && !stays);
    }
    for (const [digest, entry] of this.#inventory.flatDisks) {
      const everyRefGoes = goingRefs.get(digest);
      if (everyRefGoes === false) continue;
      if (everyRefGoes === undefined && this.#scope !== 'everything') continue;
      const reason = unreadableStays
        ? 'a flat disk record that cannot be read may name it'
        : this.#keepsFlatDisk(entry, everyRefGoes === true);
      if (reason !== null) this.#keep('flat-disk', entry.path, reason, entry);
      else {
        this.#take('flat-disk', entry.path, 'flat disk no image needs any more', { entry, partOf: null });
      }
    }
  }

  #keepsFlatDisk(entry: StoreEntry, isNamed: boolean): KeepReason {
    // The records that name it go, so they have passed the test of what nothing needs.
    return isNamed ? this.#live.keepsFile(entry, true) : this.#live.keepsArtifact(null, entry);
  }

  /** True when every reference of the manifest is being removed. */
  #isRemoved(manifest: ManifestNode | null): boolean {
    if (manifest === null || manifest.references.length === 0) return false;
    return manifest.references.every((reference) => this.#removed.has(reference));
  }

  #take(
    kind: PlanItemKind,
    name: string,
    reason: string,
    what: { row?: Step['row']; entry?: StoreEntry | null; partOf: string | null },
  ): void {
    const row = what.row ?? null;
    const entry = what.entry ?? null;
    this.#steps.push({
      item: {
        kind,
        name,
        reason,
        allocatedBytes: entry?.allocatedBytes ?? 0,
        partOf: what.partOf,
        hasRow: row !== null,
        hasFile: entry !== null,
      },
      row,
      entry,
    });
  }

  #keep(kind: KeptItem['kind'], name: string, reason: string, entry: StoreEntry | null): void {
    this.#kept.push({ kind, name, reason, allocatedBytes: entry?.allocatedBytes ?? 0 });
  }

  finish(keptReferences: readonly KeptItem[]): Draft {
    const steps = countLinksOnce(this.#steps);
    return {
      steps,
      kept: [...keptReferences, ...this.#kept],
      bytes: steps.reduce((sum, step) => sum + step.item.allocatedBytes, 0),
      isBusy: this.#live.isBusy,
    };
  }
}

/** True when no manifest needs the layer: rows without links, files without rows. */
function isOrphanLayer(layer: LayerNode): boolean {
  return layer.manifests.length === 0;
}

function layerReason(layer: LayerNode, isOrphan: boolean): string {
  if (!isOrphan) return 'no other image needs it';
  return layer.row === null ? 'orphaned: no row and no metadata names it' : 'orphaned: no image needs it';
}

function partOf(manifest: ManifestNode): string {
  return manifest.references[0]?.row.reference ?? manifest.digest;
}

function partOfLayer(layer: LayerNode): string | null {
  const [only] = layer.manifests;
  return only !== undefined && layer.manifests.length === 1 ? partOf(only) : null;
}

/**
 * A hard-linked inode gives its blocks back only when its last name goes: the first step of an inode all of
 * whose names go carries the bytes, every other one none.
 */
function countLinksOnce(steps: readonly Step[]): readonly Step[] {
  const names = new Map<string, number>();
  for (const { entry } of steps) {
    if (isLinked(entry)) names.set(inodeOf(entry), (names.get(inodeOf(entry)) ?? 0) + 1);
  }
  if (names.size === 0) return steps;
  const counted = new Set<string>();
  return steps.map((step) => {
    const { entry } = step;
    if (!isLinked(entry)) return step;
    const inode = inodeOf(entry);
    const isFreed = names.get(inode) === entry.linkCount && !counted.has(inode);
    counted.add(inode);
    return isFreed ? step : { ...step, item: { ...step.item, allocatedBytes: 0 } };
  });
}

function isLinked(entry: StoreEntry | null): entry is StoreEntry {
  return entry !== null && entry.type === 'file' && entry.linkCount > 1;
}

function inodeOf(entry: StoreEntry): string {
  return `${entry.dev}:${entry.ino}`;
}

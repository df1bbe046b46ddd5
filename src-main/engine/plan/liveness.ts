import type { Holder } from '../../../src-shared/domain/holder.ts';
import { describeHolder } from '../../../src-shared/domain/holder.ts';
import type {
  Inventory,
  LayerNode,
  ManifestNode,
  MetadataNode,
  ReferenceNode,
} from '../inventory/inventory.ts';
import type { StoreEntry } from '../store/entries.ts';

/**
 * How far an action looks for things to take.
 * - `references`: only what the removed references reach.
 * - `layers`: only layers no manifest names.
 * - `everything`: whatever nothing needs.
 */
export type Scope = 'references' | 'layers' | 'everything';

/** Why something stays, as the end of "kept: …"; null when nothing keeps it. */
export type KeepReason = string | null;

/**
 * Decides what stays once some references are gone. Every question is answered with the reason, so that what
 * is shown to a person and what is done can never differ.
 */
export class Liveness {
  readonly #inventory: Inventory;
  readonly #removed: ReadonlySet<ReferenceNode>;
  readonly #scope: Scope;
  readonly #everythingHeld: KeepReason;
  /** Files are renamed before they are deleted, which works within one file system only. */
  readonly #cacheDev: string | null;
  /** A folder whose locks cannot be seen. */
  readonly #blindIn: string | null;
  readonly #metadata = new Map<MetadataNode, KeepReason>();

  constructor(inventory: Inventory, removed: ReadonlySet<ReferenceNode>, scope: Scope) {
    this.#inventory = inventory;
    this.#removed = removed;
    this.#scope = scope;
    this.#cacheDev = inventory.store.entries.find(({ path }) => path === '')?.dev ?? null;
    this.#blindIn = inventory.unreadable.find((path) => LOCK_FOLDERS.has(path)) ?? null;
    this.#everythingHeld = whatHoldsEverything(inventory);
  }

  get isBusy(): boolean {
    return this.#inventory.inFlight.length > 0;
  }

  /** True for a file young enough to belong to a pull that has not stored its rows yet. */
  isYoung(entry: StoreEntry): boolean {
    // A time in the future is a clock that moved, not proof of age.
    return this.#inventory.nowMs - entry.mtimeMs < this.#inventory.graceMs;
  }

  /**
   * Why a file that nothing needs must stay for now all the same. `isKnown`: a database row names it, so that it
   * cannot belong to a pull whose rows are still to come.
   */
  keepsFile(entry: StoreEntry, isKnown: boolean): KeepReason {
    if (this.isBusy) return 'msb is pulling, loading or saving; stays until it ends';
    if (this.#cacheDev !== null && entry.dev !== this.#cacheDev)
      return 'it is on another file system than the cache';
    if (this.#blindIn !== null)
      return `${this.#blindIn || 'the cache folder'} cannot be read, so whether msb is at work is not known`;
    if (isKnown) return null;
    if (!this.#inventory.canProbeLocks)
      return 'locks cannot be probed here, so only what rows prove is taken';
    if (this.isYoung(entry)) return 'too young: a pull may be about to list it';
    return null;
  }

  keepsMetadata(node: MetadataNode): KeepReason {
    const known = this.#metadata.get(node);
    if (known !== undefined) return known;
    const reason = this.#judgeMetadata(node);
    this.#metadata.set(node, reason);
    return reason;
  }

  #judgeMetadata(node: MetadataNode): KeepReason {
    const reference = node.references.find((other) => !this.#removed.has(other));
    if (reference !== undefined) return `metadata of ${reference.row.reference}`;
    if (this.#everythingHeld !== null) return this.#everythingHeld;
    const holders = node.manifest?.holders ?? [];
    if (holders.length > 0) return `held by ${describeHolders(holders)}`;
    const isTaken = node.references.length > 0 && this.#scope !== 'layers';
    if (!isTaken && this.#scope !== 'everything') return UNLISTED;
    return this.keepsFile(node.entry, isTaken);
  }

  /** Why a manifest's row stays. Without a row: why its files would be needed. */
  keepsManifest(node: ManifestNode): KeepReason {
    if (this.#everythingHeld !== null) return this.#everythingHeld;
    if (node.holders.length > 0) return `held by ${describeHolders(node.holders)}`;
    const reference = node.references.find((other) => !this.#removed.has(other));
    if (reference !== undefined) return `also ${reference.row.reference}`;
    const isTaken =
      this.#scope === 'everything' || (this.#scope === 'references' && node.references.length > 0);
    if (!isTaken) return 'not part of this action';
    for (const metadata of node.metadata) {
      if (metadata.references.length === 0 && this.isYoung(metadata.entry)) {
        return 'a pull may be about to list it';
      }
    }
    if (this.isBusy && this.#hasFiles(node)) return 'msb is pulling, loading or saving; stays until it ends';
    return null;
  }

  /** Why the files made for one manifest (fsmeta, VMDK, flat ref) stay. */
  keepsArtifact(manifest: ManifestNode | null, entry: StoreEntry): KeepReason {
    if (manifest !== null) {
      const reason = this.#keepsArtifactsOf(manifest);
      if (reason !== null) return reason;
    } else if (this.#everythingHeld !== null) {
      return this.#everythingHeld;
    }
    return this.keepsFile(entry, manifest !== null && manifest.row !== null);
  }

  #keepsArtifactsOf(manifest: ManifestNode): KeepReason {
    if (manifest.row !== null || manifest.holders.length > 0) {
      const reason = this.keepsManifest(manifest);
      if (reason !== null) return reason;
    } else if (this.#everythingHeld !== null) {
      return this.#everythingHeld;
    }
    for (const metadata of manifest.metadata) {
      const reason = this.keepsMetadata(metadata);
      if (reason !== null) return reasonOfMetadata(metadata, reason);
    }
    return null;
  }

  keepsLayer(node: LayerNode): KeepReason {
    if (this.#everythingHeld !== null) return this.#everythingHeld;
    if (node.unknownHolders.length > 0) return `held by ${describeHolders(node.unknownHolders)}`;
    const users: ManifestNode[] = [];
    for (const manifest of node.manifests) {
      if (this.keepsManifest(manifest) !== null) users.push(manifest);
    }
    if (users.length > 0) return this.#usedBy(users);
    for (const metadata of node.metadata) {
      const reason = this.keepsMetadata(metadata);
      if (reason !== null) return reasonOfMetadata(metadata, reason);
    }
    return node.entry === null ? null : this.keepsFile(node.entry, node.row !== null);
  }

  #usedBy(users: readonly ManifestNode[]): string {
    const references = users.flatMap((user) => user.references).filter((node) => !this.#removed.has(node));
    const first = references[0];
    if (first === undefined) return this.keepsManifest(users[0]!) ?? 'used by another image';
    const others = references.length - 1;
    return others === 0
      ? `used by ${first.row.reference}`
      : `used by ${first.row.reference} and ${others} more`;
  }

  #hasFiles(node: ManifestNode): boolean {
    const { fsmeta, vmdk, flatRefs } = this.#inventory;
    if (fsmeta.has(node.digest) || vmdk.has(node.digest) || flatRefs.has(node.digest)) return true;
    for (const layer of node.layers) if (layer.entry !== null) return true;
    return false;
  }
}

/** Where msb keeps its locks and the files of processes at work. */
const LOCK_FOLDERS: ReadonlySet<string> = new Set([
  '',
  'layers',
  'fsmeta',
  'manifests',
  'tmp',
  'flat',
  'flat/locks',
]);

function whatHoldsEverything(inventory: Inventory): KeepReason {
  const { holdingEverything, unreadable } = inventory;
  if (holdingEverything.length > 0) return `${describeHolders(holdingEverything)} may need it`;
  return unreadable.length > 0
    ? `${unreadable[0] || 'the cache folder'} cannot be read and may name it`
    : null;
}

const UNLISTED = 'metadata of an unlisted image';

function reasonOfMetadata(node: MetadataNode, reason: string): string {
  if (node.references.length > 0) return reason;
  if (reason === UNLISTED) return `named by ${UNLISTED}`;
  return `named by metadata ${node.key.slice(0, 12)}…: ${reason}`;
}

function describeHolders(holders: readonly Holder[]): string {
  return holders.map(describeHolder).join(', ');
}

import type { Inventory, ManifestNode } from '../inventory/inventory.ts';
import type { Step } from '../plan/plan.ts';
import type { StoreEntry, StoreKind, StoreSnapshot } from '../store/entries.ts';
import { referenceKey } from '../store/names.ts';

/**
 * The store as it is without what is ours: metadata that is on its way out must not hold the layers that go with
 * it (written anew since the plan it is another inode, and stays in), and the leases we took are not msb at work.
 */
export function withoutOurs(
  store: StoreSnapshot,
  victims: readonly Step[],
  ownLocks: ReadonlySet<string>,
): StoreSnapshot {
  const held = store.locks.held.filter((file) => !ownLocks.has(file));
  return { ...withoutVictims(store, victims), locks: { ...store.locks, held } };
}

function withoutVictims(store: StoreSnapshot, victims: readonly Step[]): StoreSnapshot {
  const going = new Map<string, StoreEntry>();
  for (const { item, entry } of victims) {
    if (entry !== null && (item.kind === 'metadata' || item.kind === 'flat-ref'))
      going.set(entry.path, entry);
  }
  if (going.size === 0) return store;
  const isGoing = (entry: StoreEntry) => {
    const victim = going.get(entry.path);
    return (
      victim !== undefined &&
      victim.ino === entry.ino &&
      victim.dev === entry.dev &&
      victim.mtimeMs === entry.mtimeMs
    );
  };
  const entries = store.entries.filter((entry) => !isGoing(entry));
  const keys = new Set<string>();
  const digests = new Set<string>();
  for (const { what } of entries) {
    if (what.kind === 'metadata') keys.add(what.key);
    else if (what.kind === 'flat-ref') digests.add(what.manifestDigest);
  }
  return {
    ...store,
    entries,
    metadata: store.metadata.filter((file) => keys.has(file.key)),
    flatRefs: store.flatRefs.filter((file) => digests.has(file.manifestDigest)),
  };
}

/**
 * Tells whether nothing has come that could keep a file: no lock is held but ours, and metadata, flat disk records
 * and snapshots are those of the plan, less what goes. Relies on a reader that gives the same objects for what has
 * not changed.
 */
export class Unchanged {
  readonly #snapshots: string;
  readonly #staying: number;
  readonly #known: ReadonlySet<StoreEntry>;
  readonly #contents: ReadonlySet<object>;
  readonly #victims: ReadonlySet<StoreEntry>;
  /** Nothing among these came: they are the same list as long as no folder that was looked at has changed. */
  #heldFor: readonly StoreEntry[] | null = null;

  constructor(planned: StoreSnapshot, victims: readonly Step[]) {
    this.#snapshots = JSON.stringify(planned.snapshots);
    this.#known = new Set(planned.entries.filter(isKeeping));
    this.#contents = new Set([...planned.metadata, ...planned.flatRefs]);
    const paths = new Set<string>();
    for (const { entry } of victims) if (entry !== null && isKeeping(entry)) paths.add(entry.path);
    this.#victims = new Set([...this.#known].filter((entry) => paths.has(entry.path)));
    this.#staying = this.#known.size - this.#victims.size;
  }

  holds(now: StoreSnapshot, ownLocks: ReadonlySet<string>): boolean {
    if (now.unreadable.length > 0 || now.locks.held.some((file) => !ownLocks.has(file))) return false;
    if (JSON.stringify(now.snapshots) !== this.#snapshots) return false;
    if (now.entries === this.#heldFor) return true;
    if (![...now.metadata, ...now.flatRefs].every((file) => this.#contents.has(file))) return false;
    let staying = 0;
    for (const entry of now.entries) {
      if (!isKeeping(entry)) continue;
      if (!this.#known.has(entry)) return false;
      if (!this.#victims.has(entry)) staying += 1;
    }
    if (staying !== this.#staying) return false;
    this.#heldFor = now.entries;
    return true;
  }
}

function isKeeping(entry: StoreEntry): boolean {
  return entry.what.kind === 'metadata' || entry.what.kind === 'flat-ref';
}

/**
 * Why a file that was planned to go must stay after all: somebody came to need it. Null when nobody did.
 *
 * @param saysManifest Which manifest a metadata file names; null when it is not what msb writes.
 */
export function wantedNow(
  inventory: Inventory,
  what: StoreKind,
  saysManifest: () => string | null,
): string | null {
  if (inventory.inFlight.length > 0) return 'msb started a pull, load or save meanwhile';
  const everything = whatMayNeedIt(inventory);
  switch (what.kind) {
    case 'layer': {
      const layer = inventory.layers.get(what.diffId);
      if (layer === undefined) return everything;
      const isNeeded =
        layer.manifests.length > 0 || layer.metadata.length > 0 || layer.unknownHolders.length > 0;
      return isNeeded || layer.row !== null ? 'an image came to need it meanwhile' : everything;
    }
    case 'fsmeta':
    case 'vmdk':
    case 'flat-ref':
      return isWanted(inventory.manifests.get(what.manifestDigest))
        ? 'its image came back meanwhile'
        : everything;
    case 'metadata':
      return inventory.metadata.has(what.key) || isListed(inventory, what.key, saysManifest)
        ? 'its image was pulled again meanwhile'
        : everything;
    case 'flat-disk':
      return inventory.flatDiskNames.has(what.artifactDigest)
        ? 'a flat disk record came to need it meanwhile'
        : everything;
    default:
      return null;
  }
}

/** Metadata of another manifest than the row's is not what the reference that came back needs. */
function isListed(inventory: Inventory, key: string, saysManifest: () => string | null): boolean {
  const digests = digestsByKey(inventory).get(key);
  const said = digests === undefined ? null : saysManifest();
  return said !== null && digests!.has(said);
}

const knownDigests = new WeakMap<Inventory, ReadonlyMap<string, ReadonlySet<string>>>();

/** The manifests of the listed references, by the keys of the metadata they should have. */
function digestsByKey(inventory: Inventory): ReadonlyMap<string, ReadonlySet<string>> {
  const known = knownDigests.get(inventory);
  if (known !== undefined) return known;
  const digests = new Map<string, Set<string>>();
  for (const { row, manifest } of inventory.references) {
    const key = referenceKey(row.reference);
    if (key !== null) digests.set(key, (digests.get(key) ?? new Set()).add(manifest.digest));
  }
  knownDigests.set(inventory, digests);
  return digests;
}

function whatMayNeedIt({ holdingEverything, unreadable }: Inventory): string | null {
  if (holdingEverything.length > 0) return 'a holder that cannot be read may need it';
  return unreadable.length > 0 ? 'something in the cache that cannot be read any more may need it' : null;
}

function isWanted(manifest: ManifestNode | undefined): boolean {
  return (
    manifest !== undefined &&
    (manifest.row !== null || manifest.metadata.length > 0 || manifest.holders.length > 0)
  );
}

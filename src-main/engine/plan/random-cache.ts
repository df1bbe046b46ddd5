import fc from 'fast-check';
import type { DatabaseSnapshot } from '../database/rows.ts';
import { type Inventory, joinInventory } from '../inventory/inventory.ts';
import type { FlatRefFile, MetadataFile, StoreEntry, StoreKind, StoreSnapshot } from '../store/entries.ts';

/**
 * Random caches for the planner's property tests: a handful of manifests and layers, so that sharing, dangling,
 * holding and being orphaned all happen at once. Digests are short words; the planner does not care.
 */
export interface RandomCache {
  readonly database: DatabaseSnapshot;
  readonly store: StoreSnapshot;
  /** Metadata key of a reference: several references may have the same. */
  readonly keys: Readonly<Record<string, string>>;
  /** Layers that VMDK descriptors name, by manifest digest. */
  readonly descriptors: Readonly<Record<string, readonly string[]>>;
}

export const NOW_MS = Date.parse('2026-06-01T00:00:00Z');
export const GRACE_MS = 600_000;

export function inventoryOf(cache: RandomCache): Inventory {
  return joinInventory(cache.database, cache.store, {
    nowMs: NOW_MS,
    graceMs: GRACE_MS,
    referenceKey: (reference) => cache.keys[reference] ?? null,
    layersOfVmdk: (digest) => cache.descriptors[digest] ?? null,
  });
}

const MANIFESTS = ['m0', 'm1', 'm2', 'm3', 'm4'] as const;
const LAYERS = ['l0', 'l1', 'l2', 'l3', 'l4', 'l5', 'l6'] as const;
const KEYS = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5'] as const;
const REFERENCES = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'] as const;
const DISKS = ['a0', 'a1', 'a2'] as const;

const manifest = fc.constantFrom(...MANIFESTS);
const someLayers = fc.uniqueArray(fc.constantFrom(...LAYERS), { maxLength: 4 });
/** Mostly old, so that most garbage is collectable. */
const isYoung = fc.oneof(
  { weight: 5, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);
const rarely = fc.oneof(
  { weight: 12, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);
const file = fc.record({ isYoung, blocks: fc.integer({ min: 0, max: 50 }) });

function subsetOf<T>(values: readonly T[]): fc.Arbitrary<T[]> {
  return fc.subarray([...values]);
}

function filesFor<T extends string>(names: readonly T[]) {
  return subsetOf(names).chain((chosen) =>
    fc.tuple(...chosen.map((name) => fc.tuple(fc.constant(name), file))),
  );
}

const contents = fc.record({
  manifestRows: subsetOf(MANIFESTS),
  links: fc.record(Object.fromEntries(MANIFESTS.map((name) => [name, someLayers]))),
  extraLayerRows: subsetOf(LAYERS),
  references: subsetOf(REFERENCES).chain((names) =>
    fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), manifest, fc.constantFrom(...KEYS)))),
  ),
  sandboxes: fc.array(fc.record({ digest: manifest, isReadable: rarely.map((broken) => !broken) }), {
    maxLength: 2,
  }),
  snapshots: fc.array(fc.record({ digest: manifest, isReadable: rarely.map((broken) => !broken) }), {
    maxLength: 1,
  }),
  unknownLayers: rarely,
  layerFiles: filesFor(LAYERS),
  fsmeta: filesFor(MANIFESTS),
  vmdk: filesFor(MANIFESTS),
  flatRefs: filesFor(MANIFESTS),
  flatRefDisks: fc.record(
    Object.fromEntries(MANIFESTS.map((name) => [name, fc.option(fc.constantFrom(...DISKS), { freq: 8 })])),
  ),
  flatDisks: filesFor(DISKS),
  metadata: filesFor(KEYS),
  metadataContent: fc.record(
    Object.fromEntries(
      KEYS.map((name) => [name, fc.option(fc.record({ digest: manifest, layers: someLayers }), { freq: 8 })]),
    ),
  ),
  strays: fc.array(
    fc.record({
      kind: fc.constantFrom('blob', 'download-part', 'spool', 'layer-part', 'unknown', 'layer-lock'),
      file,
    }),
    { maxLength: 4 },
  ),
  isBusy: rarely,
  canProbe: rarely.map((not) => !not),
  linkedLayers: rarely,
});

/** Content addressed as in life: whatever names a manifest digest names the same layers. */
export const randomCache: fc.Arbitrary<RandomCache> = contents.map((random) => {
  const metadataContent = Object.fromEntries(
    Object.entries(random.metadataContent).map(([key, content]) => [
      key,
      content === null ? null : { ...content, layers: random.links[content.digest] ?? [] },
    ]),
  );
  return buildCache({ ...random, metadataContent });
});

/** Where metadata files lie about the layers of the manifest they name. */
export const contradictoryCache: fc.Arbitrary<RandomCache> = contents.map(buildCache);

function buildCache(random: Random): RandomCache {
  const linkedDigests = random.manifestRows.flatMap((name) => random.links[name] ?? []);
  const layerRows = [...new Set([...linkedDigests, ...random.extraLayerRows])];
  const manifestId = (digest: string) => MANIFESTS.indexOf(digest as (typeof MANIFESTS)[number]) + 1;
  const layerId = (diffId: string) => LAYERS.indexOf(diffId as (typeof LAYERS)[number]) + 1;
  const references = random.references.filter(([, digest]) => random.manifestRows.includes(digest));
  const database: DatabaseSnapshot = {
    migrations: [],
    references: references.map(([name, digest], index) => ({
      id: index + 1,
      reference: name,
      manifestId: manifestId(digest),
      createdAt: null,
      updatedAt: null,
    })),
    manifests: random.manifestRows.map((digest) => ({
      id: manifestId(digest),
      digest,
      configDigest: null,
      architecture: null,
      os: null,
      variant: null,
      layerCount: random.links[digest]?.length ?? 0,
      totalSizeBytes: null,
      createdAt: null,
    })),
    layers: layerRows.map((diffId) => ({
      id: layerId(diffId),
      diffId,
      blobDigest: `b-${diffId}`,
      mediaType: null,
      compressedSizeBytes: null,
      createdAt: null,
      lastUsedAt: null,
    })),
    links: random.manifestRows.flatMap((digest) =>
      (random.links[digest] ?? []).map((diffId, position) => ({
        manifestId: manifestId(digest),
        layerId: layerId(diffId),
        position,
      })),
    ),
    sandboxes: random.sandboxes.map(({ digest, isReadable }, index) => ({
      id: index + 1,
      name: `s${index}`,
      status: 'Stopped',
      manifestDigests: isReadable ? [digest] : [],
      rootfsManifestIds: [],
      isReadable,
      runningPids: [],
    })),
    snapshots: random.snapshots.map(({ digest, isReadable }, index) => ({
      digest: `d${index}`,
      name: `n${index}`,
      group: null,
      imageReference: null,
      imageManifestDigest: isReadable ? digest : null,
      artifactPath: `/snapshots/n${index}`,
    })),
    unknownHolders:
      random.unknownLayers && layerRows.length > 0
        ? [{ table: 'later', parent: 'layer', parentIds: [layerId(layerRows[0]!)] }]
        : [],
    installLeaseExpiresAt: null,
    damagedRows: [],
  };
  return {
    database,
    store: storeOf(random),
    keys: Object.fromEntries(references.map(([name, , key]) => [name, key])),
    descriptors: Object.fromEntries(random.vmdk.map(([digest]) => [digest, random.links[digest] ?? []])),
  };
}

type Random = typeof contents extends fc.Arbitrary<infer T> ? T : never;

function storeOf(random: Random): StoreSnapshot {
  let inode = 0;
  const entry = (
    path: string,
    what: StoreKind,
    { isYoung, blocks }: { isYoung: boolean; blocks: number },
  ): StoreEntry => {
    inode += 1;
    return {
      path,
      what,
      type: 'file',
      logicalBytes: blocks * 512,
      allocatedBytes: blocks * 512,
      files: 1,
      mtimeMs: NOW_MS - (isYoung ? GRACE_MS / 2 : GRACE_MS * 2),
      dev: '1',
      ino: `${inode}`,
      linkCount: 1,
      erofs: null,
    };
  };
  const layers = random.layerFiles.map(([diffId, is]) =>
    entry(`layers/${diffId}`, { kind: 'layer', diffId }, is),
  );
  const linked = random.linkedLayers && layers.length > 1 ? shareInode(layers) : layers;
  const entries: StoreEntry[] = [
    ...linked,
    ...random.fsmeta.map(([manifestDigest, is]) =>
      entry(`fsmeta/${manifestDigest}`, { kind: 'fsmeta', manifestDigest }, is),
    ),
    ...random.vmdk.map(([manifestDigest, is]) =>
      entry(`vmdk/${manifestDigest}`, { kind: 'vmdk', manifestDigest }, is),
    ),
    ...random.flatRefs.map(([manifestDigest, is]) =>
      entry(`flat/refs/${manifestDigest}`, { kind: 'flat-ref', manifestDigest }, is),
    ),
    ...random.flatDisks.map(([artifactDigest, is]) =>
      entry(`flat/blobs/${artifactDigest}`, { kind: 'flat-disk', artifactDigest }, is),
    ),
    ...random.metadata.map(([key, is]) => entry(`manifests/${key}.json`, { kind: 'metadata', key }, is)),
    ...random.strays.map((stray, index) => entry(`tmp/${index}`, strayKind(stray.kind), stray.file)),
  ];
  const metadata: MetadataFile[] = random.metadata.map(([key]) => {
    const content = random.metadataContent[key] ?? null;
    return {
      key,
      content:
        content === null
          ? null
          : {
              manifestDigest: content.digest,
              configDigest: 'c',
              layers: content.layers.map((diffId) => ({ diffId, blobDigest: `b-${diffId}` })),
              hasRawConfig: false,
              platform: null,
            },
    };
  });
  const flatRefs: FlatRefFile[] = random.flatRefs.map(([manifestDigest]) => ({
    manifestDigest,
    artifactDigest: random.flatRefDisks[manifestDigest] ?? null,
    lengthBytes: null,
  }));
  return {
    exists: true,
    entries,
    metadata,
    flatRefs,
    snapshots: [],
    locks: { canProbe: random.canProbe, held: random.isBusy ? ['manifests/x.lock'] : [] },
    unreadable: [],
  };
}

/** The first two names become links of one inode. */
function shareInode(entries: readonly StoreEntry[]): readonly StoreEntry[] {
  const [first, second, ...rest] = entries;
  const shared = {
    ino: first!.ino,
    linkCount: 2,
    allocatedBytes: first!.allocatedBytes,
    logicalBytes: first!.logicalBytes,
  };
  return [{ ...first!, ...shared }, { ...second!, ...shared }, ...rest];
}

function strayKind(kind: string): StoreKind {
  switch (kind) {
    case 'blob':
    case 'download-part':
      return { kind, blobDigest: 'b' };
    case 'spool':
    case 'layer-part':
    case 'layer-lock':
      return { kind, diffId: 'l0' };
    default:
      return { kind: 'unknown' };
  }
}

/** The cache as it is once some rows (`table:id`) and files (paths) are gone; foreign keys cascade as in SQLite. */
export function without(
  cache: RandomCache,
  rows: ReadonlySet<string>,
  files: ReadonlySet<string>,
): RandomCache {
  const { database, store } = cache;
  const manifests = database.manifests.filter((row) => !rows.has(`manifest:${row.id}`));
  const alive = new Set(manifests.map((row) => row.id));
  const entries = store.entries.filter((entry) => !files.has(entry.path));
  const paths = new Set(entries.map((entry) => entry.path));
  return {
    ...cache,
    database: {
      ...database,
      manifests,
      references: database.references.filter((row) => !rows.has(`image_ref:${row.id}`)),
      layers: database.layers.filter((row) => !rows.has(`layer:${row.id}`)),
      links: database.links.filter((link) => alive.has(link.manifestId)),
    },
    store: {
      ...store,
      entries,
      metadata: store.metadata.filter((file) => paths.has(`manifests/${file.key}.json`)),
      flatRefs: store.flatRefs.filter((file) => paths.has(`flat/refs/${file.manifestDigest}`)),
    },
    descriptors: Object.fromEntries(
      Object.entries(cache.descriptors).filter(([digest]) => paths.has(`vmdk/${digest}`)),
    ),
  };
}

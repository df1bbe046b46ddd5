import { describe, expect, it } from 'vitest';
import type { PlanAction, PrunePolicy } from '../../../src-shared/domain/plan.ts';
import type { CacheError } from '../../../src-shared/ipc/cache-error.ts';
import type { DatabaseSnapshot, SandboxRow } from '../database/rows.ts';
import { CacheFailure } from '../failure.ts';
import { type Inventory, joinInventory } from '../inventory/inventory.ts';
import type { StoreEntry, StoreKind, StoreSnapshot } from '../store/entries.ts';
import { planAction } from './plan.ts';

const NOW_MS = Date.parse('2026-06-30T00:00:00Z');
const DAY = 86_400_000;
const GRACE_MS = 600_000;

/** One image per key: its layers base first, the days since it was last used, and what its files are called. */
interface Drawing {
  readonly images: Readonly<Record<string, readonly string[]>>;
  /** Reference → digest, where several references name one image or an image has none. */
  readonly references?: Readonly<Record<string, string>>;
  readonly unusedDays?: Readonly<Record<string, number>>;
  /** Sandbox name → manifest digest, or null for a configuration that cannot be read. */
  readonly sandboxes?: Readonly<Record<string, string | null>>;
  readonly strays?: readonly (readonly [StoreKind, number?])[];
  readonly held?: readonly string[];
  readonly canProbe?: boolean;
}

/** Every layer file has 1000 bytes, every fsmeta 100, every VMDK 10, every metadata file 1. */
function draw(drawing: Drawing): Inventory {
  const digests = Object.keys(drawing.images);
  const layers = [...new Set(Object.values(drawing.images).flat())];
  const references = Object.entries(
    drawing.references ?? Object.fromEntries(digests.map((name) => [name, name])),
  );
  const usedAt = (name: string) => new Date(NOW_MS - (drawing.unusedDays?.[name] ?? 100) * DAY).toISOString();
  const entries: StoreEntry[] = [
    ...layers.map((diffId) => file({ kind: 'layer', diffId }, 1000)),
    ...digests.map((manifestDigest) => file({ kind: 'fsmeta', manifestDigest }, 100)),
    ...digests.map((manifestDigest) => file({ kind: 'vmdk', manifestDigest }, 10)),
    ...references.map(([key]) => file({ kind: 'metadata', key }, 1)),
    ...(drawing.strays ?? []).map(([what, ageMs]) => file(what, 5, ageMs)),
  ];
  const database: DatabaseSnapshot = {
    migrations: [],
    references: references.map(([reference, digest], index) => ({
      id: index + 1,
      reference,
      manifestId: digests.indexOf(digest) + 1,
      createdAt: usedAt(reference),
      updatedAt: usedAt(reference),
    })),
    manifests: digests.map((digest, index) => ({
      id: index + 1,
      digest,
      configDigest: null,
      architecture: null,
      os: null,
      variant: null,
      layerCount: drawing.images[digest]!.length,
      totalSizeBytes: null,
      createdAt: null,
    })),
    layers: layers.map((diffId, index) => ({
      id: index + 1,
      diffId,
      blobDigest: diffId,
      mediaType: null,
      compressedSizeBytes: null,
      createdAt: null,
      lastUsedAt: null,
    })),
    links: digests.flatMap((digest, index) =>
      drawing.images[digest]!.map((diffId, position) => ({
        manifestId: index + 1,
        layerId: layers.indexOf(diffId) + 1,
        position,
      })),
    ),
    sandboxes: Object.entries(drawing.sandboxes ?? {}).map(([name, digest], index) =>
      sandbox(index + 1, name, digest),
    ),
    snapshots: [],
    unknownHolders: [],
    installLeaseExpiresAt: null,
    damagedRows: [],
  };
  const store: StoreSnapshot = {
    exists: true,
    entries,
    metadata: references.map(([key, digest]) => ({
      key,
      content: {
        manifestDigest: digest,
        configDigest: '',
        layers: drawing.images[digest]!.map((diffId) => ({ diffId, blobDigest: diffId })),
        hasRawConfig: true,
        platform: null,
      },
    })),
    flatRefs: [],
    snapshots: [],
    locks: { canProbe: drawing.canProbe ?? true, held: drawing.held ?? [] },
    unreadable: [],
  };
  return joinInventory(database, store, {
    nowMs: NOW_MS,
    graceMs: GRACE_MS,
    referenceKey: (reference) => reference,
    layersOfVmdk: () => null,
  });
}

let inode = 0;

function file(what: StoreKind, bytes: number, ageMs = 30 * DAY): StoreEntry {
  inode += 1;
  const name =
    'diffId' in what
      ? what.diffId
      : 'manifestDigest' in what
        ? what.manifestDigest
        : 'key' in what
          ? what.key
          : `${inode}`;
  return {
    path: `${what.kind}/${name}`,
    what,
    type: 'file',
    logicalBytes: bytes,
    allocatedBytes: bytes,
    files: 1,
    mtimeMs: NOW_MS - ageMs,
    dev: '1',
    ino: `${inode}`,
    linkCount: 1,
    erofs: null,
  };
}

function sandbox(id: number, name: string, digest: string | null): SandboxRow {
  return {
    id,
    name,
    status: 'Stopped',
    manifestDigests: digest === null ? [] : [digest],
    rootfsManifestIds: [],
    isReadable: digest !== null,
    runningPids: [],
  };
}

/** `kind name` of every line, as a person would read the list. */
function removed(inventory: Inventory, action: PlanAction): readonly string[] {
  return planAction(inventory, action).steps.map(({ item }) => `${item.kind} ${item.name}`);
}

function failure(act: () => unknown): CacheError {
  try {
    act();
  } catch (error) {
    if (error instanceof CacheFailure) return error.error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const remove = (reference: string, force = false): PlanAction => ({ kind: 'remove', reference, force });
const prune = (policy: PrunePolicy): PlanAction => ({ kind: 'prune', policy });

describe('removing an image', () => {
  it('takes its rows, its files and every layer nothing else needs', () => {
    const inventory = draw({ images: { python: ['base', 'py'] } });
    expect(removed(inventory, remove('python'))).toEqual([
      'reference python',
      'manifest python',
      'layer base',
      'layer py',
      'fsmeta fsmeta/python',
      'vmdk vmdk/python',
      'metadata metadata/python',
    ]);
    expect(planAction(inventory, remove('python')).bytes).toBe(2111);
  });

  it('keeps a layer another image needs and says which', () => {
    const inventory = draw({ images: { python: ['base', 'py'], node: ['base', 'js'] } });
    const draft = planAction(inventory, remove('python'));
    expect(draft.steps.map((step) => step.item.name)).not.toContain('base');
    expect(draft.kept).toContainEqual({
      kind: 'layer',
      name: 'base',
      reason: 'used by node',
      allocatedBytes: 1000,
    });
  });

  it('takes only the name while another tag has the same digest', () => {
    const inventory = draw({ images: { python: ['base'] }, references: { '3.12': 'python', '3': 'python' } });
    const draft = planAction(inventory, remove('3.12'));
    expect(draft.steps.map(({ item }) => item.kind)).toEqual(['reference', 'metadata']);
    expect(draft.bytes).toBe(1);
  });

  it('is refused with the sandbox by name while one needs the image', () => {
    const inventory = draw({ images: { python: ['base'] }, sandboxes: { 'agent-7': 'python' } });
    expect(failure(() => planAction(inventory, remove('python')))).toMatchObject({
      code: 'in-use',
      reference: 'python',
      holders: [{ kind: 'sandbox', name: 'agent-7', status: 'Stopped' }],
    });
  });

  it('takes the name alone by force, and leaves what the sandbox needs', () => {
    const inventory = draw({ images: { python: ['base'] }, sandboxes: { 'agent-7': 'python' } });
    expect(removed(inventory, remove('python', true))).toEqual(['reference python']);
  });

  it('is refused for every image while a sandbox cannot be read', () => {
    const inventory = draw({ images: { python: ['base'], node: ['js'] }, sandboxes: { broken: null } });
    expect(failure(() => planAction(inventory, remove('node')))).toMatchObject({
      code: 'in-use',
      reference: 'node',
    });
  });

  it('takes the name and leaves the files while msb is at work', () => {
    const inventory = draw({ images: { python: ['base'] }, held: ['manifests/x.lock'] });
    expect(removed(inventory, remove('python'))).toEqual(['reference python']);
  });

  it('says not found for a reference spelled otherwise than it was stored', () => {
    const inventory = draw({ images: { python: ['base'] } });
    expect(failure(() => planAction(inventory, remove('docker.io/library/python:latest')))).toMatchObject({
      code: 'not-found',
      what: 'image',
    });
  });
});

describe('collecting garbage', () => {
  it('takes a manifest no reference names with its files, and no image', () => {
    const inventory = draw({
      images: { old: ['base', 'one'], new: ['base', 'two'] },
      references: { python: 'new' },
    });
    expect(removed(inventory, { kind: 'gc' })).toEqual([
      'manifest old',
      'layer one',
      'fsmeta fsmeta/old',
      'vmdk vmdk/old',
    ]);
  });

  it('keeps a manifest no reference names while a sandbox needs it', () => {
    const inventory = draw({ images: { old: ['one'] }, references: {}, sandboxes: { scratch: 'old' } });
    const draft = planAction(inventory, { kind: 'gc' });
    expect(draft.steps).toEqual([]);
    expect(draft.kept).toContainEqual({
      kind: 'manifest',
      name: 'old',
      reason: 'held by scratch (stopped)',
      allocatedBytes: 0,
    });
  });

  it('takes what interrupted pulls left once it is older than the grace period', () => {
    const strays: Drawing['strays'] = [
      [{ kind: 'blob', blobDigest: 'b' }],
      [{ kind: 'spool', diffId: 's' }, GRACE_MS],
      [{ kind: 'work', digest: 'w' }, GRACE_MS - 1],
      [{ kind: 'layer', diffId: 'unlisted' }],
      [{ kind: 'layer', diffId: 'arriving' }, 1000],
    ];
    const names = removed(draw({ images: {}, strays }), { kind: 'gc' });
    expect(names.map((name) => name.split(' ')[0])).toEqual(['layer', 'download', 'spool']);
    expect(names).toContain('layer unlisted');
  });

  it('never takes locks, unknown files or the loads of a living process', () => {
    const strays: Drawing['strays'] = [
      [{ kind: 'layer-lock', diffId: 'l' }],
      [{ kind: 'unknown' }],
      [{ kind: 'transfer', pid: 1, isAlive: true }],
    ];
    expect(removed(draw({ images: {}, strays }), { kind: 'gc' })).toEqual([]);
  });

  it('takes only what rows prove where locks cannot be probed', () => {
    const inventory = draw({
      images: { old: ['one'] },
      references: {},
      strays: [[{ kind: 'layer', diffId: 'unlisted' }], [{ kind: 'blob', blobDigest: 'b' }]],
      canProbe: false,
    });
    expect(removed(inventory, { kind: 'gc' })).toEqual([
      'manifest old',
      'layer one',
      'fsmeta fsmeta/old',
      'vmdk vmdk/old',
    ]);
  });

  it('leaves everything but downloads alone while a holder cannot be read, also what is set aside', () => {
    const inventory = draw({
      images: { old: ['one'] },
      references: {},
      sandboxes: { broken: null },
      strays: [[{ kind: 'blob', blobDigest: 'b' }], [{ kind: 'leftover' }]],
    });
    expect(removed(inventory, { kind: 'gc' }).map((name) => name.split(' ')[0])).toEqual(['download']);
  });
});

describe('collecting orphaned layers', () => {
  it('takes layer files no row names and leaves a dangling manifest its layers', () => {
    const inventory = draw({
      images: { old: ['one'] },
      references: {},
      strays: [[{ kind: 'layer', diffId: 'lost' }]],
    });
    expect(removed(inventory, { kind: 'gcLayers' })).toEqual(['layer lost']);
  });
});

describe('pruning by rule', () => {
  const images = { a: ['base', 'a1'], b: ['base', 'b1'], c: ['c1'] };
  const references = { 'acme/app:1': 'a', 'acme/app:2': 'b', 'acme/tool:1': 'c' };
  const unusedDays = { 'acme/app:1': 30, 'acme/app:2': 10, 'acme/tool:1': 20 };
  const goes = (policy: PrunePolicy) =>
    removed(draw({ images, references, unusedDays }), prune(policy)).filter((name) =>
      name.startsWith('reference'),
    );

  it('takes every image nothing holds when no rule is given', () => {
    expect(goes({})).toHaveLength(3);
  });

  it('keeps images used within the days given', () => {
    expect(goes({ unusedForDays: 15 })).toEqual(['reference acme/tool:1', 'reference acme/app:1']);
  });

  it('keeps the newest tags of each repository', () => {
    expect(goes({ keepNewestPerRepository: 1 })).toEqual(['reference acme/app:1']);
  });

  it('keeps pinned images', () => {
    expect(goes({ pinned: ['acme/app:1', 'acme/tool:1'] })).toEqual(['reference acme/app:2']);
  });

  it('keeps what was pulled within the hours given', () => {
    expect(goes({ keepPulledWithinHours: 24 * 25 })).toEqual(['reference acme/app:1']);
  });

  it('stops once enough comes free, knowing that a shared layer needs its last owner to go', () => {
    expect(goes({ freeAtLeastBytes: 1500 })).toEqual(['reference acme/tool:1', 'reference acme/app:1']);
    expect(goes({ freeAtLeastBytes: 1 })).toEqual(['reference acme/app:1']);
    expect(goes({ cacheUnderBytes: 0 })).toHaveLength(3);
  });
});

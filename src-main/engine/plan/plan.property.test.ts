import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanAction } from '../../../src-shared/domain/plan.ts';
import { freedIfRemoved } from './ownership.ts';
import { type Draft, planAction } from './plan.ts';
import {
  contradictoryCache,
  GRACE_MS,
  inventoryOf,
  NOW_MS,
  type RandomCache,
  randomCache,
  without,
} from './random-cache.ts';

const RUNS = { numRuns: 3000 };

const anyAction: fc.Arbitrary<PlanAction> = fc.oneof(
  fc.constant<PlanAction>({ kind: 'gc' }),
  fc.constant<PlanAction>({ kind: 'gcLayers' }),
  fc.constant<PlanAction>({ kind: 'prune', policy: {} }),
  fc
    .subarray(['r0', 'r1', 'r2', 'r3', 'r4', 'r5'], { minLength: 1 })
    .map((references): PlanAction => ({ kind: 'remove', references, force: true })),
);

/** Only references the cache has; an empty choice becomes gc. */
function fitting(action: PlanAction, cache: RandomCache): PlanAction {
  if (action.kind !== 'remove' || !('references' in action)) return action;
  const known = new Set(cache.database.references.map((row) => row.reference));
  const references = action.references.filter((reference) => known.has(reference));
  return references.length === 0 ? { kind: 'gc' } : { ...action, references };
}

function rowsOf(draft: Draft): ReadonlySet<string> {
  return new Set(draft.steps.flatMap(({ row }) => (row === null ? [] : [`${row.table}:${row.id}`])));
}

function filesOf(draft: Draft): ReadonlySet<string> {
  return new Set(draft.steps.flatMap(({ entry }) => (entry === null ? [] : [entry.path])));
}

/** Digests something needs beside references, by the rules as a person would say them; null for everything. */
function heldDigests(cache: RandomCache): ReadonlySet<string> | null {
  const { sandboxes, snapshots } = cache.database;
  if (sandboxes.some((row) => !row.isReadable)) return null;
  if (snapshots.some((row) => row.imageManifestDigest === null)) return null;
  return new Set([
    ...sandboxes.flatMap((row) => row.manifestDigests),
    ...snapshots.map((row) => row.imageManifestDigest!),
  ]);
}

/** Layers of a manifest by every account: rows, metadata, descriptor. */
function layersOf(cache: RandomCache, digest: string): ReadonlySet<string> {
  const row = cache.database.manifests.find((manifest) => manifest.digest === digest);
  const ids = cache.database.links.filter((link) => link.manifestId === row?.id).map((link) => link.layerId);
  const linked = cache.database.layers.filter((layer) => ids.includes(layer.id)).map((layer) => layer.diffId);
  const named = cache.store.metadata.flatMap(({ content }) =>
    content?.manifestDigest === digest ? content.layers.map((layer) => layer.diffId) : [],
  );
  return new Set([...linked, ...named, ...(cache.descriptors[digest] ?? [])]);
}

/** What must be there for an image of this digest to start. */
function needsOf(cache: RandomCache, digest: string): readonly string[] {
  return [
    `fsmeta/${digest}`,
    `vmdk/${digest}`,
    `flat/refs/${digest}`,
    ...[...layersOf(cache, digest)].map((diffId) => `layers/${diffId}`),
  ];
}

describe('the planner, on random caches', () => {
  it('never takes a file or row that a holder reaches', () => {
    fc.assert(
      fc.property(fc.oneof(randomCache, contradictoryCache), anyAction, (cache, action) => {
        const draft = planAction(inventoryOf(cache), fitting(action, cache));
        const held = heldDigests(cache);
        const digests = held ?? new Set(cache.database.manifests.map((row) => row.digest));
        for (const digest of digests) {
          for (const needed of needsOf(cache, digest)) expect(filesOf(draft)).not.toContain(needed);
          const row = cache.database.manifests.find((manifest) => manifest.digest === digest);
          if (row !== undefined) expect(rowsOf(draft)).not.toContain(`manifest:${row.id}`);
        }
        for (const rows of cache.database.unknownHolders) {
          for (const id of rows.parentIds ?? []) expect(rowsOf(draft)).not.toContain(`layer:${id}`);
        }
      }),
      RUNS,
    );
  });

  it('never takes what a reference that stays needs', () => {
    fc.assert(
      fc.property(randomCache, anyAction, (cache, action) => {
        const draft = planAction(inventoryOf(cache), fitting(action, cache));
        const files = filesOf(draft);
        for (const row of cache.database.references) {
          if (rowsOf(draft).has(`image_ref:${row.id}`)) continue;
          const digest = cache.database.manifests.find((manifest) => manifest.id === row.manifestId)!.digest;
          for (const needed of needsOf(cache, digest)) expect(files).not.toContain(needed);
          expect(files).not.toContain(`manifests/${cache.keys[row.reference]}.json`);
        }
      }),
      RUNS,
    );
  });

  it('takes no file while msb is at work, and none that is young and unknown to the rows', () => {
    fc.assert(
      fc.property(randomCache, anyAction, (cache, action) => {
        const draft = planAction(inventoryOf(cache), fitting(action, cache));
        const taken = draft.steps.filter((step) => step.entry !== null);
        if (cache.store.locks.held.length > 0) expect(taken).toEqual([]);
        const rows = new Set(cache.database.layers.map((row) => row.diffId));
        for (const { entry } of taken) {
          if (entry!.what.kind !== 'layer' || rows.has(entry!.what.diffId)) continue;
          expect(NOW_MS - entry!.mtimeMs).toBeGreaterThanOrEqual(GRACE_MS);
          expect(cache.store.locks.canProbe).toBe(true);
        }
        expect(taken.map((step) => step.entry!.what.kind)).not.toContain('unknown');
        expect(taken.map((step) => step.entry!.what.kind)).not.toContain('layer-lock');
      }),
      RUNS,
    );
  });

  it('takes everything unreachable that is not in flight: what stays after gc is needed by somebody', () => {
    fc.assert(
      fc.property(randomCache, (cache) => {
        fc.pre(
          cache.store.locks.held.length === 0 && cache.store.locks.canProbe && heldDigests(cache) !== null,
        );
        const inventory = inventoryOf(cache);
        fc.pre(inventory.holdingEverything.length === 0);
        const draft = planAction(inventory, { kind: 'gc' });
        const after = without(cache, rowsOf(draft), filesOf(draft));
        const held = heldDigests(cache)!;
        const isYoung = (mtimeMs: number) => NOW_MS - mtimeMs < GRACE_MS;
        const keys = new Set(after.database.references.map((row) => cache.keys[row.reference]));
        const roots = new Set([
          ...held,
          ...after.database.references.map(
            (row) => cache.database.manifests.find((manifest) => manifest.id === row.manifestId)!.digest,
          ),
          ...after.store.metadata.flatMap((file) =>
            file.content === null ? [] : [file.content.manifestDigest],
          ),
        ]);
        const needed = new Set([
          ...[...roots].flatMap((digest) => needsOf(cache, digest)),
          ...after.store.metadata.flatMap(
            ({ content }) => content?.layers.map((layer) => `layers/${layer.diffId}`) ?? [],
          ),
        ]);
        const pinnedLayers = new Set(cache.database.unknownHolders.flatMap((rows) => rows.parentIds ?? []));
        for (const entry of after.store.entries) {
          if (isYoung(entry.mtimeMs)) continue;
          if (entry.what.kind === 'layer') {
            const { diffId } = entry.what;
            const row = cache.database.layers.find((layer) => layer.diffId === diffId);
            if (row !== undefined && pinnedLayers.has(row.id)) continue;
            // A dangling manifest stays while young metadata announces it, and keeps its layers.
            if (after.database.manifests.some((kept) => layersOf(after, kept.digest).has(diffId))) continue;
            expect(needed).toContain(entry.path);
          } else if (entry.what.kind === 'fsmeta' || entry.what.kind === 'vmdk') {
            expect(needed).toContain(entry.path);
          } else if (entry.what.kind === 'metadata') {
            const { key } = entry.what;
            const digest = cache.store.metadata.find((file) => file.key === key)?.content?.manifestDigest;
            expect(keys.has(key) || held.has(digest ?? '')).toBe(true);
          }
          expect(['blob', 'download-part', 'spool', 'layer-part']).not.toContain(entry.what.kind);
        }
      }),
      RUNS,
    );
  });

  it('has nothing left to do once it was done', () => {
    fc.assert(
      fc.property(randomCache, anyAction, (cache, anAction) => {
        const action = fitting(anAction, cache);
        const draft = planAction(inventoryOf(cache), action);
        const after = without(cache, rowsOf(draft), filesOf(draft));
        const again: PlanAction = action.kind === 'remove' ? { kind: 'gcLayers' } : action;
        const left = planAction(inventoryOf(after), again).steps.map((step) => step.item.name);
        const before = planAction(inventoryOf(cache), again).steps.map((step) => step.item.name);
        if (action.kind === 'remove') {
          // Removing an image must not leave orphaned layers behind that were not there before.
          const isBusy = cache.store.locks.held.length > 0;
          // Metadata that had moved on to another image than the row: that image's layers are for gc.
          const moved = new Set(
            cache.store.metadata.flatMap((file) => file.content?.layers ?? []).map((layer) => layer.diffId),
          );
          const own = new Set(draft.steps.map((step) => step.item.name));
          expect(
            left.filter((name) => !before.includes(name) && !isBusy && !(moved.has(name) && !own.has(name))),
          ).toEqual([]);
        } else {
          expect(left).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('announces exactly the blocks whose last name goes', () => {
    fc.assert(
      fc.property(randomCache, anyAction, (cache, action) => {
        const draft = planAction(inventoryOf(cache), fitting(action, cache));
        const files = filesOf(draft);
        const remaining = new Set(
          cache.store.entries.filter(({ path }) => !files.has(path)).map(({ ino }) => ino),
        );
        const freed = new Map<string, number>();
        for (const entry of cache.store.entries) {
          if (files.has(entry.path) && !remaining.has(entry.ino)) freed.set(entry.ino, entry.allocatedBytes);
        }
        expect(draft.bytes).toBe([...freed.values()].reduce((sum, bytes) => sum + bytes, 0));
        expect(draft.steps.reduce((sum, step) => sum + step.item.allocatedBytes, 0)).toBe(draft.bytes);
      }),
      RUNS,
    );
  });

  it('says of every unheld image beforehand what its removal frees', () => {
    fc.assert(
      fc.property(randomCache, (cache) => {
        const inventory = inventoryOf(cache);
        fc.pre(cache.store.locks.held.length === 0 && inventory.holdingEverything.length === 0);
        fc.pre(cache.store.entries.every((entry) => entry.linkCount === 1));
        for (const reference of inventory.references) {
          if (reference.manifest.holders.length > 0) continue;
          const draft = planAction(inventory, {
            kind: 'remove',
            reference: reference.row.reference,
            force: false,
          });
          // Files without rows may be too young to go, and manifests held without a row keep layers: both are
          // only known to the plan.
          if (draft.kept.some((item) => /too young|held by|about to|probed|cannot be read/.test(item.reason)))
            continue;
          expect(freedIfRemoved(inventory, reference)).toBe(draft.bytes);
        }
      }),
      RUNS,
    );
  });

  it('takes the same whatever order rows and files come in', () => {
    fc.assert(
      fc.property(randomCache, anyAction, (cache, anAction) => {
        const action = fitting(anAction, cache);
        const reversed: RandomCache = {
          ...cache,
          database: {
            ...cache.database,
            references: cache.database.references.toReversed(),
            manifests: cache.database.manifests.toReversed(),
            layers: cache.database.layers.toReversed(),
            links: cache.database.links.toReversed(),
          },
          store: {
            ...cache.store,
            entries: cache.store.entries.toReversed(),
            metadata: cache.store.metadata.toReversed(),
          },
        };
        const one = planAction(inventoryOf(cache), action);
        const two = planAction(inventoryOf(reversed), action);
        expect([...filesOf(two)].toSorted()).toEqual([...filesOf(one)].toSorted());
        expect([...rowsOf(two)].toSorted()).toEqual([...rowsOf(one)].toSorted());
        expect(two.bytes).toBe(one.bytes);
      }),
      RUNS,
    );
  });
});

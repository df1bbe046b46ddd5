import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageRowChanges } from '../database/image-tables.ts';
import type { DatabaseSnapshot } from '../database/rows.ts';
import { contradictoryCache, inventoryOf, type RandomCache, randomCache } from '../plan/random-cache.ts';
import type { StoreEntry, StoreSnapshot } from '../store/entries.ts';
import { withChanges } from './changes.ts';
import type { Inventory, ReferenceNode } from './inventory.ts';

const change = fc.record({
  how: fc.constantFrom('take', 'give', 'replace', 'turn into a folder', 'lock', 'rows', 'row', 'metadata'),
  which: fc.nat(),
  at: fc.nat(),
});

const anyCache = fc.oneof(randomCache, contradictoryCache);

describe('withChanges', () => {
  it('comes to what a join comes to, change after change', () => {
    const kept = new Map<string, number>();
    const history = fc.array(change, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(anyCache, anyCache, history, (start, other, changes) => {
        // Any reference may come to be listed.
        let cache = { ...start, keys: { ...other.keys, ...start.keys } };
        let inventory = inventoryOf(cache);
        for (const { how, which, at } of changes) {
          const next = changedCache(cache, other, how, which, at);
          const fresh = inventoryOf(next);
          const patched = withChanges(inventory, {
            database: next.database,
            rows: next.database === cache.database ? null : changesOf(cache.database, next.database),
            store: next.store,
            nowMs: fresh.nowMs,
            referenceKey: (reference) => next.keys[reference] ?? null,
          });
          if (patched !== null) {
            expect(flat(patched)).toEqual(flat(fresh));
            kept.set(how, (kept.get(how) ?? 0) + 1);
          }
          inventory = patched ?? fresh;
          cache = next;
        }
      }),
      { numRuns: 2000 },
    );
    for (const [how, least] of Object.entries(LEAST_KEPT))
      expect([how, (kept.get(how) ?? 0) > least]).toEqual([how, true]);
  });

  it('leaves to a join what sandboxes and snapshots hold', () => {
    const caches = fc.sample(randomCache, { numRuns: 300, seed: 1 }).filter(isHeld);
    expect(caches.length).toBeGreaterThan(50);
    for (const cache of caches) {
      const database = { ...cache.database, sandboxes: [], snapshots: [] };
      const { store } = cache;
      const rows = changesOf(cache.database, database);
      const now = { database, rows, store, nowMs: 0, referenceKey: () => null };
      expect(withChanges(inventoryOf(cache), now)).toBeNull();
    }
  });
});

/** Of each kind of change, how many at least must not have taken a join: else little was tried. */
const LEAST_KEPT = { take: 500, give: 500, replace: 500, lock: 500, rows: 150, row: 500, metadata: 300 };

function isHeld({ database }: RandomCache): boolean {
  return database.sandboxes.length + database.snapshots.length > 0;
}

function changedCache(
  cache: RandomCache,
  other: RandomCache,
  how: string,
  which: number,
  at: number,
): RandomCache {
  const { database, store } = cache;
  switch (how) {
    case 'rows':
      return { ...cache, database: keptRows(database, otherRows(database, other.database, which)) };
    case 'row':
      return { ...cache, database: keptRows(database, touched(database, which, at)) };
    case 'metadata':
      return { ...cache, store: otherMetadata(store, other.store, which) };
    default:
      return { ...cache, store: changed(store, other, how, which, at) };
  }
}

/** Some tables as they are in another cache; links follow their manifests. */
function otherRows(last: DatabaseSnapshot, other: DatabaseSnapshot, which: number): DatabaseSnapshot {
  const manifests = which % 3 === 0 ? last.manifests : other.manifests;
  const links = which % 3 === 0 ? last.links : other.links;
  const layers = [...new Map([...other.layers, ...last.layers].map((row) => [row.id, row])).values()];
  const references = (which % 2 === 0 ? last : other).references.filter(({ manifestId }) =>
    manifests.some(({ id }) => id === manifestId),
  );
  return { ...last, manifests, links, layers: which % 5 === 0 ? last.layers : layers, references };
}

function touched(last: DatabaseSnapshot, which: number, at: number): DatabaseSnapshot {
  const time = `2026-01-0${(at % 9) + 1}T00:00:00+00:00`;
  const isIt = (index: number, rows: readonly unknown[]) => index === which % Math.max(1, rows.length);
  const { references, layers, manifests } = last;
  switch (at % 4) {
    case 0:
      return {
        ...last,
        references: references.map((row, index) =>
          isIt(index, references) ? { ...row, createdAt: time } : row,
        ),
      };
    case 1:
      return {
        ...last,
        references: references.map((row, index) =>
          isIt(index, references) ? { ...row, updatedAt: time } : row,
        ),
      };
    case 2:
      return {
        ...last,
        layers: layers.map((row, index) => (isIt(index, layers) ? { ...row, lastUsedAt: time } : row)),
      };
    default:
      return {
        ...last,
        manifests: manifests.map((row, index) =>
          isIt(index, manifests) ? { ...row, architecture: time } : row,
        ),
      };
  }
}

/** Each row that says what it said is the same object as before, as the reader has it. */
function keptRows(last: DatabaseSnapshot, next: DatabaseSnapshot): DatabaseSnapshot {
  const keep = <Row>(before: readonly Row[], after: readonly Row[]) =>
    after.map((row) => before.find((old) => isDeepStrictEqual(old, row)) ?? row);
  return {
    ...next,
    references: keep(last.references, next.references),
    manifests: keep(last.manifests, next.manifests),
    layers: keep(last.layers, next.layers),
    links: keep(last.links, next.links),
  };
}

function changesOf(last: DatabaseSnapshot, next: DatabaseSnapshot): ImageRowChanges {
  const between = <Row>(before: readonly Row[], after: readonly Row[]) => ({
    removed: before.filter((row) => !after.includes(row)),
    added: after.filter((row) => !before.includes(row)),
  });
  return {
    references: between(last.references, next.references),
    manifests: between(last.manifests, next.manifests),
    layers: between(last.layers, next.layers),
    links: between(last.links, next.links),
  };
}

/** One file comes, goes or says something else. */
function otherMetadata(store: StoreSnapshot, other: StoreSnapshot, which: number): StoreSnapshot {
  const file = [...other.metadata, ...store.metadata][
    which % Math.max(1, other.metadata.length + store.metadata.length)
  ];
  if (file === undefined) return store;
  const isOne = ({ what }: StoreEntry) => what.kind === 'metadata' && what.key === file.key;
  const entries = store.entries.filter((entry) => !isOne(entry));
  const metadata = store.metadata.filter(({ key }) => key !== file.key);
  const given = other.entries.find(isOne);
  if (given === undefined || which % 3 === 0) return { ...store, entries, metadata };
  return { ...store, entries: [...entries, given], metadata: [...metadata, file] };
}

/** The whole inventory without circles: each node once, others in it by name. */
function flat(inventory: Inventory): unknown {
  const { references, referencesByName, manifests, layers, metadata, ...others } = inventory;
  const nameOf = (reference: ReferenceNode) => reference.row.reference;
  return {
    ...others,
    references: references.map((node) => ({
      ...node,
      manifest: node.manifest.digest,
      metadata: node.metadata?.key,
    })),
    referencesByName: new Map([...referencesByName].map(([name, node]) => [name, references.indexOf(node)])),
    manifests: new Map(
      [...manifests].map(([digest, node]) => [
        digest,
        {
          ...node,
          references: node.references.map(nameOf),
          metadata: node.metadata.map(({ key }) => key),
          linkedLayers: node.linkedLayers.map((layer) => [layer.diffId, layers.get(layer.diffId) === layer]),
          layers: new Set([...node.layers].map(({ diffId }) => diffId)),
        },
      ]),
    ),
    layers: new Map(
      [...layers].map(([diffId, node]) => [
        diffId,
        {
          ...node,
          manifests: node.manifests.map(({ digest }) => digest),
          metadata: node.metadata.map(({ key }) => key),
        },
      ]),
    ),
    metadata: new Map(
      [...metadata].map(([key, node]) => [
        key,
        {
          ...node,
          references: node.references.map(nameOf),
          manifest: node.manifest?.digest,
          layers: node.layers.map((layer) => [layer.diffId, layers.get(layer.diffId) === layer]),
        },
      ]),
    ),
  };
}

function changed(
  store: StoreSnapshot,
  other: RandomCache,
  how: string,
  which: number,
  at: number,
): StoreSnapshot {
  const { entries } = store;
  const old = entries[which % Math.max(1, entries.length)];
  const swap = (next: readonly StoreEntry[]) => ({
    ...store,
    entries: entries.flatMap((entry) => (entry === old ? next : [entry])),
  });
  switch (how) {
    case 'take':
      return swap([]);
    case 'replace':
      return old === undefined
        ? store
        : swap([{ ...old, allocatedBytes: old.allocatedBytes + 512, ino: `new ${at}` }]);
    case 'turn into a folder':
      return old === undefined ? store : swap([{ ...old, type: 'directory', what: { kind: 'unknown' } }]);
    case 'give': {
      const pool = other.store.entries.filter(({ path }) => !entries.some((entry) => entry.path === path));
      const given = pool[which % Math.max(1, pool.length)];
      const place = at % (entries.length + 1);
      return given === undefined ? store : { ...store, entries: entries.toSpliced(place, 0, given) };
    }
    default:
      return { ...store, locks: { ...store.locks, held: [`layers/${at}.lock`] } };
  }
}

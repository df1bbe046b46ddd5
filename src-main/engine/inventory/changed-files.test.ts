import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type RandomCache, randomCache } from '../plan/random-cache.ts';
import type { StoreEntry, StoreSnapshot } from '../store/entries.ts';
import { withChangedFiles } from './changed-files.ts';
import type { Inventory, ReferenceNode } from './inventory.ts';

const change = fc.record({
  how: fc.constantFrom('take', 'give', 'replace', 'turn into a folder', 'lock'),
  which: fc.nat(),
  at: fc.nat(),
});

describe('withChangedFiles', () => {
  it('comes to what a join comes to, change after change', () => {
    let kept = 0;
    const history = fc.array(change, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(randomCache, randomCache, history, (cache, other, changes) => {
        let { store } = cache;
        let inventory = inventoryOf(cache);
        for (const { how, which, at } of changes) {
          store = changed(store, other, how, which, at);
          const fresh = inventoryOf({ ...cache, store });
          const patched = withChangedFiles(inventory, store, fresh.nowMs);
          if (patched !== null) {
            expect(flat(patched)).toEqual(flat(fresh));
            kept += 1;
          }
          inventory = patched ?? fresh;
        }
      }),
      { numRuns: 1000 },
    );
    expect(kept).toBeGreaterThan(2000);
  });

  it('leaves to a join what more than a few files say', () => {
    const metadata = fc.sample(randomCache, { numRuns: 200, seed: 1 }).filter(hasContent);
    expect(metadata.length).toBeGreaterThan(50);
    for (const cache of metadata) {
      const store = { ...cache.store, metadata: [...cache.store.metadata.slice(1)] };
      expect(withChangedFiles(inventoryOf(cache), store, 0)).toBeNull();
    }
  });
});

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
    referencesByName: [...referencesByName].map(([name, node]) => [name, references.indexOf(node)]),
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

function hasContent({ store }: RandomCache): boolean {
  return store.metadata.length > 0;
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

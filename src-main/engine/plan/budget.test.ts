import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_SNAPSHOT } from '../database/index.ts';
import { type Inventory, joinInventory } from '../inventory/inventory.ts';
import type { StoreEntry } from '../store/entries.ts';
import { chooseForBudget } from './budget.ts';

const NOW_MS = Date.parse('2026-06-01T00:00:00Z');
const DAY_MS = 86_400_000;

interface Drawn {
  readonly unusedDays: number;
  readonly downloadBytes: number;
  /** Indices into `layerBytes`. */
  readonly layers: readonly number[];
}

interface Drawing {
  readonly layerBytes: readonly number[];
  readonly images: readonly Drawn[];
}

function drawings(fewest: number, most: number): fc.Arbitrary<Drawing> {
  const image = fc.record({
    unusedDays: fc.integer({ min: 0, max: 400 }),
    downloadBytes: fc.integer({ min: 1, max: 1000 }),
    layers: fc.uniqueArray(fc.nat({ max: 9 }), { minLength: 1, maxLength: 4 }),
  });
  return fc.record({
    layerBytes: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 10, maxLength: 10 }),
    images: fc.array(image, { minLength: fewest, maxLength: most }),
  });
}

function inventoryOf({ layerBytes, images }: Drawing): Inventory {
  const used = [...new Set(images.flatMap(({ layers }) => layers))];
  const timeOf = ({ unusedDays }: Drawn) => new Date(NOW_MS - unusedDays * DAY_MS).toISOString();
  const entries = used.map((layer) => layerFile(layer, layerBytes[layer]!));
  return joinInventory(
    {
      ...EMPTY_SNAPSHOT,
      references: images.map((image, index) => ({
        id: index + 1,
        reference: `${index}`,
        manifestId: index + 1,
        createdAt: timeOf(image),
        updatedAt: timeOf(image),
      })),
      manifests: images.map(({ downloadBytes, layers }, index) => ({
        id: index + 1,
        digest: `m${index}`,
        configDigest: null,
        architecture: null,
        os: null,
        variant: null,
        layerCount: layers.length,
        totalSizeBytes: downloadBytes,
        createdAt: null,
      })),
      layers: used.map((layer) => ({
        id: layer + 1,
        diffId: `l${layer}`,
        blobDigest: '',
        mediaType: null,
        compressedSizeBytes: null,
        createdAt: null,
        lastUsedAt: null,
      })),
      links: images.flatMap(({ layers }, index) =>
        layers.map((layer, position) => ({ manifestId: index + 1, layerId: layer + 1, position })),
      ),
    },
    {
      exists: true,
      entries,
      metadata: [],
      flatRefs: [],
      snapshots: [],
      locks: { canProbe: true, held: [] },
      unreadable: [],
    },
    { nowMs: NOW_MS, graceMs: 0, referenceKey: () => null, layersOfVmdk: () => null },
  );
}

function layerFile(layer: number, bytes: number): StoreEntry {
  return {
    path: `layers/l${layer}`,
    what: { kind: 'layer', diffId: `l${layer}` },
    type: 'file',
    logicalBytes: bytes,
    allocatedBytes: bytes,
    files: 1,
    mtimeMs: NOW_MS - 30 * DAY_MS,
    dev: '1',
    ino: `${layer}`,
    linkCount: 1,
    erofs: 'ok',
  };
}

/** Of the whole drawing: a layer comes free with the last image that has it. */
function freedBy({ layerBytes, images }: Drawing, goes: (index: number) => boolean): number {
  const all = new Set(images.flatMap(({ layers }) => layers));
  for (const [index, { layers }] of images.entries()) {
    if (!goes(index)) for (const layer of layers) all.delete(layer);
  }
  return [...all].reduce((sum, layer) => sum + layerBytes[layer]!, 0);
}

function lossOf({ images }: Drawing, goes: (index: number) => boolean): number {
  return images
    .filter((_, index) => goes(index))
    .reduce((sum, { downloadBytes, unusedDays }) => sum + (1 + downloadBytes) / (1 + unusedDays), 0);
}

function leastLoss(drawing: Drawing, target: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let subset = 0; subset < 1 << drawing.images.length; subset += 1) {
    const goes = (index: number) => (subset & (1 << index)) !== 0;
    if (freedBy(drawing, goes) >= target) least = Math.min(least, lossOf(drawing, goes));
  }
  return least;
}

function choose(drawing: Drawing, target: number): (index: number) => boolean {
  const inventory = inventoryOf(drawing);
  const chosen = chooseForBudget(inventory, { freeAtLeastBytes: target }, inventory.references);
  const names = new Set([...chosen].map(({ row }) => row.reference));
  return (index) => names.has(`${index}`);
}

const target = fc.integer({ min: 1, max: 6000 });

describe('a byte target', () => {
  it.each([
    ['up to six', 1, 6, 200],
    ['up to sixteen', 12, 16, 4],
  ])('is met at the least loss any choice has, of %s images', (_, fewest, most, numRuns) => {
    fc.assert(
      fc.property(drawings(fewest, most), target, (drawing, bytes) => {
        const everything = freedBy(drawing, () => true);
        const goes = choose(drawing, bytes);
        if (everything < bytes) expect(drawing.images.every((_image, index) => goes(index))).toBe(true);
        else {
          expect(freedBy(drawing, goes)).toBeGreaterThanOrEqual(bytes);
          expect(lossOf(drawing, goes)).toBeCloseTo(leastLoss(drawing, bytes), 6);
        }
      }),
      { numRuns },
    );
  });

  it('is met with more images too, and by none that could stay', () => {
    fc.assert(
      fc.property(drawings(17, 60), target, (drawing, bytes) => {
        const goes = choose(drawing, bytes);
        if (freedBy(drawing, () => true) < bytes) return;
        expect(freedBy(drawing, goes)).toBeGreaterThanOrEqual(bytes);
        for (const index of drawing.images.keys()) {
          const without = (other: number) => other !== index && goes(other);
          if (goes(index)) expect(freedBy(drawing, without)).toBeLessThan(bytes);
        }
      }),
    );
  });
});

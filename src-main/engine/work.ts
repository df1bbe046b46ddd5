import path from 'node:path';
import type { PulledImage, Work, WorkStep } from '../../src-shared/domain/work.ts';
import { metadataBeingPulled } from './inventory/being-pulled.ts';
import type { Inventory } from './inventory/inventory.ts';
import { countOperations } from './inventory/operations.ts';
import type { StoreKind } from './store/entries.ts';
import { classify, type TemporarySuffix, temporaryPath, walkTree } from './store/index.ts';

/**
 * What msb is at work on: read off the locks it holds as the inventory has them, and the lengths, now, of the files
 * that go with them. `before` are the layers there were when the work began.
 */
export function readWork(cacheDir: string, inventory: Inventory, before: ReadonlySet<string>): Work {
  const held = inventory.inFlight.map((path) => ({ path, what: classify(path, 'file') }));
  return {
    operations: countOperations(inventory.inFlight),
    steps: stepsOf(cacheDir, held),
    images: pulledImages(
      inventory,
      held.map(({ what }) => what),
    ),
    newLayers: [...completeLayers(inventory)].filter((diffId) => !before.has(diffId)).length,
  };
}

/** Layers with a file that looks whole. */
export function completeLayers(inventory: Inventory): ReadonlySet<string> {
  const complete = [...inventory.layers.values()].filter(({ entry }) => entry?.erofs === 'ok');
  return new Set(complete.map(({ diffId }) => diffId));
}

/** A work folder has two. */
const MOST_FILES = 100;

interface Held {
  readonly path: string;
  readonly what: StoreKind;
}

function stepsOf(cacheDir: string, held: readonly Held[]): readonly WorkStep[] {
  return held
    .flatMap(({ path, what }) => stepOf(cacheDir, path, what) ?? [])
    .toSorted((a, b) => compare(a.digest ?? '', b.digest ?? ''));
}

function stepOf(cacheDir: string, file: string, what: StoreKind): WorkStep | null {
  switch (what.kind) {
    case 'download-lock':
      return step(cacheDir, 'download', what.blobDigest, ['.part']);
    case 'layer-lock':
      return step(cacheDir, 'unpack', what.diffId, ['.spool', '.erofs.part']);
    case 'fsmeta-lock':
      return step(cacheDir, 'merge', what.manifestDigest, ['.work']);
    case 'flat-lock':
      return step(cacheDir, 'flatten', what.derivationDigest, ['.flat.work']);
    case 'transfer':
      return stepOn(cacheDir, 'copy', null, [file]);
    default:
      return null;
  }
}

function step(
  cacheDir: string,
  kind: WorkStep['kind'],
  digest: string,
  suffixes: readonly TemporarySuffix[],
): WorkStep | null {
  const files = suffixes.flatMap((suffix) => temporaryPath(digest, suffix) ?? []);
  return stepOn(cacheDir, kind, digest, files);
}

/** Null while none of the files is there: a lock is taken before the first byte and given back after the last. */
function stepOn(
  cacheDir: string,
  kind: WorkStep['kind'],
  digest: string | null,
  files: readonly string[],
): WorkStep | null {
  const lengths = files.flatMap(
    (file) => walkTree(path.join(cacheDir, file), MOST_FILES)?.logicalBytes ?? [],
  );
  if (lengths.length === 0) return null;
  return { kind, digest, bytes: lengths.reduce((sum, length) => sum + length, 0) };
}

function pulledImages(inventory: Inventory, held: readonly StoreKind[]): readonly PulledImage[] {
  const complete = completeLayers(inventory);
  const written = new Set(
    held.flatMap((what) => {
      if (what.kind === 'download-lock') return [what.blobDigest];
      return what.kind === 'layer-lock' ? [what.diffId] : [];
    }),
  );
  return metadataBeingPulled(inventory).flatMap((metadata) => {
    const layers = metadata.file.content?.layers;
    if (layers === undefined) return [];
    const done = layers.filter(
      ({ diffId, blobDigest }) => complete.has(diffId) && !written.has(diffId) && !written.has(blobDigest),
    );
    return {
      reference: metadata.references[0]?.row.reference ?? null,
      doneLayers: done.length,
      totalLayers: layers.length,
    };
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

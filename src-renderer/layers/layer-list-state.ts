import type { LayerSummary } from '../../src-shared/domain/layer.ts';

export type LayerFilter = 'all' | 'shared' | 'single' | 'orphaned' | 'damaged';
export type LayerSort = 'layer' | 'onDisk' | 'compressed' | 'images' | 'lastUsed';

export interface LayerQuery {
  readonly filter: LayerFilter;
  /** Part of a diff ID, a blob digest or a reference; any case. */
  readonly needle: string;
  readonly sort: LayerSort;
  readonly isDescending: boolean;
}

/** The layers a query shows, in its order. Equal ones keep the order they came in. */
export function queryLayers(layers: readonly LayerSummary[], query: LayerQuery): readonly LayerSummary[] {
  const needle = query.needle.trim().toLowerCase();
  const shown = layers.filter((layer) => passes(layer, query.filter) && matches(layer, needle));
  const direction = query.isDescending ? -1 : 1;
  return shown.sort((a, b) => direction * compare(a, b, query.sort));
}

/** How many layers each filter would show. */
export function countByFilter(layers: readonly LayerSummary[]): Readonly<Record<LayerFilter, number>> {
  const counts = { all: layers.length, shared: 0, single: 0, orphaned: 0, damaged: 0 };
  for (const layer of layers) {
    if (passes(layer, 'shared')) counts.shared += 1;
    if (passes(layer, 'single')) counts.single += 1;
    if (passes(layer, 'orphaned')) counts.orphaned += 1;
    if (passes(layer, 'damaged')) counts.damaged += 1;
  }
  return counts;
}

/** Several tags of one image are one owner: what counts is how many manifests use the layer. */
function passes(layer: LayerSummary, filter: LayerFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'shared':
      return layer.manifestDigests.length > 1;
    case 'single':
      return layer.manifestDigests.length === 1;
    case 'orphaned':
      return layer.isOrphan;
    case 'damaged':
      return layer.state.kind !== 'materialized';
  }
}

function matches(layer: LayerSummary, needle: string): boolean {
  if (needle === '') return true;
  return (
    layer.diffId.includes(needle) ||
    layer.blobDigest?.includes(needle) === true ||
    layer.references.some((reference) => reference.toLowerCase().includes(needle))
  );
}

function compare(a: LayerSummary, b: LayerSummary, sort: LayerSort): number {
  switch (sort) {
    case 'layer':
      return a.diffId < b.diffId ? -1 : a.diffId > b.diffId ? 1 : 0;
    case 'onDisk':
      return a.allocatedSizeBytes - b.allocatedSizeBytes;
    case 'compressed':
      return (a.compressedSizeBytes ?? -1) - (b.compressedSizeBytes ?? -1);
    case 'images':
      return a.manifestDigests.length - b.manifestDigests.length || a.references.length - b.references.length;
    case 'lastUsed':
      return (Date.parse(a.lastUsedAt ?? '') || 0) - (Date.parse(b.lastUsedAt ?? '') || 0);
  }
}

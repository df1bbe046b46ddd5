import { describe, expect, it } from 'vitest';
import type { LayerSummary } from '../../src-shared/domain/layer.ts';
import { countByFilter, type LayerQuery, queryLayers } from './layer-list-state.ts';

function layer(name: string, fields: Partial<LayerSummary>): LayerSummary {
  return {
    diffId: `sha256:${name}`,
    blobDigest: `sha256:blob-${name}`,
    mediaType: null,
    compressedSizeBytes: null,
    erofsSizeBytes: 4096,
    allocatedSizeBytes: 4096,
    state: { kind: 'materialized' },
    references: [],
    manifestDigests: [],
    isOrphan: false,
    createdAt: null,
    lastUsedAt: null,
    ...fields,
  };
}

const base = layer('base', {
  allocatedSizeBytes: 100,
  references: ['docker.io/library/python:3', 'node'],
  manifestDigests: ['m1', 'm2'],
  lastUsedAt: '2026-01-02T00:00:00Z',
});
const top = layer('top', {
  allocatedSizeBytes: 300,
  compressedSizeBytes: 7,
  references: ['docker.io/library/python:3', 'py'],
  manifestDigests: ['m1'],
  lastUsedAt: '2026-01-03T00:00:00Z',
});
const lost = layer('lost', { allocatedSizeBytes: 0, isOrphan: true, state: { kind: 'missing' } });
const layers = [base, top, lost];

function show(query: Partial<LayerQuery>): string[] {
  return queryLayers(layers, {
    filter: 'all',
    needle: '',
    sort: 'onDisk',
    isDescending: true,
    ...query,
  }).map((found) => found.diffId.slice(7));
}

describe('queryLayers', () => {
  it('puts the largest first and turns round', () => {
    expect(show({})).toEqual(['top', 'base', 'lost']);
    expect(show({ isDescending: false })).toEqual(['lost', 'base', 'top']);
  });

  it('counts a layer that two tags of one image use as used by one image', () => {
    expect(show({ filter: 'shared' })).toEqual(['base']);
    expect(show({ filter: 'single' })).toEqual(['top']);
  });

  it('finds orphaned and damaged layers', () => {
    expect(show({ filter: 'orphaned' })).toEqual(['lost']);
    expect(show({ filter: 'damaged' })).toEqual(['lost']);
  });

  it('finds by digest and by reference, whatever the case', () => {
    expect(show({ needle: 'BLOB-TOP' })).toEqual(['top']);
    expect(show({ needle: ' Python ' })).toEqual(['top', 'base']);
  });

  it('sorts what is not known below what is', () => {
    expect(show({ sort: 'compressed' })[0]).toBe('top');
    expect(show({ sort: 'lastUsed' })).toEqual(['top', 'base', 'lost']);
  });

  it('leaves the list it was given alone', () => {
    show({ isDescending: false });
    expect(layers[0]).toBe(base);
  });
});

it('counts what each filter would show', () => {
  expect(countByFilter(layers)).toEqual({ all: 3, shared: 1, single: 1, orphaned: 1, damaged: 1 });
});

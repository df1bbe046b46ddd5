import { describe, expect, test } from 'vitest';
import { holdersOf, joinEntries, referencesOf } from './image-entries.ts';
import { facts, handle, sandbox } from './image-fixtures.ts';
import { countFilters, type ImageListState, listRows, NEWEST_FIRST, nextSort } from './image-list-state.ts';

const python = handle('python:3.12-slim', { createdAt: '2026-10-05T00:00:00Z', layerCount: 5 });
const pythonMinor = handle('python:3.12', {
  createdAt: '2026-10-06T00:00:00Z',
  layerCount: 5,
  manifestDigest: python.manifestDigest,
});
const runtime = handle('ghcr.io/acme/agent-runtime:v1', {
  createdAt: '2026-10-04T00:00:00Z',
  layerCount: 14,
});
const redis = handle('redis:8', { createdAt: null, layerCount: 7 });
const alpine = handle('alpine', { createdAt: '2026-10-01T00:00:00Z' });
const handles = [pythonMinor, python, runtime, alpine, redis];

const known = joinEntries(handles, [
  facts(pythonMinor, { onDiskBytes: 148, holders: [sandbox('agent-7')] }),
  facts(python, { onDiskBytes: 148, holders: [sandbox('agent-7')] }),
  facts(runtime, { onDiskBytes: 1940, labelText: 'org.opencontainers.image.vendor=acme corp' }),
  facts(alpine, { onDiskBytes: 8, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } }),
  facts(redis, { onDiskBytes: 132, platform: null, damage: [{ kind: 'layer-missing', detail: 'sha256:1' }] }),
]);

const state: ImageListState = { filter: 'all', find: '', sort: NEWEST_FIRST, isGrouped: false };

function shown(change: Partial<ImageListState>, entries = known): readonly string[] {
  return listRows(entries, { ...state, ...change }).map((row) => row.entry.handle.reference);
}

describe('listRows', () => {
  test('lists newest first, of unknown age last', () => {
    expect(shown({})).toEqual([
      'python:3.12',
      'python:3.12-slim',
      'ghcr.io/acme/agent-runtime:v1',
      'alpine',
      'redis:8',
    ]);
  });

  test('keeps unknown values last when the order turns around', () => {
    expect(shown({ sort: { column: 'created', isAscending: true } }).at(-1)).toBe('redis:8');
    expect(shown({ sort: { column: 'platform', isAscending: true } }).at(-1)).toBe('redis:8');
    expect(shown({ sort: { column: 'platform', isAscending: false } }).at(-1)).toBe('redis:8');
  });

  test('sorts by size on disk, keeping newest first among equals', () => {
    expect(shown({ sort: { column: 'on-disk', isAscending: false } })).toEqual([
      'ghcr.io/acme/agent-runtime:v1',
      'python:3.12',
      'python:3.12-slim',
      'redis:8',
      'alpine',
    ]);
  });

  test('sorts names by repository before registry', () => {
    expect(shown({ sort: { column: 'image', isAscending: true } })[0]).toBe('ghcr.io/acme/agent-runtime:v1');
  });

  test('finds all words in any order and either case, in references, digests and labels', () => {
    expect(shown({ find: 'SLIM python' })).toEqual(['python:3.12-slim']);
    expect(shown({ find: redis.manifestDigest.slice(7, 30) })).toEqual(['redis:8']);
    expect(shown({ find: 'vendor=acme' })).toEqual(['ghcr.io/acme/agent-runtime:v1']);
    expect(shown({ find: 'python acme' })).toEqual([]);
  });

  test('finds a short reference by the name it stands for', () => {
    expect(shown({ find: 'docker.io/library/alpine:latest' })).toEqual(['alpine']);
  });

  test('filters by holders, shared digests and damage', () => {
    expect(shown({ filter: 'in-use' })).toEqual(['python:3.12', 'python:3.12-slim']);
    expect(shown({ filter: 'unused' })).toEqual(['ghcr.io/acme/agent-runtime:v1', 'alpine', 'redis:8']);
    expect(shown({ filter: 'same-digest' })).toEqual(['python:3.12', 'python:3.12-slim']);
    expect(shown({ filter: 'damaged' })).toEqual(['redis:8']);
  });

  test('tells damaged images from those with a warning and those that are being pulled, by any tag', () => {
    const lost = { damage: [{ kind: 'metadata-missing', detail: 'alpine' }] } as const;
    const missing = { damage: [{ kind: 'layer-missing', detail: 'sha256:1' }] } as const;
    const entries = joinEntries(
      [pythonMinor, python, runtime, alpine, redis],
      [
        facts(pythonMinor, { ...missing, otherReferences: [python.reference] }),
        facts(python, { ...missing, otherReferences: [pythonMinor.reference] }),
        facts(runtime),
        facts(alpine, lost),
        facts(redis, missing),
      ],
      new Set([python.reference, runtime.reference]),
    );
    expect(shown({ filter: 'damaged' }, entries)).toEqual(['redis:8']);
    expect(shown({ filter: 'warning' }, entries)).toEqual(['alpine']);
    expect(shown({ filter: 'being-pulled' }, entries)).toEqual(['python:3.12', 'python:3.12-slim']);
  });

  test('groups the tags of one digest under the newest', () => {
    const rows = listRows(known, { ...state, isGrouped: true });
    expect(rows.map(referencesOf)).toEqual([
      ['python:3.12', 'python:3.12-slim'],
      ['ghcr.io/acme/agent-runtime:v1'],
      ['alpine'],
      ['redis:8'],
    ]);
    expect(rows[0]?.key).toBe(python.manifestDigest);
  });

  test('shows every tag of a group of which one matches', () => {
    const [row] = listRows(known, { ...state, isGrouped: true, find: 'slim' });
    expect(referencesOf(row!)).toEqual(['python:3.12', 'python:3.12-slim']);
    expect(holdersOf(row!)).toHaveLength(1);
  });

  test('lists handles before their facts are known', () => {
    const unknown = joinEntries(handles, null);
    expect(shown({}, unknown)).toHaveLength(5);
    expect(shown({ filter: 'unused' }, unknown)).toEqual([]);
    expect(countFilters(unknown)).toEqual({
      all: 5,
      'in-use': null,
      unused: null,
      'same-digest': 2,
      damaged: null,
      warning: null,
      'being-pulled': null,
    });
  });

  test('shows text that is no reference whole', () => {
    const strange = '\u202e<img src=x onerror=alert(1)>';
    const [entry] = joinEntries([handle(strange)], null);
    expect(entry?.name).toEqual({ registry: '', repository: strange, tag: null, digest: null });
  });
});

describe('joinEntries', () => {
  test('pairs handles with facts by reference when an image came between the two answers', () => {
    const entries = joinEntries([runtime, redis], [facts(alpine), facts(runtime), facts(redis)]);
    expect(entries.map((entry) => entry.facts?.reference)).toEqual([runtime.reference, 'redis:8']);
  });
});

describe('countFilters', () => {
  test('counts references by filter', () => {
    expect(countFilters(known)).toEqual({
      all: 5,
      'in-use': 2,
      unused: 3,
      'same-digest': 2,
      damaged: 1,
      warning: 0,
      'being-pulled': 0,
    });
  });
});

describe('nextSort', () => {
  test('starts names upwards and numbers downwards, then turns around', () => {
    const byName = nextSort(NEWEST_FIRST, 'image');
    expect(byName).toEqual({ column: 'image', isAscending: true });
    expect(nextSort(byName, 'image')).toEqual({ column: 'image', isAscending: false });
    expect(nextSort(byName, 'on-disk')).toEqual({ column: 'on-disk', isAscending: false });
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { withDatabase } from '../../../test-support/database.ts';
import { standardImages } from '../../../test-support/images.ts';
import { openReadableDatabase, type ReadableDatabase } from './connection.ts';
import { damagePageOf } from './damage-page.ts';
import { readConfigRow, readImageLayers } from './image-rows.ts';
import { KeptLabels } from './kept-labels.ts';
import { readSnapshot } from './snapshot.ts';

const closing: ReadableDatabase[] = [];
afterEach(() => {
  for (const database of closing.splice(0)) database.close();
});

describe('readConfigRow', () => {
  it.each([
    ['env', 'broken', 'env', null],
    ['env', '["A=1",2]', 'env', null],
    ['env', '{"A":"1"}', 'env', null],
    ['cmd', '"sh"', 'cmd', null],
    ['entrypoint', '[["a"]]', 'entrypoint', null],
    ['labels', '[]', 'labels', null],
    ['labels', '{"a":1,"b":"2","c":null}', 'labels', { b: '2' }],
    [
      'labels',
      '{"__proto__":"x","constructor":"y"}',
      'labels',
      JSON.parse('{"__proto__":"x","constructor":"y"}'),
    ],
    ['env', 'null', 'env', null],
    ['cmd', '[]', 'cmd', []],
  ])('reads %s %j as %j: %j', async (column, json, field, expected) => {
    const cache = await makeCache({ images: standardImages() });
    set(cache, column, json);
    const { notes, ...row } = readConfigRow(open(cache), 1)!;
    expect(row).toHaveProperty(field, expected);
    expect(row.digest).toBe(cache.image('python:3.12').configDigest);
    const isNoted = !['null', '[]'].includes(json) && !json.includes('__proto__');
    expect(notes).toEqual(
      isNoted || (column === 'labels' && json === '[]') ? [expect.stringContaining(column)] : [],
    );
  });

  it('reads NULL as an empty environment, and as absent elsewhere', async () => {
    const cache = await makeCache({ images: standardImages() });
    for (const column of ['env', 'cmd', 'entrypoint', 'working_dir', 'user', 'labels', 'stop_signal']) {
      set(cache, column, null);
    }
    expect(readConfigRow(open(cache), 1)).toEqual({
      digest: cache.image('python:3.12').configDigest,
      env: [],
      cmd: null,
      entrypoint: null,
      workingDir: null,
      user: null,
      labels: null,
      stopSignal: null,
      notes: [],
    });
  });

  it('reads a value of a million characters and 64 KiB of labels whole', async () => {
    const cache = await makeCache({ images: standardImages() });
    const env = [`A=${'x'.repeat(1_000_000)}`];
    const labels = { long: '\u202e<b>'.repeat(16_384) };
    set(cache, 'env', JSON.stringify(env));
    set(cache, 'labels', JSON.stringify(labels));
    expect(readConfigRow(open(cache), 1)).toMatchObject({ env, labels, notes: [] });
  });

  it('is null for a manifest without a row', async () => {
    const cache = await makeCache({ images: standardImages() });
    expect(readConfigRow(open(cache), 4711)).toBeNull();
  });
});

describe('readImageLayers', () => {
  it('keeps the order of the positions and every layer when values are bad', async () => {
    const cache = await makeCache({ images: standardImages() });
    withDatabase(cache.home, (database) =>
      database.exec(`UPDATE layer SET media_type = x'00', compressed_size_bytes = -1, blob_digest = x'01'`),
    );
    const layers = readImageLayers(open(cache), 1);
    expect(layers).toEqual(
      cache.image('python:3.12').diffIds.map((diffId, position) => ({
        diffId,
        blobDigest: `x'01'`,
        mediaType: null,
        compressedSizeBytes: null,
        position,
      })),
    );
  });

  it('is empty for a manifest without a row', async () => {
    const cache = await makeCache({ images: standardImages() });
    expect(readImageLayers(open(cache), 4711)).toEqual([]);
  });
});

describe('KeptLabels', () => {
  it('has lower-case lines by manifest, and nothing for images without labels', async () => {
    const cache = await makeCache({ images: standardImages() });
    const database = open(cache);
    const ids = new Map(readSnapshot(database).manifests.map(({ id, digest }) => [digest, id]));
    set(cache, 'labels', '{"Vendor":"ACME GmbH","version":"1.0"}');
    expect([...new KeptLabels(database).read('')]).toEqual([
      [ids.get(cache.image('python:3.12').manifestDigest), 'vendor=acme gmbh\nversion=1.0'],
    ]);
  });

  it('is cut at 8 KiB, and skips labels that cannot be read', async () => {
    const cache = await makeCache({ images: standardImages() });
    set(cache, 'labels', JSON.stringify({ a: 'X'.repeat(65_536), b: 'never reached' }));
    const [text] = new KeptLabels(open(cache)).read('').values();
    expect(text).toBe(`a=${'x'.repeat(8190)}`);
    set(cache, 'labels', '{');
    expect(new KeptLabels(open(cache)).read('').size).toBe(0);
  });

  it('has the labels around a damaged page', async () => {
    const cache = await makeCache({ images: standardImages() });
    withDatabase(cache.home, (database) =>
      database.exec(`
        WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
        INSERT INTO manifest (id, digest) SELECT i, 'sha256:' || i FROM n;
        INSERT INTO config (manifest_id, digest, labels)
        SELECT id, 'sha256:c', '{"number":"' || id || '"}' FROM manifest WHERE id >= 1000`),
    );
    damagePageOf(cache.databaseFile, 'config');
    const texts = new KeptLabels(open(cache)).read('');
    expect(texts.size).toBeGreaterThan(800);
    expect(texts.size).toBeLessThan(1001);
    expect([texts.get(1000), texts.get(1999)]).toEqual(['number=1000', 'number=1999']);
  });
});

function open({ databaseFile }: TestCache): ReadableDatabase {
  const database = openReadableDatabase(databaseFile);
  closing.push(database);
  return database;
}

/** Sets a column of the configuration of `python:3.12`, whose manifest is the first. */
function set(cache: TestCache, column: string, value: string | null): void {
  withDatabase(cache.home, (database) =>
    database.prepare(`UPDATE config SET ${column} = ? WHERE manifest_id = 1`).run(value),
  );
}

import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { withDatabase } from '../../../test-support/database.ts';
import { layer, standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { msbImageInspect, msbImageList } from '../../../test-support/oracle.ts';
import { openReadableDatabase, type ReadableDatabase } from './connection.ts';
import { damagePageOf } from './damage-page.ts';
import { listHandles, readHandle } from './handles.ts';
import { readConfigRow, readImageLayers } from './image-rows.ts';
import { readSnapshot } from './snapshot.ts';

const closing: ReadableDatabase[] = [];
afterEach(() => {
  for (const database of closing.splice(0)) database.close();
});

describeWithMsb('handles and image rows', (version) => {
  it('are what msb image ls and inspect print', async () => {
    const cache = await makeCache({ version, images: [...standardImages(), ...unusualImages()] });
    const database = open(cache);
    const listed = listHandles(database);
    expect(listed.map(({ lastUsedAt: _, ...handle }) => handle)).toEqual(
      await msbImageList(cache.home, version),
    );
    expect(listed).toHaveLength(8);
    for (const { reference } of listed) {
      const oracle = await msbImageInspect(cache.home, reference, version);
      expect(inspect(database, reference)).toEqual(oracle);
    }
  });

  it('come newest first, those of one instant by row id, those without a time last', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    withDatabase(cache.home, (db) => {
      const set = db.prepare('UPDATE image_ref SET created_at = ? WHERE reference = ?');
      set.run('2026-01-01 00:00:00', 'alpine');
      set.run('2026-01-01 00:00:00.5', 'python:3.12');
      set.run('2026-01-01 00:00:00', 'docker.io/library/python:3');
      set.run(null, 'ghcr.io/acme/app:1');
      set.run('2025-12-31 23:59:59.999999999', 'ghcr.io/acme/app:2');
    });
    const listed = listHandles(open(cache)).map(({ reference }) => reference);
    expect(listed).toEqual((await msbImageList(cache.home, version)).map(({ reference }) => reference));
    expect(listed[0]).toBe('python:3.12');
    expect(listed.at(-1)).toBe('ghcr.io/acme/app:1');
  });

  it('give the dates of the last use, which msb does not print', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    withDatabase(cache.home, (db) =>
      db
        .prepare(`UPDATE image_ref SET updated_at = '2026-03-04 05:06:07.800' WHERE reference = 'alpine'`)
        .run(),
    );
    expect(readHandle(open(cache), 'alpine')?.lastUsedAt).toBe('2026-03-04T05:06:07.800+00:00');
  });
});

describe('listHandles', () => {
  it('shows every other image when values of one are bad', async () => {
    const cache = await makeCache({ images: standardImages() });
    const healthy = listHandles(open(cache));
    change(
      cache,
      `UPDATE image_ref SET created_at = 'yesterday', updated_at = x'00' WHERE reference = 'alpine';
       UPDATE manifest SET layer_count = 'many', total_size_bytes = -1, os = x'ff', architecture = NULL
       WHERE id = (SELECT manifest_id FROM image_ref WHERE reference = 'alpine')`,
    );
    const listed = new Map(listHandles(open(cache)).map((handle) => [handle.reference, handle]));
    expect(listed.get('alpine')).toMatchObject({
      createdAt: null,
      lastUsedAt: null,
      layerCount: 1,
      sizeBytes: null,
      os: null,
      architecture: null,
    });
    for (const handle of healthy.filter(({ reference }) => reference !== 'alpine')) {
      expect(listed.get(handle.reference)).toEqual(handle);
    }
  });

  it.each([
    ['beyond what fits a number', '9223372036854775807', null],
    ['not whole', '1.5', null],
    ['the largest exact one', '9007199254740991', 9007199254740991],
    ['one more than that', '9007199254740992', null],
    ['zero', '0', 0],
  ])('takes a size that is %s as it can', async (_what, value, expected) => {
    const cache = await makeCache({ images: standardImages() });
    change(cache, `UPDATE manifest SET total_size_bytes = ${value}`);
    expect(listHandles(open(cache))[0]?.sizeBytes).toBe(expected);
  });

  it('counts the links where the stored number of layers is missing or absurd', async () => {
    const cache = await makeCache({ images: standardImages() });
    for (const value of ['NULL', '-2', `'x'`, '9223372036854775807']) {
      change(cache, `UPDATE manifest SET layer_count = ${value}`);
      expect(readHandle(open(cache), 'ghcr.io/acme/app:1')?.layerCount).toBe(2);
    }
  });

  it('shows references whose text is hostile, unchanged', async () => {
    const cache = await makeCache({ images: standardImages() });
    const hostile = [
      '<img src=x onerror=alert(1)>',
      '\u001b[31mred',
      '\u202egpj.exe',
      '../../etc/passwd',
      'a\0b',
      ' ',
    ];
    const ids = readSnapshot(open(cache)).references.map(({ id }) => id);
    withDatabase(cache.home, (db) => {
      const rename = db.prepare('UPDATE image_ref SET reference = ? WHERE id = ?');
      for (const [index, id] of ids.entries()) rename.run(hostile[index], id);
    });
    const database = open(cache);
    expect(
      listHandles(database)
        .map(({ reference }) => reference)
        .toSorted(),
    ).toEqual(hostile.slice(0, 5).toSorted());
    for (const reference of hostile.slice(0, 5))
      expect(readHandle(database, reference)?.reference).toBe(reference);
  });

  it('shows references that are bytes or not UTF-8, and finds them again', async () => {
    const cache = await makeCache({ images: standardImages() });
    change(
      cache,
      `UPDATE image_ref SET reference = x'616263' WHERE reference = 'alpine';
       UPDATE image_ref SET reference = CAST(x'70ff71' AS TEXT) WHERE reference = 'python:3.12'`,
    );
    const database = open(cache);
    const names = listHandles(database).map(({ reference }) => reference);
    expect(names).toEqual(expect.arrayContaining([`x'616263'`, 'p\u{fffd}q', 'ghcr.io/acme/app:1']));
    expect(readHandle(database, `x'616263'`)?.layerCount).toBe(1);
    expect(readHandle(database, 'p\u{fffd}q')?.layerCount).toBe(2);
    expect(readHandle(database, `x'00'`)).toBeNull();
  });

  it('shows a reference whose manifest row is gone, without a digest', async () => {
    const cache = await makeCache({ images: standardImages() });
    change(
      cache,
      `DELETE FROM manifest WHERE id = (SELECT manifest_id FROM image_ref WHERE reference = 'alpine')`,
    );
    expect(readHandle(open(cache), 'alpine')).toMatchObject({
      manifestDigest: '',
      layerCount: 1,
      sizeBytes: null,
    });
  });

  it.each(['image_ref', 'manifest'])('shows what can be read around a damaged page of %s', async (table) => {
    const cache = await makeCache({ images: standardImages() });
    multiply(cache, 3000);
    const before = listHandles(open(cache));
    damagePageOf(cache.databaseFile, table);
    const after = listHandles(open(cache));
    if (table === 'manifest') expect(after).toHaveLength(before.length);
    expect(after.length).toBeGreaterThan(before.length - 200);
    const known = new Map(before.map((handle) => [handle.reference, handle]));
    const intact = after.filter(({ manifestDigest }) => manifestDigest !== '');
    expect(intact.length).toBeGreaterThan(before.length - 200);
    expect(intact.length).toBeLessThan(before.length);
    expect(intact).toEqual(intact.map(({ reference }) => known.get(reference)));
  });
});

describe('readHandle', () => {
  it('finds exactly the stored text and nothing like it', async () => {
    const database = open(await makeCache({ images: standardImages() }));
    expect(readHandle(database, 'python:3.12')?.reference).toBe('python:3.12');
    for (const other of [
      'python',
      'PYTHON:3.12',
      'docker.io/library/python:3.12',
      'python:3.12 ',
      '',
      '%',
      "' OR 1=1",
    ]) {
      expect(readHandle(database, other)).toBeNull();
    }
  });
});

function open({ databaseFile }: TestCache): ReadableDatabase {
  const database = openReadableDatabase(databaseFile);
  closing.push(database);
  return database;
}

/** Damages a cache: foreign keys off. */
function change({ databaseFile }: TestCache, sql: string): void {
  const database = new Database(databaseFile);
  database.pragma('foreign_keys = OFF');
  database.exec(sql);
  database.close();
}

/** More rows of the same kind, so that tables have many pages. */
function multiply({ home }: TestCache, count: number): void {
  withDatabase(home, (db) =>
    db.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
      INSERT INTO manifest (digest, layer_count, total_size_bytes, created_at)
      SELECT 'sha256:' || printf('%064x', i), 0, i, '2026-01-01 00:00:00' FROM n;
      INSERT INTO image_ref (reference, manifest_id, created_at)
      SELECT 'copy:' || id, id, created_at FROM manifest WHERE total_size_bytes <= ${count} AND layer_count = 0`),
  );
}

/** What msb image inspect says, from rows alone. */
function inspect(database: ReadableDatabase, reference: string) {
  const row = readSnapshot(database).references.find((candidate) => candidate.reference === reference);
  const { lastUsedAt: _, ...handle } = readHandle(database, reference)!;
  const config = readConfigRow(database, row!.manifestId);
  expect(config?.notes).toEqual([]);
  const { notes: __, ...said } = config!;
  const layers = readImageLayers(database, row!.manifestId);
  return { handle, config: said, layers: layers.map((one) => ({ ...one, erofsSizeBytes: null })) };
}

/** A repeated layer, no layer at all, and a configuration with everything empty or strange. */
function unusualImages() {
  const twice = layer('RUN touch /twice', 'twice');
  return [
    { references: ['twice:1'], layers: [twice, layer('RUN touch /between', 'between'), twice] },
    {
      references: ['odd:1'],
      layers: [{ ...layer('COPY odd', 'odd'), compression: 'gzip' as const }],
      config: {
        env: ['A=', 'B=x=y', 'C=\u202eé\n', '=D'],
        cmd: [],
        entrypoint: ['', '/a b'],
        workingDir: '',
        user: '',
        labels: { '': '', 'a.b': '<b>', __proto__x: 'y', z: '1' },
      },
    },
    { references: ['plain:1'], layers: [layer('ADD plain', 'plain')], config: {} },
  ];
}

import { afterEach, describe, expect, it } from 'vitest';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { withDatabase } from '../../../test-support/database.ts';
import { standardImages } from '../../../test-support/images.ts';
import { openReadableDatabase, type ReadableDatabase } from './connection.ts';
import { readSnapshot } from './snapshot.ts';

const closing: ReadableDatabase[] = [];
afterEach(() => {
  for (const database of closing.splice(0)) database.close();
});

describe('unknown holders', () => {
  it.each([
    [
      'manifest',
      'manifest',
      'REFERENCES manifest(id) ON DELETE CASCADE',
      'SELECT id FROM manifest WHERE id = 2',
    ],
    ['layer', 'layer', 'REFERENCES layer(id)', 'SELECT id FROM layer WHERE id = 2'],
    ['image_ref', 'image_ref', 'REFERENCES image_ref(id) ON DELETE SET NULL', 'SELECT 2'],
    ['config', 'config', 'REFERENCES config(id)', 'SELECT id FROM config WHERE manifest_id = 2'],
    ['a primary key that is not spelt out', 'manifest', 'REFERENCES manifest', 'SELECT 2'],
    ['names in other letters', 'manifest', 'REFERENCES "MANIFEST"("ID")', 'SELECT 2'],
    ['a digest', 'manifest', 'REFERENCES manifest(digest)', 'SELECT digest FROM manifest WHERE id = 2'],
    ['a diff ID', 'layer', 'REFERENCES layer(diff_id)', 'SELECT diff_id FROM layer WHERE id = 2'],
    [
      'a reference',
      'image_ref',
      'REFERENCES image_ref(reference)',
      'SELECT reference FROM image_ref WHERE id = 2',
    ],
    [
      'a link',
      'manifest',
      'REFERENCES manifest_layer(id)',
      'SELECT min(id) FROM manifest_layer WHERE manifest_id = 2',
    ],
  ] as const)('are the rows that point at %s', async (_what, parent, key, value) => {
    const cache = await makeCache({ images: standardImages() });
    add(
      cache,
      `CREATE TABLE pins (target ${key}); INSERT INTO pins ${value}; INSERT INTO pins VALUES (NULL)`,
    );
    expect(read(cache)).toEqual([{ table: 'pins', parent, parentIds: [2] }]);
  });

  it('are resolved by all columns of a key', async () => {
    const cache = await makeCache({ images: standardImages() });
    add(
      cache,
      `CREATE UNIQUE INDEX both ON manifest(id, digest);
       CREATE TABLE pins (a INTEGER, b TEXT, FOREIGN KEY (a, b) REFERENCES manifest(id, digest));
       INSERT INTO pins SELECT id, digest FROM manifest WHERE id IN (1, 3);
       INSERT INTO pins VALUES (2, NULL)`,
    );
    expect(read(cache)).toEqual([{ table: 'pins', parent: 'manifest', parentIds: [1, 3] }]);
  });

  it('are there without rows, and then hold nothing', async () => {
    const cache = await makeCache({ images: standardImages() });
    add(cache, 'CREATE TABLE pins (target REFERENCES manifest(id))');
    expect(read(cache)).toEqual([{ table: 'pins', parent: 'manifest', parentIds: [] }]);
  });

  it('are new keys of tables we know, too', async () => {
    const cache = await makeCache({ images: standardImages() });
    add(
      cache,
      `ALTER TABLE volume ADD COLUMN manifest_id INTEGER REFERENCES manifest(id);
       INSERT INTO volume (name, kind, manifest_id) VALUES ('v', 'dir', 3)`,
    );
    expect(read(cache)).toEqual([{ table: 'volume', parent: 'manifest', parentIds: [3] }]);
  });

  it.each([
    [
      'points at a column that is not there',
      `CREATE TABLE pins (x REFERENCES manifest(no_column)); INSERT INTO pins VALUES (1)`,
    ],
    [
      'points at a row that is not there',
      `CREATE TABLE pins (x REFERENCES manifest(id)); INSERT INTO pins VALUES (777)`,
    ],
    [
      'leaves out which of several columns',
      'CREATE TABLE pins (x, y, FOREIGN KEY (x, y) REFERENCES manifest)',
    ],
  ])('hold everything when a key %s', async (_what, sql) => {
    const cache = await makeCache({ images: standardImages() });
    add(cache, sql);
    expect(read(cache)).toEqual([{ table: 'pins', parent: 'manifest', parentIds: null }]);
  });

  it('are found whatever a table is called, and beside views, virtual tables and keys in a circle', async () => {
    const cache = await makeCache({ images: standardImages() });
    const hostile = `a"b'; DROP TABLE manifest; --`;
    add(
      cache,
      `CREATE TABLE "a""b'; DROP TABLE manifest; --" ("order ""by" INTEGER REFERENCES manifest(id));
       INSERT INTO "a""b'; DROP TABLE manifest; --" VALUES (1);
       CREATE VIEW pins_view AS SELECT id FROM no_such_table;
       CREATE VIRTUAL TABLE words USING fts5(word);
       CREATE TABLE circle_a (id INTEGER PRIMARY KEY, b REFERENCES circle_b(id), self REFERENCES circle_a(id));
       CREATE TABLE circle_b (id INTEGER PRIMARY KEY, a REFERENCES circle_a(id));
       CREATE TABLE no_rowid (id TEXT PRIMARY KEY, m REFERENCES manifest(id)) WITHOUT ROWID;
       INSERT INTO no_rowid VALUES ('x', 2)`,
    );
    expect(read(cache)).toEqual([
      { table: hostile, parent: 'manifest', parentIds: [1] },
      { table: 'no_rowid', parent: 'manifest', parentIds: [2] },
    ]);
  });

  it('survive a virtual table whose module we do not have', async () => {
    const cache = await makeCache({ images: standardImages() });
    add(
      cache,
      `PRAGMA writable_schema = ON;
       INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql)
       VALUES ('table', 'alien', 'alien', 0, 'CREATE VIRTUAL TABLE alien USING nobody_has_this(x)')`,
    );
    expect(read(cache)).toEqual([]);
  });

  it('do not come from tables that point elsewhere', async () => {
    const cache = await makeCache({ images: standardImages() });
    add(cache, 'CREATE TABLE notes (sandbox_id INTEGER REFERENCES sandbox(id), manifest_id INTEGER)');
    expect(read(cache)).toEqual([]);
  });
});

/** Changes a cache whose rows have the ids 1, 2, 3 and so on: those msb gives have gaps. */
function add(cache: TestCache, sql: string): void {
  withDatabase(cache.home, (database) => {
    database.pragma('foreign_keys = OFF');
    database.unsafeMode();
    const point = (table: string, column: string, id: number, to: number) =>
      database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${column} = ?`).run(to, id);
    const ids = (table: string) =>
      database.prepare(`SELECT id FROM ${table} ORDER BY id`).pluck().all() as number[];
    for (const [index, id] of ids('manifest').entries()) {
      point('manifest', 'id', id, index + 1);
      for (const table of ['image_ref', 'config', 'manifest_layer'])
        point(table, 'manifest_id', id, index + 1);
    }
    for (const table of ['image_ref', 'config']) {
      for (const [index, id] of ids(table).entries()) point(table, 'id', id, index + 1);
    }
    for (const [index, id] of ids('layer').entries()) {
      point('layer', 'id', id, index + 1);
      point('manifest_layer', 'layer_id', id, index + 1);
    }
    database.exec(sql);
  });
}

function read({ databaseFile }: TestCache) {
  const database = openReadableDatabase(databaseFile);
  closing.push(database);
  return readSnapshot(database).unknownHolders;
}

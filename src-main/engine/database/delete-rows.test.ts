import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { checkDatabase } from '../../../test-support/check-cache.ts';
import { withDatabase } from '../../../test-support/database.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { msbImageList } from '../../../test-support/oracle.ts';
import { addSandbox } from '../../../test-support/sandboxes.ts';
import { openWritableDatabase, type WritableDatabase } from './connection.ts';
import { deleteRows, inImmediateTransaction, type RowsToDelete } from './delete-rows.ts';
import type { DatabaseSnapshot } from './rows.ts';
import { readSnapshot } from './snapshot.ts';

const closing: WritableDatabase[] = [];
afterEach(() => {
  for (const database of closing.splice(0)) database.close();
});

describeWithMsb('deleteRows', (version) => {
  it('takes an image with what only it needs, and msb goes on with the rest', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const database = open(cache);
    const rows = rowsOf(readSnapshot(database), ['alpine']);
    expect(inImmediateTransaction(database, () => deleteRows(database, rows))).toEqual({
      references: 1,
      manifests: 1,
      layers: 1,
    });
    const { references, manifests, layers } = readSnapshot(database);
    expect([references.length, manifests.length, layers.length]).toEqual([4, 3, 4]);
    expect(checkDatabase(cache.home)).toEqual([]);
    expect(await msbImageList(cache.home, version)).toHaveLength(4);
    expect(withDatabase(cache.home, (db) => db.prepare('SELECT count(*) FROM config').pluck().get())).toBe(3);
  });
});

describe('deleteRows', () => {
  it('fails as a whole at the commit when a layer is still linked', async () => {
    const cache = await makeCache({ images: standardImages() });
    const database = open(cache);
    const before = readSnapshot(database);
    const [layer] = before.layers;
    const rows = { ...rowsOf(before, ['alpine']), layerIds: [layer!.id] };
    expect(() => inImmediateTransaction(database, () => deleteRows(database, rows))).toThrow(/FOREIGN KEY/);
    expect(readSnapshot(database)).toEqual(before);
  });

  it('fails as a whole at the commit when a sandbox pins the manifest', async () => {
    const cache = await makeCache({ images: standardImages() });
    addSandbox(cache.home, { name: 'a', reference: 'alpine' });
    const database = open(cache);
    const before = readSnapshot(database);
    const rows = rowsOf(before, ['alpine']);
    expect(() => inImmediateTransaction(database, () => deleteRows(database, rows))).toThrow(/FOREIGN KEY/);
    expect(readSnapshot(database)).toEqual(before);
  });

  it.each([1.5, Number.NaN, 2 ** 53])('refuses %d for a row id before anything changes', async (id) => {
    const cache = await makeCache({ images: standardImages() });
    const database = open(cache);
    const before = readSnapshot(database);
    const rows = { referenceIds: [1], manifestIds: [], layerIds: [id] };
    expect(() => inImmediateTransaction(database, () => deleteRows(database, rows))).toThrow(TypeError);
    expect(readSnapshot(database)).toEqual(before);
  });

  it('leaves other rows exactly as they were, however many go', async () => {
    const cache = await makeCache({ images: standardImages() });
    const made = makeMany(cache, 150);
    fc.assert(
      fc.property(fc.subarray(made), (going) => {
        const database = openWritableDatabase(cache.databaseFile);
        try {
          const before = tables(database);
          const rows = rowsOf(readSnapshot(database), going);
          const after = rolledBack(database, () => {
            deleteRows(database, rows);
            return tables(database);
          });
          expect(after).toEqual(without(before, rows));
          expect(tables(database)).toEqual(before);
        } finally {
          database.close();
        }
      }),
      { numRuns: 12, examples: [[made], [made.slice(0, 100)], [[]]] },
    );
  });

  it('commits what it took out and put back, for more rows than are worth searching for one by one', async () => {
    const cache = await makeCache({ images: standardImages() });
    const going = makeMany(cache, 150).slice(0, 100);
    const database = open(cache);
    const before = tables(database);
    const rows = rowsOf(readSnapshot(database), going);
    expect([rows.manifestIds.length, rows.layerIds.length]).toEqual([100, 200]);
    inImmediateTransaction(database, () => deleteRows(database, rows));
    expect(tables(database)).toEqual(without(before, rows));
    expect(checkDatabase(cache.home)).toEqual([]);
    expect(database.row('SELECT count(*) FROM sqlite_temp_schema')).toEqual([0]);
  });

  it('takes nothing along that it was not told, even where a foreign key would', async () => {
    const cache = await makeCache({ images: standardImages() });
    const going = makeMany(cache, 150).slice(0, 100);
    const database = open(cache);
    const before = tables(database);
    const rows = { ...rowsOf(readSnapshot(database), going), referenceIds: [] };
    expect(() => inImmediateTransaction(database, () => deleteRows(database, rows))).toThrow(/FOREIGN KEY/);
    expect(tables(database)).toEqual(before);
  });

  it.each([
    [
      'a column we do not know',
      'ALTER TABLE manifest_layer ADD COLUMN weight INTEGER; UPDATE manifest_layer SET weight = id',
      null,
    ],
    ['a column that is computed', 'ALTER TABLE manifest_layer ADD COLUMN twice AS (position * 2)', null],
    [
      'rows that point at them',
      `CREATE TABLE pins (link REFERENCES manifest_layer(id) ON DELETE CASCADE);
       INSERT INTO pins SELECT max(id) FROM manifest_layer`,
      'SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pins)',
    ],
    [
      'a trigger',
      `CREATE TABLE seen (id INTEGER);
       CREATE TRIGGER spy AFTER DELETE ON manifest_layer BEGIN INSERT INTO seen VALUES (OLD.id); END`,
      'SELECT id FROM seen WHERE id IN (SELECT id FROM manifest_layer)',
    ],
  ])('leaves links with %s alone that stay', async (_what, sql, harm) => {
    const cache = await makeCache({ images: standardImages() });
    const going = makeMany(cache, 150).slice(0, 100);
    withDatabase(cache.home, (db) => db.exec(sql));
    const database = open(cache);
    const before = tables(database);
    const rows = rowsOf(readSnapshot(database), going);
    inImmediateTransaction(database, () => deleteRows(database, rows));
    expect(tables(database)).toEqual(without(before, rows));
    if (harm !== null) expect(database.rows(harm)).toEqual([]);
  });
});

describe('inImmediateTransaction', () => {
  it('rolls everything back when the work throws', async () => {
    const cache = await makeCache({ images: standardImages() });
    const database = open(cache);
    const before = readSnapshot(database);
    const work = () => {
      deleteRows(database, rowsOf(before, ['alpine']));
      throw new Error('the world moved');
    };
    expect(() => inImmediateTransaction(database, work)).toThrow('the world moved');
    expect(readSnapshot(database)).toEqual(before);
    expect(inImmediateTransaction(database, () => 'still usable')).toBe('still usable');
  });

  it('keeps other writers out from its first statement on', async () => {
    const cache = await makeCache({ images: standardImages() });
    const database = open(cache);
    const other = new Database(cache.databaseFile, { timeout: 0 });
    inImmediateTransaction(database, () => {
      expect(() => other.exec('DELETE FROM image_ref')).toThrow(/locked/);
      expect(other.prepare('SELECT count(*) FROM image_ref').pluck().get()).toBe(5);
    });
    other.close();
  });
});

function open({ databaseFile }: TestCache): WritableDatabase {
  const database = openWritableDatabase(databaseFile);
  closing.push(database);
  return database;
}

/** The references named, their manifests, and the layers nothing else links. */
function rowsOf(snapshot: DatabaseSnapshot, going: readonly string[]): RowsToDelete {
  const names = new Set(going);
  const references = snapshot.references.filter(({ reference }) => names.has(reference));
  const manifestIds = [...new Set(references.map(({ manifestId }) => manifestId))];
  const isGoing = new Set(manifestIds);
  const kept = new Set(
    snapshot.links.filter((link) => !isGoing.has(link.manifestId)).map((link) => link.layerId),
  );
  const linked = snapshot.links.filter((link) => isGoing.has(link.manifestId)).map((link) => link.layerId);
  const layerIds = [...new Set(linked)].filter((id) => !kept.has(id));
  return { referenceIds: references.map(({ id }) => id), manifestIds, layerIds };
}

type Tables = Readonly<
  Record<
    'image_ref' | 'manifest' | 'config' | 'layer' | 'manifest_layer' | 'sequence',
    readonly (readonly unknown[])[]
  >
>;

/** Every column of every row, id first. */
function tables(database: WritableDatabase): Tables {
  const all = (table: string) => database.rows(`SELECT * FROM ${table} ORDER BY 1`);
  return {
    image_ref: all('image_ref'),
    manifest: all('manifest'),
    config: all('config'),
    layer: all('layer'),
    manifest_layer: all('manifest_layer'),
    sequence: all('sqlite_sequence'),
  };
}

/** What must be left: the rows told, and what goes with a manifest, are missing; nothing else differs. */
function without(before: Tables, { referenceIds, manifestIds, layerIds }: RowsToDelete): Tables {
  const lacks = (ids: readonly number[], column: number) => {
    const set = new Set<unknown>(ids);
    return (row: readonly unknown[]) => !set.has(row[column]);
  };
  return {
    image_ref: before.image_ref.filter(lacks(referenceIds, 0)),
    manifest: before.manifest.filter(lacks(manifestIds, 0)),
    config: before.config.filter(lacks(manifestIds, 1)),
    layer: before.layer.filter(lacks(layerIds, 0)),
    manifest_layer: before.manifest_layer.filter(lacks(manifestIds, 1)),
    sequence: before.sequence,
  };
}

function rolledBack<T>(database: WritableDatabase, work: () => T): T {
  let result: { readonly value: T } | undefined;
  const stop = new Error('roll back');
  try {
    inImmediateTransaction(database, () => {
      result = { value: work() };
      throw stop;
    });
  } catch (error) {
    if (error !== stop) throw error;
  }
  return result!.value;
}

/** Images of one shared layer and two of their own. Answers their references. */
function makeMany({ home }: TestCache, count: number): string[] {
  withDatabase(home, (db) =>
    db.exec(`
      INSERT INTO layer (id, diff_id, blob_digest) VALUES (1000, 'sha256:shared', 'b');
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
      INSERT INTO manifest (id, digest, layer_count) SELECT 1000 + i, 'sha256:m' || i, 3 FROM n;
      INSERT INTO image_ref (reference, manifest_id, created_at)
      SELECT 'many:' || id, id, '2026-01-01 00:00:00.000000001' FROM manifest WHERE id > 1000;
      INSERT INTO config (manifest_id, digest) SELECT id, 'sha256:c' FROM manifest WHERE id > 1000;
      INSERT INTO layer (id, diff_id, blob_digest) SELECT id * 10, 'sha256:a' || id, 'b' FROM manifest WHERE id > 1000;
      INSERT INTO layer (id, diff_id, blob_digest) SELECT id * 10 + 1, 'sha256:b' || id, 'b' FROM manifest WHERE id > 1000;
      INSERT INTO manifest_layer (manifest_id, layer_id, position) SELECT id, 1000, 0 FROM manifest WHERE id > 1000;
      INSERT INTO manifest_layer (manifest_id, layer_id, position) SELECT id, id * 10, 1 FROM manifest WHERE id > 1000;
      INSERT INTO manifest_layer (manifest_id, layer_id, position) SELECT id, id * 10 + 1, 2 FROM manifest WHERE id > 1000`),
  );
  return Array.from({ length: count }, (_, i) => `many:${1001 + i}`);
}

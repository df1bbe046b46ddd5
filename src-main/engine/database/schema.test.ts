import { afterEach, describe, expect, it } from 'vitest';
import { makeCache } from '../../../test-support/cache.ts';
import { withDatabase } from '../../../test-support/database.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { openReadableDatabase, type ReadableDatabase } from './connection.ts';
import { listHandles } from './handles.ts';
import { msbVersionsOf } from './migrations.ts';
import { readMigrations, readSchema } from './schema.ts';
import { readSnapshot } from './snapshot.ts';

const closing: ReadableDatabase[] = [];
afterEach(() => {
  for (const database of closing.splice(0)) database.close();
});

describeWithMsb('readSchema', (version) => {
  it('knows the schema of the real msb', async () => {
    const database = await databaseAfter('', version);
    const msbVersions = version === '0.7.2' ? '0.7.2' : '0.6.16 to 0.6.18';
    expect(readSchema(database)).toEqual({ kind: 'known', msbVersions });
  });
});

describe('readSchema', () => {
  it.each([
    [14, '0.6.4 to 0.6.6', ''],
    [13, '0.5.8 to 0.6.3', 'ALTER TABLE sandbox DROP COLUMN active_config;'],
    [
      11,
      '0.5.6 to 0.5.7',
      'ALTER TABLE sandbox DROP COLUMN active_config; DROP TABLE maintenance_lease; ALTER TABLE sandbox DROP COLUMN ephemeral;',
    ],
    [
      5,
      '0.4.0 to 0.4.3',
      'ALTER TABLE sandbox DROP COLUMN active_config; DROP TABLE maintenance_lease; DROP TABLE snapshot_index;',
    ],
  ])(
    'knows the schema after %i migrations as that of msb %s, and reads it',
    async (count, msbVersions, sql) => {
      const database = await databaseAfter(`${keepMigrations(count)} ${sql}`);
      expect(readSchema(database)).toEqual({ kind: 'known', msbVersions });
      expect(listHandles(database)).toHaveLength(5);
      expect(readSnapshot(database)).toMatchObject({ unknownHolders: [], damagedRows: [], snapshots: [] });
    },
  );

  it('works with migrations it does not know while what it relies on is as expected, and names them', async () => {
    const database = await databaseAfter(`
      INSERT INTO seaql_migrations VALUES ('m20990101_000001_future', 1), ('m20990102_000001_far_future', 1);
      ALTER TABLE manifest ADD COLUMN annotations TEXT;
      CREATE TABLE future (id INTEGER PRIMARY KEY, note TEXT)`);
    expect(readSchema(database)).toEqual({
      kind: 'unknown-intact',
      unknownMigrations: ['m20990101_000001_future', 'm20990102_000001_far_future'],
    });
  });

  it('works with a set of known migrations that no release had, and says which are missing', async () => {
    const missing = 'm20260813_000001_share_cpu_allocations';
    const database = await databaseAfter(`DELETE FROM seaql_migrations WHERE version = '${missing}'`);
    expect(readSchema(database)).toEqual({
      kind: 'unknown-intact',
      unknownMigrations: [`${missing} (missing)`],
    });
  });

  it('works beside an unknown table that points at image tables: its rows are holders', async () => {
    const database = await databaseAfter(
      'CREATE TABLE flat_rootfs (id INTEGER PRIMARY KEY, manifest_id INTEGER REFERENCES manifest(id) ON DELETE CASCADE)',
    );
    expect(readSchema(database).kind).toBe('known');
  });

  it.each([
    ['DROP TABLE run', 'The table run is missing.'],
    ['DROP TABLE seaql_migrations', 'The table seaql_migrations is missing.'],
    ['DROP TABLE snapshot_index', 'The table snapshot_index is missing.'],
    ['DROP TABLE maintenance_lease', 'The table maintenance_lease is missing.'],
    ['ALTER TABLE sandbox DROP COLUMN active_config', 'The column sandbox.active_config is missing.'],
    ['ALTER TABLE layer RENAME COLUMN blob_digest TO digest', 'The column layer.blob_digest is missing.'],
    [
      rebuild('manifest', '"layer_count" integer', '"layer_count" text'),
      'The column manifest.layer_count is declared "TEXT" instead of INTEGER.',
    ],
    [
      rebuild('layer', '"diff_id" text', '"diff_id" blob'),
      'The column layer.diff_id is declared "BLOB" instead of TEXT.',
    ],
    [
      rebuild('manifest_layer', 'REFERENCES "layer" ("id")', 'REFERENCES "manifest" ("id")'),
      'The column manifest_layer.layer_id no longer points at layer.id.',
    ],
    [
      rebuild('manifest_layer', 'REFERENCES "layer" ("id")', 'REFERENCES "layer" ("diff_id")'),
      'The column manifest_layer.layer_id no longer points at layer.id.',
    ],
    [
      rebuild(
        'image_ref',
        ', FOREIGN KEY ("manifest_id") REFERENCES "manifest" ("id") ON DELETE CASCADE',
        '',
      ),
      'The column image_ref.manifest_id no longer points at manifest.id.',
    ],
    [
      rebuild('manifest_layer', 'ON DELETE RESTRICT', 'ON DELETE CASCADE'),
      'Deleting a row of layer has another effect on manifest_layer: CASCADE instead of RESTRICT.',
    ],
    [
      'CREATE TRIGGER spy AFTER DELETE ON layer BEGIN DELETE FROM manifest; END',
      'The trigger spy acts on the table layer.',
    ],
  ])('says exactly what differs (%#)', async (sql, difference) => {
    const database = await databaseAfter(sql);
    expect(readSchema(database)).toEqual({
      kind: 'not-intact',
      differences: [difference],
    });
    expect(listHandles(database)).toHaveLength(5);
    expect(() => readSnapshot(database)).not.toThrow();
  });

  it('tells the tables of msb 0.3 apart from a damaged database, and reads no images from them', async () => {
    const database = await databaseAfter(`${keepMigrations(4)}
      DROP TABLE image_ref; DROP TABLE config; DROP TABLE manifest_layer; DROP TABLE layer; DROP TABLE sandbox_rootfs;
      DROP TABLE manifest;
      CREATE TABLE image (id INTEGER PRIMARY KEY, reference TEXT);
      CREATE TABLE manifest (id INTEGER PRIMARY KEY, image_id INTEGER REFERENCES image(id), digest TEXT);
      CREATE TABLE layer (id INTEGER PRIMARY KEY, digest TEXT)`);
    expect(readSchema(database)).toEqual({
      kind: 'not-intact',
      differences: [expect.stringMatching(/msb 0\.3/)],
    });
    expect(listHandles(database)).toEqual([]);
    expect(readSnapshot(database).references).toEqual([]);
    expect(msbVersionsOf(new Set(readMigrations(database)))).toBe('0.3');
  });

  it('takes a view for no table', async () => {
    const database = await databaseAfter(
      'DROP TABLE run; CREATE VIEW run AS SELECT 1 AS sandbox_id, 1 AS pid, 2 AS status',
    );
    expect(readSchema(database)).toEqual({ kind: 'not-intact', differences: ['The table run is missing.'] });
  });

  it('compares types as SQLite understands them, for an upgraded database spells them differently', async () => {
    const database = await databaseAfter(
      rebuild('layer', '"compressed_size_bytes" integer', '"compressed_size_bytes" bigint'),
    );
    expect(readSchema(database).kind).toBe('known');
  });
});

/** A cache with five references, changed by SQL with foreign keys off. */
async function databaseAfter(sql: string, version: '0.6.18' | '0.7.2' = '0.6.18'): Promise<ReadableDatabase> {
  const cache = await makeCache({ version, images: standardImages() });
  withDatabase(cache.home, (database) => {
    database.pragma('foreign_keys = OFF');
    database.pragma('legacy_alter_table = ON');
    database.unsafeMode();
    database.pragma('writable_schema = ON');
    database.exec(sql);
  });
  const database = openReadableDatabase(cache.databaseFile);
  closing.push(database);
  return database;
}

/** Undoes the later migrations in the book-keeping only. */
function keepMigrations(count: number): string {
  return `DELETE FROM seaql_migrations WHERE rowid NOT IN (SELECT rowid FROM seaql_migrations ORDER BY rowid LIMIT ${count});`;
}

/** The table as if msb had declared it so: the stored CREATE TABLE text, changed. */
function rebuild(table: string, from: string, to: string): string {
  return `UPDATE sqlite_schema SET sql = replace(sql, ${[from, to].map((text) => `'${text}'`).join(', ')})
    WHERE type = 'table' AND name = '${table}'`;
}

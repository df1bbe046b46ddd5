import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../../../test-support/check-cache.ts';
import { ALL_GARBAGE, addGarbage } from '../../../test-support/garbage.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { HostileClient, lookAtEverything, refusals } from './client.fixture.ts';

const APP = 'ghcr.io/acme/app:1';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function open(home: string): HostileClient {
  const client = new HostileClient(home, scratchDir('hostile'));
  closing.push(() => client.close());
  return client;
}

function change(cache: Pick<TestCache, 'databaseFile'>, sql: string): void {
  const database = new Database(cache.databaseFile);
  database.unsafeMode();
  database.exec(sql);
  database.close();
}

/** Looks at everything, tries every removal: all are refused for the schema, and no file changes. */
async function expectReadOnly(home: string, difference: RegExp): Promise<void> {
  const before = listTree(home, { ignore: SQLITE_SIDE_FILES });
  const client = open(home);
  const state = await client.call('home.get', {});
  if (state.schema.kind !== 'not-intact') throw new Error(`the schema is ${state.schema.kind}`);
  expect(state.schema.differences.join(' ')).toMatch(difference);
  await lookAtEverything(client);
  for (const remove of [
    () => client.failure('images.remove', { reference: 'alpine', force: true }),
    () => client.failure('cache.gc', {}),
    () => client.failure('cache.gcLayers', {}),
    () => client.failure('cache.prune', { policy: {} }),
  ]) {
    const error = await remove();
    expect(error).toMatchObject({ code: 'schema-unsupported' });
    expect(JSON.stringify(error)).toMatch(difference);
  }
  expect(listTree(home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
}

/** What msb 0.3 left: its tables, and files in its own layout. */
const MSB_0_3 = `
  CREATE TABLE seaql_migrations (version TEXT PRIMARY KEY, applied_at BIGINT);
  INSERT INTO seaql_migrations VALUES ('m20260305_000001_create_image_tables', 1);
  CREATE TABLE image (id INTEGER PRIMARY KEY, reference TEXT, digest TEXT);
  CREATE TABLE "index" (id INTEGER PRIMARY KEY, image_id INTEGER REFERENCES image(id));
  CREATE TABLE manifest (id INTEGER PRIMARY KEY, digest TEXT);
  CREATE TABLE config (id INTEGER PRIMARY KEY, manifest_id INTEGER);
  CREATE TABLE layer (id INTEGER PRIMARY KEY, digest TEXT);
  CREATE TABLE manifest_layer (manifest_id INTEGER, layer_id INTEGER);
  CREATE TABLE sandbox_image (sandbox_id INTEGER, image_id INTEGER REFERENCES image(id));
  INSERT INTO image VALUES (1, 'alpine', 'sha256:00');`;

describeWithMsb(
  'a schema that is not as we know it',
  (version) => {
    const make = () => makeCache({ version, images: standardImages() });

    it('is told as that of msb 0.3, whose files stay', async () => {
      const home = join(scratchDir('old'), 'home');
      mkdirSync(join(home, 'db'), { recursive: true });
      mkdirSync(join(home, 'cache/layers'), { recursive: true });
      mkdirSync(join(home, 'cache/images'));
      change({ databaseFile: join(home, 'db/msb.db') }, MSB_0_3);
      const digest = 'a'.repeat(64);
      for (const name of [`sha256_${digest}.extracted`, `sha256_${digest}.tar.gz`, `sha256_${digest}.index`])
        writeFileSync(join(home, 'cache/layers', name), 'old');
      writeFileSync(join(home, 'cache/images/alpine.json'), '{}');
      await expectReadOnly(home, /0\.3/);
    });

    it.each([
      ['a column is missing', 'ALTER TABLE layer DROP COLUMN last_used_at', /layer\.last_used_at/],
      [
        'a column has another type',
        'ALTER TABLE layer RENAME COLUMN blob_digest TO old; ALTER TABLE layer ADD COLUMN blob_digest BLOB',
        /layer\.blob_digest/,
      ],
      ['a table is missing', 'DROP TABLE config', /config/],
      [
        'a table is a view',
        'ALTER TABLE image_ref RENAME TO real_ref; CREATE VIEW image_ref AS SELECT * FROM real_ref',
        /image_ref/,
      ],
      [
        'a trigger acts on what we delete',
        'CREATE TRIGGER eat AFTER DELETE ON image_ref BEGIN DELETE FROM layer; END',
        /trigger eat/,
      ],
      [
        'a foreign key goes elsewhere',
        `PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'REFERENCES "manifest"', 'REFERENCES "layer"') WHERE name = 'image_ref'`,
        /image_ref\.manifest_id/,
      ],
    ])('is looked at and never written to when %s', async (_what, sql, difference) => {
      const cache = await make();
      change(cache, sql);
      await expectReadOnly(cache.home, difference);
    });

    it('works with migrations of the future, and names them', async () => {
      const cache = await make();
      await addGarbage(cache.home, ALL_GARBAGE, { version });
      change(
        cache,
        `INSERT INTO seaql_migrations VALUES ('m20991231_000001_<b>tomorrow</b>', 1);
       ALTER TABLE image_ref ADD COLUMN pinned INTEGER DEFAULT 0;
       CREATE TABLE holiday (day TEXT)`,
      );
      const client = open(cache.home);
      expect(await client.call('home.get', {})).toMatchObject({
        schema: { kind: 'unknown-intact', unknownMigrations: ['m20991231_000001_<b>tomorrow</b>'] },
        msbVersion: null,
        readOnlyReasons: [],
      });
      expect(refusals(await lookAtEverything(client))).toEqual({});
      const report = await client.call('images.remove', { reference: APP, force: false });
      expect(report.bytesFreed).toBe(report.bytesPlanned);
      expect((await client.call('cache.gc', {})).count).toBeGreaterThan(10);
      expect(checkDatabase(cache.home)).toEqual([]);
      expect(checkHeldImages(cache.home)).toEqual([]);
    });

    it.each([
      ['manifest', 'manifest(id) ON DELETE CASCADE', 'SELECT manifest_id FROM image_ref'],
      ['manifest', 'manifest(id) ON DELETE SET NULL', 'SELECT manifest_id FROM image_ref'],
      [
        'manifest by digest',
        'manifest(digest)',
        'SELECT m.digest FROM image_ref r JOIN manifest m ON m.id = r.manifest_id',
      ],
      ['image_ref', 'image_ref(id) ON DELETE CASCADE', 'SELECT id FROM image_ref'],
      ['config', 'config(id)', 'SELECT c.id FROM image_ref r JOIN config c ON c.manifest_id = r.manifest_id'],
      [
        'layer',
        'layer(id)',
        'SELECT l.layer_id FROM image_ref r JOIN manifest_layer l ON l.manifest_id = r.manifest_id',
      ],
      [
        'link',
        'manifest_layer(id)',
        'SELECT l.id FROM image_ref r JOIN manifest_layer l ON l.manifest_id = r.manifest_id',
      ],
      ['a manifest column that is not there', 'manifest(no_such)', 'SELECT 1 FROM image_ref r'],
      ['a reference column that is not there', 'image_ref(no_such)', 'SELECT 1 FROM image_ref r'],
    ])('keeps what rows of an unknown table need: %s, by %s', async (_what, target, select) => {
      const cache = await make();
      change(
        cache,
        `CREATE TABLE "warm pool; --" (id INTEGER PRIMARY KEY, held ANY REFERENCES ${target});
       PRAGMA foreign_keys = OFF;
       INSERT INTO "warm pool; --" (held) ${select}${select.includes('r') && select.includes('image_ref r') ? " WHERE r.reference = '" : " WHERE reference = '"}${APP}'`,
      );
      const before = listTree(join(cache.cacheDir, 'layers'));
      const own = `${cache.image(APP).diffIds[1]!.replace(':', '_')}.erofs`;
      const client = open(cache.home);
      for (const call of [
        () => client.outcome('images.remove', { reference: APP, force: false }),
        () => client.outcome('images.remove', { reference: APP, force: true }),
        () => client.outcome('cache.prune', { policy: {} }),
        () => client.outcome('cache.gc', {}),
      ])
        await call();
      expect(listTree(join(cache.cacheDir, 'layers'))[own]).toBe(before[own]);
      const reader = new Database(cache.databaseFile, { readonly: true });
      closing.push(() => reader.close());
      const rows = reader
        .prepare('SELECT count(*) FROM "warm pool; --" WHERE held IS NOT NULL')
        .pluck()
        .get();
      expect(rows).toBeGreaterThan(0);
      expect(reader.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    });
  },
  ['0.6.18', '0.7.2'],
);

import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import type { ImageFacts, ImageHandle } from '../../../src-shared/domain/image.ts';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { metadataKey, pathSafe } from '../../../test-support/database.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { addSandbox } from '../../../test-support/sandboxes.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { addSnapshot } from '../../../test-support/snapshots.ts';
import { HostileClient, lookAtEverything, refusals } from './client.fixture.ts';

const VICTIM = 'alpine';
const SLOW = 120_000;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function open(cache: TestCache): HostileClient {
  const client = new HostileClient(cache.home, scratchDir('hostile'));
  closing.push(() => client.close());
  return client;
}

/** Writes what no msb would: foreign keys and checks do not hold it back. */
function edit(cache: TestCache): Database.Database {
  const database = new Database(cache.databaseFile);
  closing.push(() => database.close());
  database.pragma('foreign_keys = OFF');
  database.pragma('ignore_check_constraints = ON');
  return database;
}

interface Column {
  readonly name: string;
  readonly notnull: number;
  readonly pk: number;
}

function columnsOf(database: Database.Database, table: string): readonly Column[] {
  return database.pragma(`table_info(${table})`) as Column[];
}

/** Every table that says something of images or their holders, and which of its rows are the victim's. */
const ROWS_OF_VICTIM: Readonly<Record<string, string>> = {
  image_ref: `reference = '${VICTIM}'`,
  manifest: `id = (SELECT manifest_id FROM image_ref WHERE reference = '${VICTIM}')`,
  config: `manifest_id = (SELECT manifest_id FROM image_ref WHERE reference = '${VICTIM}')`,
  layer: `id IN (SELECT layer_id FROM manifest_layer WHERE manifest_id =
    (SELECT manifest_id FROM image_ref WHERE reference = '${VICTIM}'))`,
  manifest_layer: `manifest_id = (SELECT manifest_id FROM image_ref WHERE reference = '${VICTIM}')`,
  sandbox: '1',
  sandbox_rootfs: '1',
  run: '1',
  snapshot_index: '1',
  maintenance_lease: '1',
  seaql_migrations: "version LIKE '%create_snapshot_index'",
};

async function makeBusy(version: '0.6.18' | '0.7.2'): Promise<TestCache> {
  const cache = await makeCache({ version, images: standardImages() });
  addSandbox(cache.home, {
    name: 'agent-7',
    reference: VICTIM,
    status: 'Running',
    activeConfig: {},
    runPid: 1,
  });
  addSnapshot(cache.home, { name: 'warm', reference: VICTIM });
  return cache;
}

/** Files of the images that nothing was done to, relative to the cache. */
function filesOfOthers(cache: TestCache): readonly string[] {
  return cache.images
    .filter(({ reference }) => reference !== VICTIM)
    .flatMap(({ reference, manifestDigest, diffIds }) => [
      ...diffIds.map((diffId) => `layers/${pathSafe(diffId)}.erofs`),
      `fsmeta/${pathSafe(manifestDigest)}.erofs`,
      `vmdk/${pathSafe(manifestDigest)}.vmdk`,
      `manifests/${metadataKey(reference)}.json`,
    ]);
}

const ODD_VALUES: readonly (readonly [string, unknown, string])[] = [
  ['NULL', null, '?'],
  ['a negative number', -5, '?'],
  ['the largest number', 9_223_372_036_854_775_807n, '?'],
  ['a fraction beyond counting', 1.5e300, '?'],
  ['bytes', Buffer.from([0xff, 0x00, 0xfe]), '?'],
  ['text that is not UTF-8', Buffer.from([0x61, 0xc3, 0x28]), 'CAST(? AS TEXT)'],
  ['text with a NUL', 'a\0b', '?'],
  ['empty text', '', '?'],
  ['broken JSON', '{"a":[1,', '?'],
  ['JSON of another kind', '{"manifest_digest":{"not":"text"},"__proto__":[]}', '?'],
  ['JSON deeper than a stack', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, '?'],
  ['a list of other things', '[1,null,{"a":[]},"b"]', '?'],
  ['a day no calendar has', '2026-13-45 99:99:99', '?'],
  ['markup', '<img src=x onerror=alert(1)>', '?'],
];

describeWithMsb(
  'a value that should not be in its column',
  (version) => {
    describe.each(Object.keys(ROWS_OF_VICTIM))('of %s', (table) => {
      it(
        'hides no other image, and makes no file of one garbage',
        async () => {
          const cache = await makeBusy(version);
          const database = edit(cache);
          const client = open(cache);
          const others = async () =>
            (await client.call('images.list', {})).filter(
              ({ reference }) =>
                cache.images.some((image) => image.reference === reference) && reference !== VICTIM,
            );
          const healthy = await others();
          const protectedFiles = new Set(filesOfOthers(cache));
          const where = ROWS_OF_VICTIM[table]!;
          const files = listTree(cache.cacheDir);
          let tried = 0;
          for (const { name, notnull } of columnsOf(database, table)) {
            for (const [what, value, bound] of ODD_VALUES) {
              if (value === null && notnull === 1) continue;
              const undo = remember(database, table, where);
              try {
                database.prepare(`UPDATE ${table} SET "${name}" = ${bound} WHERE ${where}`).run(value);
              } catch {
                // A type or index the table itself enforces.
                continue;
              }
              tried += 1;
              const seen = await lookAtOverview(client);
              expect(await others(), `${name} is ${what}`).toEqual(healthy);
              for (const item of seen) expect(protectedFiles, `${name} is ${what}`).not.toContain(item);
              undo();
            }
          }
          expect(tried).toBeGreaterThan(15);
          expect(listTree(cache.cacheDir)).toEqual(files);
        },
        SLOW,
      );
    });
  },
  ['0.6.18'],
);

/** What the rows were, to be put back. */
function remember(database: Database.Database, table: string, where: string): () => void {
  const rows = database
    .prepare(`SELECT rowid AS hidden_rowid, * FROM ${table} WHERE ${where}`)
    .safeIntegers()
    .all() as Record<string, unknown>[];
  return () => {
    for (const { hidden_rowid, ...values } of rows) {
      const names = Object.keys(values);
      database.prepare(`DELETE FROM ${table} WHERE rowid = ?`).run(hidden_rowid);
      const sql = `INSERT OR REPLACE INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      database.prepare(sql).run(Object.values(values));
    }
  };
}

/** Makes the calls that read all rows, and gives the files that a collection would take. */
async function lookAtOverview(client: HostileClient): Promise<readonly string[]> {
  for (const call of ['home.get', 'images.facts', 'layers.list', 'cache.usage'] as const)
    await client.outcome(call, {});
  await client.outcome('images.inspect', { reference: VICTIM });
  const plan = await client.plan({ kind: 'gc' });
  return plan.items.flatMap(({ kind, name }) => (kind === 'layer' ? `layers/${pathSafe(name)}.erofs` : name));
}

describeWithMsb(
  'rows of one image that say too much or too little',
  (version) => {
    const handleOf = (handles: readonly ImageHandle[]) =>
      handles.find(({ reference }) => reference === VICTIM)!;
    const factsOf = (facts: readonly ImageFacts[]) => facts.find(({ reference }) => reference === VICTIM)!;

    it('are read as nothing where a column may be NULL and is, in every column at once', async () => {
      const cache = await makeBusy(version);
      const database = edit(cache);
      for (const table of Object.keys(ROWS_OF_VICTIM)) {
        for (const { name, notnull, pk } of columnsOf(database, table))
          if (notnull === 0 && pk === 0)
            database.exec(`UPDATE ${table} SET "${name}" = NULL WHERE ${ROWS_OF_VICTIM[table]}`);
      }
      const client = open(cache);
      expect(refusals(await lookAtEverything(client))).toEqual({});
      expect(await client.call('images.list', {})).toHaveLength(5);
      expect(handleOf(await client.call('images.list', {}))).toMatchObject({
        architecture: null,
        sizeBytes: null,
        createdAt: null,
        lastUsedAt: null,
        layerCount: 1,
      });
    });

    it.each([
      ['image_ref', 'created_at', "'2026-02-30 00:00:00'", /created_at is not a date/],
      ['image_ref', 'updated_at', "'yesterday'", /updated_at is not a date/],
      ['manifest', 'total_size_bytes', '-1', /total_size_bytes is not a size/],
      ['manifest', 'total_size_bytes', '9223372036854775807', /total_size_bytes is not a size/],
      ['manifest', 'layer_count', "'many'", /layer_count is not a size/],
      ['manifest', 'layer_count', '2000000', /layers expected/],
      ['layer', 'compressed_size_bytes', '1e300', /compressed_size_bytes is not a size/],
      ['layer', 'last_used_at', "x'00'", /last_used_at is not a date/],
    ])('are told as damage of that image alone: %s.%s = %s', async (table, column, value, detail) => {
      const cache = await makeCache({ version, images: standardImages() });
      edit(cache).exec(`UPDATE ${table} SET ${column} = ${value} WHERE ${ROWS_OF_VICTIM[table]}`);
      const facts = await open(cache).call('images.facts', {});
      expect(factsOf(facts).damage).toEqual([{ kind: 'row-damaged', detail: expect.stringMatching(detail) }]);
      for (const { reference, damage } of facts) if (reference !== VICTIM) expect(damage).toEqual([]);
    });

    it.each(['env', 'cmd', 'entrypoint', 'labels'])(
      'are told as damage when the JSON of %s is none',
      async (column) => {
        const cache = await makeCache({ version, images: standardImages() });
        edit(cache).exec(`UPDATE config SET ${column} = '{"cut":' WHERE ${ROWS_OF_VICTIM.config}`);
        const client = open(cache);
        const { facts } = await client.call('images.inspect', { reference: VICTIM });
        expect(facts.damage).toEqual([{ kind: 'row-damaged', detail: expect.stringContaining(column) }]);
        expect(await client.call('images.facts', {})).toHaveLength(5);
      },
    );

    it('are shown whole, and found, when a value has a million characters and the labels 64 KiB', async () => {
      const cache = await makeCache({ version, images: standardImages() });
      const labels = Object.fromEntries(
        Array.from({ length: 64 }, (_, index) => [`label-${index}`, 'v'.repeat(1013)]),
      );
      const huge = `HUGE=${'e'.repeat(1_000_000)}`;
      edit(cache)
        .prepare(`UPDATE config SET env = ?, labels = ? WHERE ${ROWS_OF_VICTIM.config}`)
        .run(JSON.stringify([huge]), JSON.stringify(labels));
      const client = open(cache);
      const { config } = await client.call('images.inspect', { reference: VICTIM });
      expect(config?.env).toEqual([huge]);
      expect(config?.labels).toEqual(labels);
      const found = factsOf(await client.call('images.facts', {}));
      expect(found.labelText.length).toBeLessThanOrEqual(8192);
    });

    it.each([
      ['markup', '<script>alert(1)</script>'],
      ['markup in an attribute', '"><img src=x onerror=alert(1)>'],
      ['terminal escapes', '\u001b]0;owned\u0007\u001b[2J\u001b[31mred'],
      ['a right-to-left override', 'app\u202egnp.exe:1'],
      ['a path that climbs', '../../../../etc/passwd'],
      ['an absolute path', '/etc/passwd'],
      ['a drive', 'C:\\Windows\\System32'],
      ['a query', "'; DROP TABLE image_ref; --"],
      ['lines', 'a\nb\r\nc'],
      ['nothing but spaces', '   '],
      ['a lone half of a pair', '\ud83d'],
      ['100,000 characters', 'x'.repeat(100_000)],
      ['a name of every object', '__proto__'],
    ])('are shown as they are, and removed, when the reference is %s', async (_what, hostile) => {
      const cache = await makeCache({ version, images: standardImages() });
      edit(cache).prepare(`UPDATE image_ref SET reference = ? WHERE reference = ?`).run(hostile, VICTIM);
      const client = open(cache);
      const stored = edit(cache)
        .prepare('SELECT reference FROM image_ref ORDER BY id DESC LIMIT 1')
        .pluck()
        .get() as string;
      expect((await client.call('images.list', {})).map(({ reference }) => reference)).toContain(stored);
      expect(refusals(await lookAtEverything(client))).toEqual({});
      const report = await client.call('images.remove', { reference: stored, force: false });
      expect(report.removed).toContainEqual(expect.objectContaining({ kind: 'reference', name: stored }));
      const left = await client.call('images.list', {});
      expect(left).toHaveLength(4);
      for (const { damage } of await client.call('images.facts', {})) expect(damage).toEqual([]);
    });

    it('keep one image apart from another whose reference is damaged into the same text', async () => {
      const cache = await makeCache({ version, images: standardImages() });
      const database = edit(cache);
      const rename = database.prepare('UPDATE image_ref SET reference = CAST(? AS TEXT) WHERE reference = ?');
      rename.run(Buffer.from([0x61, 0xff]), VICTIM);
      rename.run(Buffer.from([0x61, 0xfe]), 'ghcr.io/acme/app:1');
      const client = open(cache);
      const before = await client.call('images.list', {});
      expect(before.filter(({ reference }) => reference === 'a\ufffd')).toHaveLength(2);
      const error = await client.failure('images.remove', { reference: 'a\ufffd', force: false });
      expect(error).toMatchObject({ code: 'damaged' });
      expect(await client.call('images.list', {})).toEqual(before);
    });
  },
  ['0.6.18'],
);

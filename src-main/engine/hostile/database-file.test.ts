import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, it, vi } from 'vitest';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../../../test-support/check-cache.ts';
import { ALL_GARBAGE, addGarbage } from '../../../test-support/garbage.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { addSandbox } from '../../../test-support/sandboxes.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { damagePageOf } from '../database/damage-page.ts';
import { HostileClient, isRefused, lookAtEverything, refusals } from './client.fixture.ts';

/** So that the tests need not wait as long as a person would: five seconds for each call. */
vi.mock('../database/sqlite-errors.ts', async (original) => ({
  ...(await original<typeof import('../database/sqlite-errors.ts')>()),
  busyTimeoutMs: 200,
}));

const DAMAGE_CODES = ['damaged', 'schema-unsupported', 'not-found'];

const ending: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

function open(cache: Pick<TestCache, 'home'>): HostileClient {
  const client = new HostileClient(cache.home, scratchDir('hostile'));
  ending.push(() => client.close());
  return client;
}

/** Every call that takes something away. */
async function tryEveryRemoval(client: HostileClient): Promise<readonly unknown[]> {
  return [
    await client.outcome('images.remove', { reference: 'alpine', force: true }),
    await client.outcome('cache.gcLayers', {}),
    await client.outcome('cache.gc', {}),
    await client.outcome('cache.prune', { policy: {} }),
  ];
}

/**
 * Looks at everything and tries every removal on a home whose database is no good: each refusal has one of the
 * codes, nothing is removed and nothing on disk changes.
 */
async function expectRefused(cache: Pick<TestCache, 'home'>, codes: readonly string[]): Promise<void> {
  const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
  const client = open(cache);
  const state = await client.call('home.get', {});
  expect(state.readOnlyReasons).not.toEqual([]);
  for (const error of Object.values(refusals(await lookAtEverything(client))))
    expect(codes).toContain(error.code);
  for (const outcome of await tryEveryRemoval(client)) {
    if (!isRefused(outcome)) throw new Error(`removed something: ${JSON.stringify(outcome)}`);
    expect(codes).toContain(outcome.refused.code);
  }
  expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
}

/** A process that keeps the database to itself: readers too have to wait. */
async function keepToItself(file: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      '--eval',
      `const Database = require(process.env.SQLITE);
       const database = new Database(process.env.FILE);
       database.pragma('locking_mode = EXCLUSIVE');
       database.exec('BEGIN IMMEDIATE; CREATE TABLE held (id); ROLLBACK');
       process.stdout.write('held');
       process.stdin.resume();`,
    ],
    {
      env: { ...process.env, SQLITE: createRequire(import.meta.url).resolve('better-sqlite3'), FILE: file },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  ending.push(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

describeWithMsb(
  'a database that cannot be used',
  (version) => {
    const make = () => makeCache({ version, images: standardImages() });

    it('is told as busy while another process keeps it to itself, and works once that has ended', async () => {
      const cache = await make();
      const holder = await keepToItself(cache.databaseFile);
      const client = open(cache);
      const state = await client.call('home.get', {});
      expect(state.readOnlyReasons.join()).toMatch(/locked for \d+ ms/);
      const refused = refusals(await lookAtEverything(client));
      for (const name of ['images.list', 'images.facts', 'cache.usage', 'plan gc'])
        expect(refused[name]).toMatchObject({ code: 'database-busy', file: cache.databaseFile });
      for (const outcome of await tryEveryRemoval(client))
        expect(outcome).toMatchObject({ refused: { code: 'database-busy' } });
      holder.kill('SIGKILL');
      await once(holder, 'close');
      expect(await client.call('images.list', {})).toHaveLength(5);
      expect((await client.call('home.get', {})).readOnlyReasons).toEqual([]);
    }, 30_000);

    it('shows everything and removes nothing while another process has the write lock for longer than we wait', async () => {
      const cache = await make();
      await addGarbage(cache.home, ALL_GARBAGE, { version });
      const writer = new Database(cache.databaseFile);
      ending.push(() => void writer.close());
      writer.exec('BEGIN IMMEDIATE');
      const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
      const client = open(cache);
      expect(refusals(await lookAtEverything(client))).not.toHaveProperty('images.list');
      for (const outcome of await tryEveryRemoval(client)) {
        expect(outcome).toMatchObject({ refused: { code: 'database-busy', file: cache.databaseFile } });
      }
      expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
      writer.exec('ROLLBACK');
      expect((await client.call('cache.gc', {})).count).toBeGreaterThan(10);
      expect(checkHeldImages(cache.home)).toEqual([]);
    }, 60_000);

    it('is none, as when msb has made none, when its name is a link to nowhere', async () => {
      const cache = await make();
      replace(cache.databaseFile, () => symlinkSync('/nowhere/at/all', cache.databaseFile));
      const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
      const client = open(cache);
      expect(await client.call('home.get', {})).toMatchObject({ status: 'no-database' });
      expect(await client.call('images.list', {})).toEqual([]);
      for (const outcome of await tryEveryRemoval(client))
        expect(outcome).toMatchObject({ refused: { code: 'cache-missing' } });
      expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
    });

    it.each([
      ['is empty', (file: string) => writeFileSync(file, '')],
      [
        'is text',
        (file: string) => writeFileSync(file, 'not a database, but long enough to look at\n'.repeat(500)),
      ],
      ['is all zeros', (file: string) => writeFileSync(file, Buffer.alloc(100_000))],
      ['is cut off in its header', (file: string) => truncateSync(file, 50)],
      ['is a directory', (file: string) => replace(file, () => mkdirSync(file))],
      ['is a link to itself', (file: string) => replace(file, () => symlinkSync(file, file))],
      ['is a device', (file: string) => replace(file, () => symlinkSync('/dev/zero', file))],
      ['has another page size in its header', (file: string) => patch(file, 16, [0x00, 0x07])],
      ['has a schema format SQLite does not know', (file: string) => patch(file, 44, [0, 0, 0, 99])],
      ['is written by a later SQLite', (file: string) => patch(file, 18, [9, 9])],
    ])('is refused, and left as it is, when it %s', async (_what, damage) => {
      const cache = await make();
      emptyTheLog(cache.databaseFile);
      damage(cache.databaseFile);
      await expectRefused(cache, [
        'damaged',
        'schema-unsupported',
        'read-only',
        'cache-missing',
        'not-found',
      ]);
    });

    it('is refused while its folder is a file', async () => {
      const cache = await make();
      rmSync(join(cache.home, 'db'), { recursive: true });
      writeFileSync(join(cache.home, 'db'), '');
      const before = listTree(cache.home);
      const client = open(cache);
      expect(await client.call('home.get', {})).toMatchObject({ status: 'no-database' });
      for (const outcome of await tryEveryRemoval(client))
        expect(outcome).toMatchObject({ refused: expect.anything() });
      expect(listTree(cache.home)).toEqual(before);
    });

    it('removes nothing when the write-ahead log, and with it every row, is missing', async () => {
      const cache = await make();
      const home = withUnwrittenLog(cache);
      rmSync(join(home, 'db/msb.db-wal'));
      rmSync(join(home, 'db/msb.db-shm'), { force: true });
      await expectRefused({ home }, ['schema-unsupported', 'damaged', 'not-found']);
    });

    it.each([
      [
        'is torn in the middle of a frame',
        (log: string) => truncateSync(log, Math.floor(statSync(log).size / 2) + 1234),
      ],
      [
        'has noise in its middle',
        (log: string) => patch(log, Math.floor(statSync(log).size / 2), new Array(500).fill(0xa5)),
      ],
      ['has noise for a header', (log: string) => patch(log, 0, new Array(32).fill(0xa5))],
      ['is empty', (log: string) => truncateSync(log, 0)],
      ['is followed by noise', (log: string) => appendFileSync(log, Buffer.alloc(10_000, 0x77))],
      ['is a directory', (log: string) => replace(log, () => mkdirSync(log))],
    ])(
      'answers with what SQLite can prove, or not at all, when the write-ahead log %s',
      async (_what, damage) => {
        const cache = await make();
        const home = withUnwrittenLog(cache);
        rmSync(join(home, 'db/msb.db-shm'), { force: true });
        damage(join(home, 'db/msb.db-wal'));
        const before = listTree(join(home, 'cache'));
        const client = open({ home });
        const seen = await lookAtEverything(client);
        for (const error of Object.values(refusals(seen)))
          expect(['damaged', 'schema-unsupported', 'not-found']).toContain(error.code);
        expect(listTree(join(home, 'cache'))).toEqual(before);
      },
    );

    it.each([
      'image_ref',
      'manifest',
      'layer',
      'manifest_layer',
      'sandbox',
      'sandbox_rootfs',
      'snapshot_index',
    ])(
      'lets nothing go when a page of %s is noise, and shows what can still be read',
      async (table) => {
        const cache = await make();
        await addGarbage(cache.home, ['orphan-layer-file', 'spool', 'unlisted-image'], { version });
        emptyTheLog(cache.databaseFile);
        damageRootOf(cache.databaseFile, table);
        const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        const client = open(cache);
        const seen = await lookAtEverything(client);
        for (const error of Object.values(refusals(seen))) expect(DAMAGE_CODES).toContain(error.code);
        if (table !== 'image_ref') expect(seen.get('images.list')).toHaveLength(5);
        for (const outcome of await tryEveryRemoval(client))
          if (isRefused(outcome)) expect(DAMAGE_CODES).toContain(outcome.refused.code);
        const spools = /^cache\/tmp\//;
        const after = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        for (const [path, what] of Object.entries(before))
          if (!spools.test(path) && path.startsWith('cache/')) expect(after[path]).toBe(what);
      },
      30_000,
    );

    it.each(['config', 'seaql_migrations'])(
      'still tells needed from unneeded when a page of %s, which holds nothing, is noise',
      async (table) => {
        const cache = await make();
        addSandbox(cache.home, { name: 'agent-7', reference: 'alpine' });
        await addGarbage(cache.home, ALL_GARBAGE, { version });
        emptyTheLog(cache.databaseFile);
        damageRootOf(cache.databaseFile, table);
        const client = open(cache);
        const seen = await lookAtEverything(client);
        expect(seen.get('images.list')).toHaveLength(5);
        for (const outcome of await tryEveryRemoval(client))
          if (isRefused(outcome)) expect(DAMAGE_CODES).toContain(outcome.refused.code);
        expect(checkHeldImages(cache.home)).toEqual([]);
      },
      30_000,
    );

    it('shows every image it can reach around a damaged page of a large table', async () => {
      const cache = await make();
      fillTable(cache.databaseFile);
      damagePageOf(cache.databaseFile, 'image_ref');
      const client = open(cache);
      const listed = await client.call('images.list', {});
      expect(listed.length).toBeGreaterThan(1000);
      expect(listed.map(({ reference }) => reference)).toContain('alpine');
      expect((await client.call('cache.gc', {})).count).toBe(0);
      for (const outcome of await tryEveryRemoval(client))
        if (!isRefused(outcome)) expect(outcome).toMatchObject({ bytesFreed: 0 });
      expect(readFileSync(layerOf(cache)).length).toBeGreaterThan(0);
    });

    it('opens the new one when it is replaced while we look at it', async () => {
      const [cache, other] = [await make(), await makeCache({ version, images: standardImages().slice(3) })];
      const client = open(cache);
      expect(await client.call('images.list', {})).toHaveLength(5);
      emptyTheLog(other.databaseFile);
      cpSync(other.databaseFile, `${cache.databaseFile}.new`);
      for (const side of ['-wal', '-shm']) rmSync(`${cache.databaseFile}${side}`, { force: true });
      renameSync(`${cache.databaseFile}.new`, cache.databaseFile);
      expect((await client.call('images.list', {})).map(({ reference }) => reference)).toEqual(['alpine']);
      rmSync(join(cache.home, 'db'), { recursive: true });
      expect(await client.call('images.list', {})).toEqual([]);
      expect(await client.failure('cache.gc', {})).toMatchObject({ code: 'cache-missing' });
    });

    it('is sound after every one of our failures', async () => {
      const cache = await make();
      const writer = new Database(cache.databaseFile);
      writer.exec('BEGIN IMMEDIATE');
      await tryEveryRemoval(open(cache));
      writer.exec('ROLLBACK');
      writer.close();
      expect(checkDatabase(cache.home)).toEqual([]);
      expect(checkHeldImages(cache.home)).toEqual([]);
    });
  },
  ['0.6.18'],
);

function replace(file: string, make: () => void): void {
  rmSync(file, { recursive: true });
  make();
}

function patch(file: string, offset: number, bytes: readonly number[]): void {
  const content = readFileSync(file);
  Buffer.from(bytes).copy(content, offset);
  writeFileSync(file, content);
}

/** Everything that is in the log goes to the database file, and the log with it. */
function emptyTheLog(file: string): void {
  const database = new Database(file);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

/** A copy of the home in the state a killed msb leaves: rows are in the log alone. */
function withUnwrittenLog(cache: TestCache): string {
  const home = join(scratchDir('unwritten'), 'home');
  const source = new Database(cache.databaseFile);
  source.pragma('wal_autocheckpoint = 0');
  cpSync(cache.home, home, { recursive: true, filter: (path) => !path.includes('/db') });
  mkdirSync(join(home, 'db'));
  const script = source.serialize();
  source.close();
  // A header page in WAL mode, and all pages in a log that no one has written back.
  const target = join(home, 'db/msb.db');
  const staged = join(scratchDir('staged'), 'msb.db');
  writeFileSync(staged, script);
  const fresh = new Database(target);
  fresh.pragma('journal_mode = WAL');
  fresh.pragma('wal_autocheckpoint = 0');
  fresh.exec(`ATTACH '${staged}' AS staged`);
  fresh.pragma('foreign_keys = OFF');
  const tables = fresh
    .prepare(
      "SELECT name, sql FROM staged.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC",
    )
    .all() as { name: string; sql: string }[];
  for (const { sql } of tables) fresh.exec(sql);
  for (const { name, sql } of tables)
    if (sql.startsWith('CREATE TABLE'))
      fresh.exec(`INSERT INTO main."${name}" SELECT * FROM staged."${name}"`);
  const copies = ['msb.db', 'msb.db-wal'].map(
    (name) => [name, readFileSync(join(home, 'db', name))] as const,
  );
  fresh.exec('DETACH staged');
  fresh.close();
  for (const [name, bytes] of copies) writeFileSync(join(home, 'db', name), bytes);
  return home;
}

function damageRootOf(file: string, table: string): void {
  const database = new Database(file);
  const root = database
    .prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?')
    .pluck()
    .get(table) as number;
  database.close();
  patch(file, (root - 1) * 4096, new Array(4096).fill(0xa5));
}

/** Enough references for many pages. */
function fillTable(file: string): void {
  const database = new Database(file);
  const insert = database.prepare(
    `INSERT INTO image_ref (reference, manifest_id, created_at, updated_at)
     SELECT ?, manifest_id, created_at, updated_at FROM image_ref WHERE reference = 'alpine'`,
  );
  database.transaction(() => {
    for (let index = 0; index < 3000; index += 1) insert.run(`many.example/${'x'.repeat(60)}:${index}`);
  })();
  database.close();
}

function layerOf(cache: TestCache): string {
  const diffId = cache.image('alpine').diffIds[0]!;
  return join(cache.cacheDir, 'layers', `${diffId.replace(':', '_')}.erofs`);
}

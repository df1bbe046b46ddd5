import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import type { CacheError } from '../../../src-shared/ipc/cache-error.ts';
import { makeCache } from '../../../test-support/cache.ts';
import { standardImages } from '../../../test-support/images.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { CacheFailure } from '../failure.ts';
import { changeCounter } from './change-counter.ts';
import { openReadableDatabase, openWritableDatabase, type ReadableDatabase } from './connection.ts';
import { inImmediateTransaction } from './delete-rows.ts';
import { listHandles } from './handles.ts';
import { readSchema } from './schema.ts';
import { readSnapshot } from './snapshot.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe.each([
  ['openReadableDatabase', openReadableDatabase],
  ['openWritableDatabase', openWritableDatabase],
])('%s', (_name, open) => {
  it('finds no cache where there is no file, and makes none', () => {
    const folder = scratchDir('database');
    const file = path.join(folder, 'msb.db');
    expect(errorOf(() => open(file))).toEqual({ code: 'cache-missing', path: file });
    expect(readdirSync(folder)).toEqual([]);
    expect(errorOf(() => open(path.join(folder, 'db/msb.db')))).toMatchObject({ code: 'cache-missing' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [
      'text',
      Buffer.from('this is not a database at all, but it is long enough to be looked at\n'.repeat(20)),
    ],
    ['a few bytes', Buffer.from('SQL')],
    ['zeros', Buffer.alloc(8192)],
  ])('says that %s is no database', (_what, content) => {
    const file = path.join(scratchDir('database'), 'msb.db');
    writeFileSync(file, content);
    expect(errorOf(() => open(file))).toMatchObject({
      code: 'damaged',
      file,
      detail: /not an SQLite database/,
    });
    expect(readFileSync(file)).toEqual(content);
  });

  it('says that a directory, a FIFO and a file in place of the folder are no database, without waiting', () => {
    const folder = scratchDir('database');
    mkdirSync(path.join(folder, 'directory'));
    writeFileSync(path.join(folder, 'file'), '');
    if (process.platform !== 'win32') execFileSync('mkfifo', [path.join(folder, 'fifo')]);
    for (const name of readdirSync(folder).filter((entry) => entry !== 'file')) {
      const file = path.join(folder, name);
      expect(errorOf(() => open(file))).toMatchObject({
        code: 'damaged',
        file,
        detail: /not a regular file/,
      });
    }
    expect(errorOf(() => open(path.join(folder, 'file/msb.db')))).toMatchObject({ code: 'damaged' });
  });

  it('runs no functions that a file brings in its views and indexes', async () => {
    const { databaseFile } = await makeCache();
    expect(opened(open(databaseFile)).row('PRAGMA trusted_schema')).toEqual([0]);
  });

  it('opens an empty file as a database without tables, and leaves it empty', () => {
    const file = path.join(scratchDir('database'), 'msb.db');
    writeFileSync(file, '');
    const database = opened(open(file));
    expect(readSchema(database)).toEqual({
      kind: 'not-intact',
      differences: [expect.stringMatching(/empty/)],
    });
    expect(listHandles(database)).toEqual([]);
    expect(readSnapshot(database)).toMatchObject({ references: [], unknownHolders: [], damagedRows: [] });
    expect(readFileSync(file)).toHaveLength(0);
  });

  it('reads what is still in the write-ahead log, and leaves it there for a reader', async () => {
    const databaseFile = await cacheInLog();
    const database = open(databaseFile);
    expect(listHandles(database)).toHaveLength(5);
    database.close();
    if (open === openReadableDatabase) {
      expect(readdirSync(path.dirname(databaseFile))).toContain('msb.db-wal');
    }
  });

  it('keeps to what the log has when it is torn', async () => {
    const databaseFile = await cacheInLog();
    const log = readFileSync(`${databaseFile}-wal`);
    writeFileSync(`${databaseFile}-wal`, log.subarray(0, log.length - 3000));
    const database = opened(open(databaseFile));
    expect(readSchema(database).kind).toBe('known');
    expect(listHandles(database).length).toBeLessThan(5);
  });
});

describe('openReadableDatabase', () => {
  it('cannot change anything', async () => {
    const { databaseFile } = await makeCache({ images: standardImages() });
    const database = opened(openReadableDatabase(databaseFile));
    expect(errorOf(() => database.rows('DELETE FROM image_ref RETURNING id'))).toMatchObject({
      code: 'read-only',
    });
    expect(listHandles(database)).toHaveLength(5);
  });

  it('reads what another connection has committed since, and counts its changes', async () => {
    const { databaseFile } = await makeCache({ images: standardImages() });
    const database = opened(openReadableDatabase(databaseFile));
    const before = changeCounter(database);
    expect(changeCounter(database)).toBe(before);
    listHandles(database);
    const other = new Database(databaseFile);
    closing.push(() => other.close());
    other.prepare(`DELETE FROM image_ref WHERE reference = 'alpine'`).run();
    expect(changeCounter(database)).not.toBe(before);
    expect(listHandles(database)).toHaveLength(4);
  });

  it('sees a schema that msb migrates meanwhile', async () => {
    const { databaseFile } = await makeCache({ images: standardImages() });
    const database = opened(openReadableDatabase(databaseFile));
    expect(readSchema(database).kind).toBe('known');
    const other = new Database(databaseFile);
    closing.push(() => other.close());
    other.exec('ALTER TABLE manifest RENAME COLUMN os TO operating_system');
    expect(readSchema(database)).toEqual({
      kind: 'not-intact',
      differences: ['The column manifest.os is missing.'],
    });
    expect(listHandles(database).map(({ os }) => os)).toEqual([null, null, null, null, null]);
  });

  it('is not disturbed by another process that writes', async () => {
    const { databaseFile } = await makeCache({ images: standardImages() });
    const other = new Database(databaseFile);
    closing.push(() => other.close());
    other.exec('BEGIN IMMEDIATE; DELETE FROM image_ref');
    const database = opened(openReadableDatabase(databaseFile));
    expect(listHandles(database)).toHaveLength(5);
  });

  it('says for how long it waited for a database that another process keeps to itself', async () => {
    const { databaseFile } = await makeCache();
    const holder = await keepToItself(databaseFile);
    closing.push(() => holder.kill('SIGKILL'));
    const error = errorOf(() => openReadableDatabase(databaseFile));
    expect(error).toMatchObject({ code: 'database-busy', file: databaseFile });
    expect((error as { waitedMs: number }).waitedMs).toBeGreaterThanOrEqual(4900);
  }, 20_000);
});

/** Permissions do not bind root, so these run in a process of somebody else where the tests run as root. */
describe.skipIf(process.platform === 'win32')('openReadableDatabase without permissions', () => {
  it('says that the file, or a folder above it, does not let us in', async () => {
    const cache = await makeCache();
    const home = handOver(cache.home);
    const file = path.join(home, 'db/msb.db');
    chmodSync(file, 0o000);
    expect(tryAsSomebody(file)).toMatchObject({
      code: 'damaged',
      file,
      detail: expect.stringMatching(/permission/),
    });
    chmodSync(file, 0o644);
    chmodSync(path.dirname(file), 0o000);
    expect(tryAsSomebody(file)).toMatchObject({
      code: 'damaged',
      file,
      detail: expect.stringMatching(/folder/),
    });
    chmodSync(path.dirname(file), 0o755);
    expect(tryAsSomebody(file)).toBe(0);
  });

  it('reads a database in a folder it may not write to while SQLite has its files there', async () => {
    const cache = await makeCache({ images: standardImages() });
    const home = handOver(cache.home);
    const file = path.join(home, 'db/msb.db');
    const owner = new Database(file);
    closing.push(() => owner.close());
    owner.prepare('SELECT count(*) FROM image_ref').get();
    chmodSync(path.dirname(file), 0o555);
    for (const name of readdirSync(path.dirname(file))) chmodSync(path.join(home, 'db', name), 0o444);
    expect(tryAsSomebody(file)).toBe(5);
  });

  it('says what is missing where SQLite cannot read for want of its files', async () => {
    const cache = await makeCache({ images: standardImages() });
    const home = handOver(cache.home);
    const file = path.join(home, 'db/msb.db');
    rmSync(`${file}-shm`, { force: true });
    chmodSync(path.dirname(file), 0o555);
    const before = readdirSync(path.dirname(file));
    expect(tryAsSomebody(file)).toMatchObject({
      code: 'damaged',
      file,
      detail: expect.stringMatching(/msb\.db-shm/),
    });
    expect(readdirSync(path.dirname(file))).toEqual(before);
  });
});

describe('openWritableDatabase', () => {
  it('waits for the write lock and then says for how long', async () => {
    const { databaseFile } = await makeCache({ images: standardImages() });
    const other = new Database(databaseFile);
    closing.push(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    const database = openWritableDatabase(databaseFile);
    closing.push(() => database.close());
    const error = errorOf(() => inImmediateTransaction(database, () => undefined));
    expect(error).toMatchObject({ code: 'database-busy', file: databaseFile });
    expect((error as { waitedMs: number }).waitedMs).toBeGreaterThanOrEqual(4900);
  }, 20_000);

  it('works with foreign keys on, in write-ahead mode, with commits that last', async () => {
    const { databaseFile } = await makeCache();
    const database = openWritableDatabase(databaseFile);
    closing.push(() => database.close());
    expect(
      ['foreign_keys', 'journal_mode', 'synchronous'].map((name) => database.row(`PRAGMA ${name}`)),
    ).toEqual([[1], ['wal'], [2]]);
  });
});

/** A cache whose images are in `msb.db-wal` alone, as msb leaves them. */
async function cacheInLog(): Promise<string> {
  const cache = await makeCache();
  await cache.load(standardImages());
  const withoutLog = path.join(scratchDir('database'), 'msb.db');
  copyFileSync(cache.databaseFile, withoutLog);
  const database = openReadableDatabase(withoutLog);
  expect(listHandles(database)).toEqual([]);
  database.close();
  return cache.databaseFile;
}

function opened<T extends ReadableDatabase>(database: T): T {
  closing.push(() => database.close());
  return database;
}

function errorOf(work: () => unknown): CacheError {
  try {
    work();
  } catch (error) {
    if (error instanceof CacheFailure) return error.error;
    throw error;
  }
  throw new Error('nothing failed');
}

/** Another process that lets nobody else look into the database, until it is killed. */
async function keepToItself(file: string): Promise<ChildProcess> {
  const script = `
    import Database from 'better-sqlite3';
    const database = new Database(process.argv[1]);
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE; COMMIT; BEGIN EXCLUSIVE');
    console.log('held');
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', () => reject(new Error('the process did not get the database')));
  });
  return child;
}

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

/** A copy of the home that belongs to whoever `tryAsSomebody` is. */
function handOver(home: string): string {
  const copy = path.join(scratchDir('home'), 'home');
  mkdirSync(path.join(copy, 'db'), { recursive: true });
  for (const name of readdirSync(path.join(home, 'db'))) {
    copyFileSync(path.join(home, 'db', name), path.join(copy, 'db', name));
  }
  if (isRoot) {
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, copy]);
    for (let folder = path.dirname(copy); folder !== path.parse(folder).root; folder = path.dirname(folder)) {
      if (folder.includes('strata-fixtures-')) chmodSync(folder, 0o755);
    }
  }
  closing.push(() => chmodSync(path.join(copy, 'db'), 0o755));
  return copy;
}

/** How many images a process without special rights finds, or the error it gets. */
function tryAsSomebody(file: string): unknown {
  const script = `
    const { openReadableDatabase, listHandles } = await import(process.argv[1]);
    try {
      console.log(JSON.stringify(listHandles(openReadableDatabase(process.argv[2])).length));
    } catch (error) {
      console.log(JSON.stringify(error.error ?? String(error)));
    }`;
  const module = new URL('./index.ts', import.meta.url).href;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script, module, file], {
    encoding: 'utf8',
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  return JSON.parse(output);
}

import { execFileSync } from 'node:child_process';
import {
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
import { join } from 'node:path';
import type { TestCache } from '../test-support/cache.ts';
import { metadataKey, pathSafe, withDatabase } from '../test-support/database.ts';
import { addFlatDisk } from '../test-support/flat-disks.ts';
import { holdDatabase } from '../test-support/hold-database.ts';
import { listTree, SQLITE_SIDE_FILES } from '../test-support/list-tree.ts';
import { fillDisk, leaveSharedMemory, mountAt, whyNoMounts } from '../test-support/mounts.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { expectHarmless } from './fixtures/harmless.ts';
import { expect, test } from './fixtures/test.ts';
import type { App } from './pages/app.ts';

// What a person is told of each damage, one at a time, while everything else stays usable and the disk as it is.
// That nothing is deleted, and every other case, is tested at the engine: src-main/engine/hostile.

const VICTIM = 'alpine';
const OTHERS = ['ghcr.io/acme/app:1', 'ghcr.io/acme/app:2', 'python:3.12', 'docker.io/library/python:3'];

type Make = (file: string, outside: string) => void;

const WRONG: Readonly<Record<string, Make>> = {
  missing: () => {},
  empty: (file) => writeFileSync(file, ''),
  garbage: (file) => writeFileSync(file, Buffer.alloc(8192, 0xa5)),
  'a directory': (file) => mkdirSync(file),
  'a link to a file outside': (file, outside) => symlinkSync(join(outside, 'precious'), file),
  'a FIFO': (file) => execFileSync('mkfifo', [file]),
  'a device': (file) => execFileSync('mknod', [file, 'c', '1', '5']),
};

/** Only root makes devices, and not everywhere. */
function mayMakeDevices(): boolean {
  try {
    WRONG['a device']!(join(scratchDir('device'), 'zero'), '');
    return true;
  } catch (error) {
    console.log(`no device is put in a file's place: ${String(error)}`);
    return false;
  }
}

/** The words in the list and in the pane, by what the damaged file is and how. */
const FILES: readonly (readonly [artifact: string, wrong: string, cell: RegExp | null, pane: RegExp])[] = [
  ['layer', 'missing', /Layer missing/, /A layer file is missing/],
  ['layer', 'empty', /Layer cut/, /A layer file is cut short or not readable/],
  ['layer', 'garbage', /Layer cut/, /A layer file is cut short or not readable/],
  ['layer', 'a directory', /Layer missing/, /A layer file is missing/],
  ['layer', 'a link to a file outside', /Layer missing/, /A layer file is missing/],
  ['layer', 'a FIFO', /Layer missing/, /A layer file is missing/],
  ['layer', 'a device', /Layer missing/, /A layer file is missing/],
  ['fsmeta', 'missing', /Index missing/, /The file system index is missing/],
  ['fsmeta', 'empty', /Index cut/, /The file system index is cut short or not readable/],
  ['fsmeta', 'garbage', /Index cut/, /The file system index is cut short or not readable/],
  ['fsmeta', 'a link to a file outside', /Index missing/, /The file system index is missing/],
  ['vmdk', 'missing', /Disk missing/, /The disk descriptor is missing/],
  ['vmdk', 'garbage', null, /The disk descriptor is not readable/],
  ['vmdk', 'a directory', /Disk missing/, /The disk descriptor is missing/],
  ['metadata', 'missing', /No metadata/, /The cached metadata is missing/],
  ['metadata', 'garbage', /No metadata/, /The cached metadata is missing/],
  ['metadata', 'a device', /No metadata/, /The cached metadata is missing/],
  ['metadata', 'a link to a file outside', /No metadata/, /The cached metadata is missing/],
];

function fileOf(cache: TestCache, artifact: string): string {
  const { diffIds, manifestDigest } = cache.image(VICTIM);
  const manifest = pathSafe(manifestDigest);
  switch (artifact) {
    case 'layer':
      return join(cache.cacheDir, 'layers', `${pathSafe(diffIds[0]!)}.erofs`);
    case 'fsmeta':
      return join(cache.cacheDir, 'fsmeta', `${manifest}.erofs`);
    case 'vmdk':
      return join(cache.cacheDir, 'vmdk', `${manifest}.vmdk`);
    default:
      return join(cache.cacheDir, 'manifests', `${metadataKey(VICTIM)}.json`);
  }
}

test('tells of every damaged file what is wrong, shows all other images whole, and changes nothing', async ({
  cache,
  app,
}) => {
  test.slow();
  const outside = scratchDir('outside');
  writeFileSync(join(outside, 'precious'), 'p'.repeat(8192));
  await app.open(cache.home);
  const possible = mayMakeDevices() ? FILES : FILES.filter(([, wrong]) => wrong !== 'a device');
  for (const [artifact, wrong, cell, pane] of possible) {
    await test.step(`${artifact}: ${wrong}`, async () => {
      const file = fileOf(cache, artifact);
      renameSync(file, join(outside, 'kept'));
      WRONG[wrong]!(file, outside);
      const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
      if (cell !== null) await expect(app.images.cell(VICTIM, 'Used by')).toContainText(cell);
      await app.images.open(VICTIM);
      await expect(app.detail.pane).toContainText(pane);
      await expect(app.detail.pane).toContainText('msb pull --force');
      await expectOthersWhole(app);
      expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
      rmSync(file, { recursive: true, force: true });
      renameSync(join(outside, 'kept'), file);
      await expect(app.images.cell(VICTIM, 'Used by')).not.toContainText(/missing|cut|No metadata/);
    });
  }
});

/** All are listed without a sign of damage, and one can be opened and looked into. */
async function expectOthersWhole(app: App): Promise<void> {
  for (const reference of OTHERS)
    await expect(app.images.cell(reference, 'Used by')).not.toContainText(/missing|cut|damaged|No metadata/i);
  await app.images.open(OTHERS[2]!);
  await app.detail.choose('Layers');
  await expect(app.detail.strata).toHaveCount(2);
  await app.detail.choose('Overview');
  await expect(app.detail.pane).not.toContainText('This image is damaged');
}

test('tells of a flat disk that is too short where damage is told, and no more when it is whole', async ({
  cache,
  app,
}) => {
  const { blobFile } = addFlatDisk(cache.home, cache.image(VICTIM).manifestDigest);
  const { size } = statSync(blobFile);
  truncateSync(blobFile, size / 2);
  await app.open(cache.home);
  await expect(app.images.cell(VICTIM, 'Used by')).toContainText('Flat disk cut');
  await app.images.open(VICTIM);
  await expect(app.detail.pane).toContainText('The flat root disk is not as long as its record says.');
  await expectOthersWhole(app);
  truncateSync(blobFile, size);
  await app.openNext(cache.home);
  await expect(app.images.cell(VICTIM, 'Used by')).toContainText('Unused');
});

test('lists what the database says without the torn end of its log', async ({ cache, app }) => {
  wholeDatabase(cache);
  writeFileSync(`${cache.databaseFile}-wal`, Buffer.alloc(5000, 0xa5));
  await app.open(cache.home);
  await app.images.open(VICTIM);
  await expectOthersWhole(app);
  await expect(app.main.getByRole('alert')).toHaveCount(0);
});

/** A cache whose database has no log beside it, so that one file is all of it. */
function wholeDatabase(cache: TestCache): Buffer {
  withDatabase(cache.home, (database) => database.pragma('wal_checkpoint(TRUNCATE)'));
  return readFileSync(cache.databaseFile);
}

const UNREADABLE = /The cache database cannot be read|was written by a version of msb/;

const DATABASES: readonly (readonly [
  what: string,
  make: (file: string, whole: Buffer) => void,
  says: RegExp,
])[] = [
  ['is empty', (file) => writeFileSync(file, ''), /The database is empty/],
  ['is text', (file) => writeFileSync(file, 'This is not a database. '.repeat(400)), UNREADABLE],
  ['is zeros', (file) => writeFileSync(file, Buffer.alloc(100_000)), UNREADABLE],
  ['is cut off in its header', (file, whole) => writeFileSync(file, whole.subarray(0, 50)), UNREADABLE],
  ['is a directory', (file) => mkdirSync(file), UNREADABLE],
  ['is a link to itself', (file) => symlinkSync(file, file), UNREADABLE],
  ['is a link to a device', (file) => symlinkSync('/dev/zero', file), UNREADABLE],
  ['has noise for its first table', (file, whole) => writeFileSync(file, withNoise(whole, 1)), UNREADABLE],
];

function withNoise(whole: Buffer, page: number): Buffer {
  const bytes = Buffer.from(whole);
  bytes.fill(0xa5, page === 1 ? 100 : (page - 1) * 4096, page * 4096);
  return bytes;
}

test('tells of a database that cannot be used, lets nothing be removed, and is back when it is whole', async ({
  cache,
  app,
}) => {
  test.slow();
  const whole = wholeDatabase(cache);
  await app.open(cache.home);
  await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
  for (const [what, make, says] of DATABASES) {
    await test.step(what, async () => {
      replaceDatabase(cache, (file) => make(file, whole));
      const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
      await expect(app.main).toContainText(says);
      await expect(app.main).not.toContainText('No images yet');
      await expect(app.notices).toContainText('Nothing can be removed from this cache.');
      await app.showReclaim();
      await expect(app.reclaim.reclaimButton).toBeDisabled();
      await app.show('Images');
      expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
      replaceDatabase(cache, (file) => writeFileSync(file, whole));
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
      await expect(app.notices).toBeHidden();
    });
  }
});

function replaceDatabase({ databaseFile }: TestCache, make: (file: string) => void): void {
  for (const side of ['-wal', '-shm']) rmSync(`${databaseFile}${side}`, { force: true });
  rmSync(databaseFile, { recursive: true });
  make(databaseFile);
}

test('says that another program holds the database, and goes on when it lets go', async ({ cache, app }) => {
  test.slow();
  await app.open(cache.home);
  await app.images.askToRemove(VICTIM);
  await app.removal.asks(`Remove ${VICTIM}?`);
  const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
  const holder = holdDatabase(cache.home);
  await app.removal.confirm('Remove');
  await expect(app.removal.dialog).toContainText('Another program is writing to the cache database.');
  await expect(app.removal.dialog).toContainText('Nothing was changed.');
  expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
  holder.release();
  await app.removal.close();
  await expect(app.images.row(VICTIM)).toBeVisible();
  await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
});

const noMounts = whyNoMounts();
if (noMounts !== null) console.warn(`skipped: a full disk in the window: ${noMounts}`);

test('says that the disk is full, and removes when there is room again', async ({ cache, app }) => {
  test.skip(noMounts !== null, noMounts ?? '');
  test.slow();
  const disk = scratchDir('disk');
  const unmount = mountAt(disk, '-t', 'tmpfs', '-o', 'size=12m', 'none');
  try {
    const home = join(disk, 'home');
    cpSync(cache.home, home, { recursive: true, preserveTimestamps: true });
    leaveSharedMemory(home);
    const makeRoom = fillDisk(disk);
    await app.open(home);
    await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
    const before = listTree(home, { ignore: SQLITE_SIDE_FILES });
    await app.images.askToRemove(VICTIM);
    await app.removal.confirm('Remove');
    await expect(app.removal.dialog).toContainText(/disk is full/i);
    await expect(app.removal.dialog).toContainText('Nothing was changed.');
    expect(listTree(home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
    await app.removal.close();
    makeRoom();
    await app.images.askToRemove(VICTIM);
    await app.removal.confirm('Remove');
    await app.removal.reports();
    await app.removal.close();
    await expect(app.images.row(VICTIM)).toBeHidden();
  } finally {
    unmount();
  }
});

/** For every column of the victim's rows that may be NULL, or holds a number, a date or JSON: what is wrong in it. */
const ROWS: readonly (readonly [what: string, sql: readonly string[], cell: RegExp | null])[] = [
  [
    'NULL in every column that may be',
    [
      'UPDATE manifest SET architecture = NULL, os = NULL, variant = NULL, total_size_bytes = NULL WHERE id = $',
      'UPDATE config SET env = NULL, cmd = NULL, entrypoint = NULL, working_dir = NULL, user = NULL, labels = NULL, stop_signal = NULL WHERE manifest_id = $',
      'UPDATE image_ref SET created_at = NULL, updated_at = NULL WHERE manifest_id = $',
    ],
    null,
  ],
  [
    'broken JSON in every column of JSON',
    ["UPDATE config SET env = '{\"a\":[', cmd = '[', entrypoint = 'x', labels = '{' WHERE manifest_id = $"],
    null,
  ],
  [
    'text that is not UTF-8',
    ["UPDATE manifest SET architecture = CAST(x'61c328' AS TEXT), os = CAST(x'ff' AS TEXT) WHERE id = $"],
    null,
  ],
  ['a negative size', ['UPDATE manifest SET total_size_bytes = -1 WHERE id = $'], /Row damaged/],
  [
    'an enormous size',
    ['UPDATE manifest SET total_size_bytes = 9223372036854775807 WHERE id = $'],
    /Row damaged/,
  ],
  [
    'a date that is none',
    [
      "UPDATE image_ref SET created_at = 'yesterday', updated_at = '2026-02-30 99:99:99' WHERE manifest_id = $",
    ],
    /Row damaged/,
  ],
];

test('shows an image whose rows say too much or too little, and all others beside it', async ({
  cache,
  app,
}) => {
  test.slow();
  const whole = wholeDatabase(cache);
  await app.open(cache.home);
  for (const [what, statements, cell] of ROWS) {
    await test.step(what, async () => {
      withDatabase(cache.home, (database) => {
        const id = database
          .prepare('SELECT manifest_id FROM image_ref WHERE reference = ?')
          .pluck()
          .get(VICTIM) as number;
        for (const sql of statements) setColumns(database, sql, id);
      });
      const before = listTree(cache.cacheDir);
      await app.page.reload();
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
      if (cell !== null) await expect(app.images.cell(VICTIM, 'Used by')).toContainText(cell);
      await app.images.open(VICTIM);
      for (const tab of ['Config', 'Layers', 'JSON', 'Overview'] as const) await app.detail.choose(tab);
      await expectHarmless(app.page);
      await expectOthersWhole(app);
      expect(listTree(cache.cacheDir)).toEqual(before);
      replaceDatabase(cache, (file) => writeFileSync(file, whole));
    });
  }
});

type Database = Parameters<Parameters<typeof withDatabase>[1]>[0];

/** One column at a time: a table may not have one of them, or not take what it is given. */
function setColumns(database: Database, sql: string, id: number): void {
  const [, table, columns, where] = /^UPDATE (\w+) SET (.*) WHERE (.*)$/.exec(sql)!;
  for (const column of columns!.split(/, (?=\w+ = )/)) {
    try {
      database.prepare(`UPDATE ${table} SET ${column} WHERE ${where!.replace('$', String(id))}`).run();
    } catch {
      // A column that may not be NULL, or that this version of msb does not have.
    }
  }
}

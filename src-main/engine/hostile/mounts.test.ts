import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { age } from '../../../test-support/age.ts';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../../../test-support/check-cache.ts';
import { pathSafe } from '../../../test-support/database.ts';
import { ALL_GARBAGE, addGarbage } from '../../../test-support/garbage.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { fillDisk, leaveSharedMemory, mountAt, whyNoMounts } from '../../../test-support/mounts.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { HostileClient, isRefused, lookAtEverything, refusals } from './client.fixture.ts';

const VICTIM = 'alpine';
const SLOW = 60_000;
/** A flat disk is long, though sparse, and would not be once copied. */
const SMALL_GARBAGE = ALL_GARBAGE.filter((kind) => kind !== 'flat-disk');

const ending: (() => void)[] = [];
afterEach(() => {
  for (const end of ending.splice(0).toReversed()) end();
});

function mount(target: string, ...options: readonly string[]): void {
  ending.push(mountAt(target, ...options));
}

const reason = whyNoMounts();
if (reason !== null) console.warn(`skipped: other file systems: ${reason}`);

function open(home: string): HostileClient {
  const client = new HostileClient(home, scratchDir('hostile'));
  ending.push(() => client.close());
  return client;
}

/** Moves a home onto a file system of its own. Answers where it is now. */
function moveOnto(cache: TestCache, ...mountOptions: readonly string[]): string {
  const target = scratchDir('mounted');
  mount(target, ...mountOptions);
  const home = join(target, 'home');
  cpSync(cache.home, home, { recursive: true, preserveTimestamps: true });
  return home;
}

/** Moves the cache alone, and has the home say where it is: at `cache` in the folder answered. */
function moveCacheOnto(cache: TestCache, ...mountOptions: readonly string[]): string {
  const disk = scratchDir('disk');
  mount(disk, ...mountOptions);
  cpSync(cache.cacheDir, join(disk, 'cache'), { recursive: true, preserveTimestamps: true });
  rmSync(cache.cacheDir, { recursive: true });
  writeFileSync(join(cache.home, 'config.json'), JSON.stringify({ paths: { cache: join(disk, 'cache') } }));
  return disk;
}

describe.skipIf(reason !== null)(
  `other file systems${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    const make = async () => {
      const cache = await makeCache({ version: '0.6.18', images: standardImages() });
      await addGarbage(cache.home, SMALL_GARBAGE);
      return cache;
    };

    async function tryEveryRemoval(client: HostileClient) {
      return [
        await client.outcome('images.remove', { reference: VICTIM, force: true }),
        await client.outcome('cache.gcLayers', {}),
        await client.outcome('cache.gc', {}),
        await client.outcome('cache.prune', { policy: {} }),
      ];
    }

    it(
      'mounted read-only under the home are looked at, and every removal says why not',
      async () => {
        const cache = await make();
        // Somebody has the database open elsewhere, so that SQLite finds its shared memory.
        const other = new Database(cache.databaseFile);
        ending.push(() => void other.close());
        other.prepare('SELECT count(*) FROM image_ref').get();
        mount(cache.home, '--bind', cache.home);
        execFileSync('mount', ['-o', 'remount,ro,bind', cache.home]);
        const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        const client = open(cache.home);
        expect(refusals(await lookAtEverything(client))).toEqual({});
        expect(await client.call('images.list', {})).toHaveLength(5);
        const { readOnlyReasons } = await client.call('home.get', {});
        expect(readOnlyReasons.join(' ')).toMatch(
          /database file is not writable.*cache folder is not writable/i,
        );
        for (const outcome of await tryEveryRemoval(client))
          expect(outcome).toMatchObject({ refused: { code: 'read-only', reasons: readOnlyReasons } });
        expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
      },
      SLOW,
    );

    it(
      'mounted read-only under the cache alone keep its rows as well',
      async () => {
        const cache = await make();
        mount(cache.cacheDir, '--bind', cache.cacheDir);
        execFileSync('mount', ['-o', 'remount,ro,bind', cache.cacheDir]);
        const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        const client = open(cache.home);
        expect(refusals(await lookAtEverything(client))).toEqual({});
        for (const outcome of await tryEveryRemoval(client))
          expect(outcome).toMatchObject({ refused: { code: 'read-only' } });
        expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
      },
      SLOW,
    );

    it.each([
      ['tmpfs', () => ['-t', 'tmpfs', '-o', 'size=12m', 'none']],
      ['ext4', () => ['-o', 'loop', makeExt4(24)]],
    ])(
      'that are full (%s) change nothing, or all of what was announced',
      async (_kind, options) => {
        const home = moveOnto(await make(), ...options());
        leaveSharedMemory(home);
        const empty = fillDisk(dirname(home));
        const client = open(home);
        expect(refusals(await lookAtEverything(client))).toEqual({});
        const before = listTree(home, { ignore: SQLITE_SIDE_FILES });
        const plan = await client.plan({ kind: 'gc' });
        const outcome = await client.outcome('cache.gc', { planId: plan.planId });
        if (isRefused(outcome)) {
          expect(outcome.refused).toMatchObject({ code: 'read-only' });
          expect(JSON.stringify(outcome.refused)).toMatch(/full/);
          expect(listTree(home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
        } else {
          expect(outcome.bytesFreed).toBe(plan.bytes);
        }
        expect(checkDatabase(home)).toEqual([]);
        expect(checkHeldImages(home)).toEqual([]);
        empty();
        await client.call('cache.gc', {});
        expect((await client.plan({ kind: 'gc' })).items).toEqual([]);
        expect(checkHeldImages(home)).toEqual([]);
      },
      SLOW,
    );

    it(
      'that are full, with nothing left to read the database with, say so',
      async () => {
        const home = moveOnto(await make(), '-t', 'tmpfs', '-o', 'size=12m', 'none');
        const empty = fillDisk(dirname(home));
        const before = listTree(home, { ignore: SQLITE_SIDE_FILES });
        const client = open(home);
        expect(await client.failure('images.list', {})).toMatchObject({
          code: 'damaged',
          detail: expect.stringMatching(/^The disk is full/),
        });
        for (const outcome of await tryEveryRemoval(client)) expect(isRefused(outcome)).toBe(true);
        expect(listTree(home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
        empty();
        expect(await client.call('images.list', {})).toHaveLength(5);
      },
      SLOW,
    );

    it(
      'that are full under the cache, while the database has room, change nothing, or all of what was announced',
      async () => {
        const cache = await make();
        const disk = moveCacheOnto(cache, '-o', 'loop', makeExt4(16));
        fillDisk(disk);
        const client = open(cache.home);
        const [before, rows] = [
          listTree(disk, { withContents: false }),
          await client.call('images.list', {}),
        ];
        const outcome = await client.outcome('cache.prune', { policy: {} });
        if (isRefused(outcome)) {
          expect(outcome.refused).toMatchObject({ code: 'read-only' });
          expect(JSON.stringify(outcome.refused)).toMatch(/full/);
          expect(listTree(disk, { withContents: false })).toEqual(before);
          expect(await client.call('images.list', {})).toEqual(rows);
        } else {
          expect(outcome.bytesFreed).toBe(outcome.bytesPlanned);
        }
      },
      SLOW,
    );

    it(
      'that are full under the cache free at once what they have no room to write an undo of',
      async () => {
        const cache = await make();
        // Its folders take no room, its files do: the journal of the undo is the first that finds none.
        const disk = moveCacheOnto(cache, '-t', 'tmpfs', '-o', 'size=12m', 'none');
        fillDisk(disk);
        const client = open(cache.home);
        const report = await client.call('cache.prune', { policy: {}, undoMinutes: 10 });
        expect(report).toMatchObject({
          bytesFreed: report.bytesPlanned,
          notes: [expect.stringMatching(/^Cannot be undone.*ENOSPC.*freed at once\.$/)],
        });
        expect(report).not.toHaveProperty('undoId');
        expect(report.bytesSetAside ?? 0).toBe(0);
        expect(existsSync(join(disk, 'cache', '.strata'))).toBe(false);
        expect(await client.call('undo.list', {})).toEqual([]);
        expect(checkDatabase(cache.home)).toEqual([]);
      },
      SLOW,
    );

    it(
      'mounted inside an abandoned work folder keep every file',
      async () => {
        const cache = await make();
        const work = join(cache.cacheDir, 'tmp', `sha256_${'a'.repeat(64)}.work`);
        const inner = join(work, 'inner');
        mkdirSync(inner, { recursive: true });
        mount(inner, '-t', 'tmpfs', '-o', 'size=1m', 'none');
        writeFileSync(join(inner, 'precious'), 'p'.repeat(10_000));
        for (const path of [join(inner, 'precious'), inner, work]) age(path, 30 * 86_400_000);
        const client = open(cache.home);
        await client.call('cache.gc', {});
        await client.call('cache.gc', {});
        expect(readdirSync(inner)).toEqual(['precious']);
        expect(checkHeldImages(cache.home)).toEqual([]);
      },
      SLOW,
    );

    it(
      'mounted on an abandoned work folder, or on our own, keep every file',
      async () => {
        const cache = await make();
        const work = join(cache.cacheDir, 'tmp', `sha256_${'a'.repeat(64)}.work`);
        const own = join(cache.cacheDir, '.strata');
        for (const folder of [work, own]) {
          mkdirSync(folder);
          mount(folder, '-t', 'tmpfs', '-o', 'size=1m', 'none');
        }
        writeFileSync(join(work, 'precious'), 'p');
        age(join(work, 'precious'), 30 * 86_400_000);
        age(work, 30 * 86_400_000);
        const client = open(cache.home);
        const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        for (const outcome of await tryEveryRemoval(client))
          if (isRefused(outcome)) expect(outcome.refused.code).toBe('read-only');
        expect(existsSync(join(work, 'precious'))).toBe(true);
        expect(checkDatabase(cache.home)).toEqual([]);
        for (const [path, what] of Object.entries(before))
          if (
            path.startsWith('cache/layers/') &&
            path.includes(pathSafe(cache.image('python:3.12').diffIds[0]!))
          )
            expect(what).toBeTruthy();
      },
      SLOW,
    );

    it(
      'mounted on the layers promise no bytes they cannot give, and lose none',
      async () => {
        const cache = await make();
        const layers = join(cache.cacheDir, 'layers');
        renameSync(layers, `${layers}.copy`);
        mkdirSync(layers);
        mount(layers, '-t', 'tmpfs', '-o', 'size=8m', 'none');
        cpSync(`${layers}.copy`, layers, { recursive: true, preserveTimestamps: true });
        rmSync(`${layers}.copy`, { recursive: true });
        const client = open(cache.home);
        expect(refusals(await lookAtEverything(client))).toEqual({});
        const plan = await client.plan({ kind: 'remove', reference: VICTIM, force: false });
        expect(plan.items.filter(({ hasFile }) => hasFile).map(({ kind }) => kind)).not.toContain('layer');
        expect(plan.kept.map((item) => item.reason)).toContain('it is on another file system than the cache');
        const report = await client.call('images.remove', {
          reference: VICTIM,
          force: false,
          planId: plan.planId,
        });
        expect(report.bytesFreed).toBe(plan.bytes);
        const collection = await client.plan({ kind: 'gc' });
        expect(collection.items.filter(({ kind, hasFile }) => hasFile && kind === 'layer')).toEqual([]);
        expect(checkDatabase(cache.home)).toEqual([]);
        expect(checkHeldImages(cache.home)).toEqual([]);
      },
      SLOW,
    );
  },
);

function makeExt4(megabytes: number): string {
  const image = join(scratchDir('image'), 'disk');
  writeFileSync(image, '');
  execFileSync('truncate', ['-s', `${megabytes}M`, image]);
  // Without the share that only root may fill.
  execFileSync('mkfs.ext4', ['-q', '-m', '0', image], { stdio: 'pipe' });
  expect(statSync(image).size).toBe(megabytes * 2 ** 20);
  return image;
}

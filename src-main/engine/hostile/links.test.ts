import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CacheError } from '../../../src-shared/ipc/cache-error.ts';
import { age } from '../../../test-support/age.ts';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../../../test-support/check-cache.ts';
import { pathSafe } from '../../../test-support/database.ts';
import { ALL_GARBAGE, addGarbage } from '../../../test-support/garbage.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { addSandbox } from '../../../test-support/sandboxes.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { HostileClient, isRefused, lookAtEverything, refusals } from './client.fixture.ts';

const VICTIM = 'alpine';
const LONG_AGO_MS = 30 * 86_400_000;
const SLOW = 30_000;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function open(home: string): HostileClient {
  const client = new HostileClient(home, scratchDir('hostile'));
  closing.push(() => client.close());
  return client;
}

/** Every call that takes something away, for as much as it can get. */
async function removeAll(client: HostileClient): Promise<readonly (CacheError | null)[]> {
  const outcomes = [
    await client.outcome('images.remove', { reference: VICTIM, force: true }),
    await client.outcome('cache.gcLayers', {}),
    await client.outcome('cache.gc', {}),
    await client.outcome('cache.prune', { policy: {} }),
    await client.outcome('cache.gc', {}),
  ];
  return outcomes.map((outcome) => (isRefused(outcome) ? outcome.refused : null));
}

function listHome(home: string): Record<string, string> {
  return listTree(home, { ignore: SQLITE_SIDE_FILES });
}

/** Moves a folder of the cache outside and leaves a link in its place. */
function moveOutside(cache: TestCache, folder: string): string {
  const outside = join(scratchDir('outside'), 'moved');
  renameSync(join(cache.cacheDir, folder), outside);
  symlinkSync(outside, join(cache.cacheDir, folder));
  return outside;
}

describeWithMsb(
  'a link out of the cache',
  (version) => {
    const make = () => makeCache({ version, images: standardImages() });

    describe.each([
      ['a link to a folder outside', (path: string, outside: string) => symlinkSync(outside, path)],
      ['a link to nowhere', (path: string) => symlinkSync('/nowhere/at/all', path)],
      ['a file', (path: string) => writeFileSync(path, 'mine')],
      ['a FIFO', (path: string) => execFileSync('mkfifo', [path])],
    ])('in place of our own folder: %s', (_what, put) => {
      it(
        'makes every removal that needs it fail before anything is changed',
        async () => {
          const cache = await make();
          await addGarbage(cache.home, ALL_GARBAGE, { version });
          const outside = scratchDir('outside');
          writeFileSync(join(outside, 'precious'), 'p');
          put(join(cache.cacheDir, '.strata'), outside);
          const before = listHome(cache.home);
          const client = open(cache.home);
          expect(refusals(await lookAtEverything(client))).toEqual({});
          for (const error of await removeAll(client)) {
            expect(error).toMatchObject({ code: 'read-only' });
            expect(JSON.stringify(error)).toContain('.strata');
          }
          expect(listHome(cache.home)).toEqual(before);
          expect(Object.keys(listTree(outside))).toEqual(['precious']);
          rmSync(join(cache.cacheDir, '.strata'));
          expect((await client.call('cache.gc', {})).count).toBeGreaterThan(10);
        },
        SLOW,
      );
    });

    it.each(['layers', 'fsmeta', 'vmdk', 'manifests', 'tmp', 'flat', 'flat/blobs', 'flat/refs'])(
      'in place of %s leads no removal out of the cache',
      async (folder) => {
        const cache = await make();
        await addGarbage(cache.home, ALL_GARBAGE, { version });
        const outside = moveOutside(cache, folder);
        const canaries = listTree(outside);
        const client = open(cache.home);
        const seen = await lookAtEverything(client);
        expect(seen.get('images.list')).toHaveLength(5);
        if (folder === 'layers')
          for (const { reference } of cache.images)
            expect(JSON.stringify(seen.get(`list ${reference}`))).not.toContain('base.conf');
        await removeAll(client);
        expect(listTree(outside)).toEqual(canaries);
        expect(lstatSync(join(cache.cacheDir, folder)).isSymbolicLink()).toBe(true);
        expect(checkDatabase(cache.home)).toEqual([]);
      },
      SLOW,
    );

    it(
      'that the cache itself is, is followed, and stays',
      async () => {
        const cache = await make();
        await addGarbage(cache.home, ALL_GARBAGE, { version });
        addSandbox(cache.home, { name: 'agent-7', reference: VICTIM });
        const disk = join(scratchDir('disk'), 'cache');
        renameSync(cache.cacheDir, disk);
        symlinkSync(disk, cache.cacheDir);
        const client = open(cache.home);
        expect(refusals(await lookAtEverything(client))).toEqual({});
        const plan = await client.plan({ kind: 'prune', policy: {} });
        const report = await client.call('cache.prune', { policy: {}, planId: plan.planId });
        expect(report.bytesFreed).toBe(plan.bytes);
        expect(lstatSync(cache.cacheDir).isSymbolicLink()).toBe(true);
        expect(existsSync(join(disk, '.strata'))).toBe(false);
        expect(checkHeldImages(cache.home)).toEqual([]);
      },
      SLOW,
    );

    it.each([
      ['to nowhere', '/nowhere/at/all'],
      ['to itself', 'cache'],
      ['to a file', 'config.json'],
    ])('that the cache itself is, and that leads %s, lets nothing go', async (_where, target) => {
      const cache = await make();
      writeFileSync(join(cache.home, 'config.json'), '{}');
      renameSync(cache.cacheDir, join(cache.home, 'cache.away'));
      symlinkSync(target, cache.cacheDir);
      const before = listHome(cache.home);
      const client = open(cache.home);
      const seen = await lookAtEverything(client);
      expect(seen.get('images.list')).toHaveLength(5);
      await client.outcome('cache.gc', {});
      await client.outcome('cache.gcLayers', {});
      expect(listHome(cache.home)).toEqual(before);
    });

    it('inside an abandoned work folder goes, and what it leads to stays', async () => {
      const cache = await make();
      const outside = scratchDir('outside');
      mkdirSync(join(outside, 'folder'));
      writeFileSync(join(outside, 'folder', 'precious'), 'p'.repeat(9000));
      const work = join(cache.cacheDir, 'tmp', `sha256_${'a'.repeat(64)}.work`);
      mkdirSync(join(work, 'inner'), { recursive: true });
      symlinkSync(join(outside, 'folder'), join(work, 'inner', 'folder'));
      symlinkSync(join(outside, 'folder', 'precious'), join(work, 'fsmeta.erofs'));
      linkSync(join(outside, 'folder', 'precious'), join(work, 'hard'));
      symlinkSync('/', join(work, 'root'));
      ageAll(work);
      const canaries = listTree(outside);
      const client = open(cache.home);
      const [usage, plan] = [await client.call('cache.usage', {}), await client.plan({ kind: 'gc' })];
      const report = await client.call('cache.gc', { planId: plan.planId });
      expect(existsSync(work)).toBe(false);
      expect(report.bytesFreed).toBe(plan.bytes);
      const precious = lstatSync(join(outside, 'folder', 'precious')).blocks * 512;
      expect(usage.totalBytes - (await client.call('cache.usage', {})).totalBytes).toBe(
        report.bytesFreed + precious,
      );
      expect(listTree(outside)).toEqual(canaries);
    });

    it('inside what an interrupted removal left goes, and what it leads to stays', async () => {
      const cache = await make();
      const outside = scratchDir('outside');
      cpSync(join(cache.cacheDir, 'layers'), join(outside, 'layers'), { recursive: true });
      const left = join(cache.cacheDir, '.strata', 'a'.repeat(32));
      mkdirSync(join(left, 'fsmeta'), { recursive: true });
      symlinkSync(join(outside, 'layers'), join(left, 'layers'));
      for (const name of readdirSync(join(outside, 'layers')))
        symlinkSync(join(outside, 'layers', name), join(left, 'fsmeta', name));
      ageAll(join(cache.cacheDir, '.strata'));
      const [canaries, layers] = [listTree(outside), listTree(join(cache.cacheDir, 'layers'))];
      const client = open(cache.home);
      await client.call('cache.gc', {});
      expect(listTree(outside)).toEqual(canaries);
      expect(listTree(join(cache.cacheDir, 'layers'))).toEqual(layers);
      expect(existsSync(join(cache.cacheDir, '.strata'))).toBe(false);
    });

    it('in place of the folder of leases makes no lock outside, and the files stay', async () => {
      const cache = await make();
      const outside = scratchDir('outside');
      symlinkSync(outside, join(cache.cacheDir, 'layers', '.msb-leases'));
      const layers = listTree(join(cache.cacheDir, 'layers'));
      const client = open(cache.home);
      const report = await client.call('images.remove', { reference: VICTIM, force: false });
      expect(report.leftAlone.map(({ kind }) => kind)).toContain('layer');
      expect(listTree(outside)).toEqual({});
      expect(listTree(join(cache.cacheDir, 'layers'))).toEqual(layers);
    });

    it("that takes a file's place after the plan was seen stops the removal, with nothing changed", async () => {
      const cache = await make();
      const outside = scratchDir('outside');
      const file = join(cache.cacheDir, 'layers', `${pathSafe(cache.image(VICTIM).diffIds[0]!)}.erofs`);
      const client = open(cache.home);
      const { planId } = await client.plan({ kind: 'remove', reference: VICTIM, force: false });
      renameSync(file, join(outside, 'the-very-file'));
      symlinkSync(join(outside, 'the-very-file'), file);
      const [before, canaries] = [listHome(cache.home), listTree(outside)];
      const error = await client.failure('images.remove', { reference: VICTIM, force: false, planId });
      expect(error).toMatchObject({ code: 'world-changed' });
      expect(listHome(cache.home)).toEqual(before);
      expect(listTree(outside)).toEqual(canaries);
    });

    it('that takes the place of the folder after the plan was seen stops the removal, though the files are the very same', async () => {
      const cache = await make();
      const client = open(cache.home);
      const { planId } = await client.plan({ kind: 'remove', reference: VICTIM, force: false });
      const outside = moveOutside(cache, 'layers');
      const canaries = listTree(outside);
      const error = await client.failure('images.remove', { reference: VICTIM, force: false, planId });
      expect(error).toMatchObject({ code: 'world-changed' });
      expect(listTree(outside)).toEqual(canaries);
      expect(await client.call('images.list', {})).toHaveLength(5);
    });

    it('in a circle of snapshots ends the search for them', async () => {
      const cache = await make();
      const snapshots = join(cache.home, 'snapshots');
      mkdirSync(join(snapshots, 'a'), { recursive: true });
      symlinkSync('..', join(snapshots, 'a', 'up'));
      symlinkSync('.', join(snapshots, 'self'));
      symlinkSync('/', join(snapshots, 'root'));
      const client = open(cache.home);
      expect(refusals(await lookAtEverything(client))).toEqual({});
      expect((await client.call('images.remove', { reference: VICTIM, force: false })).count).toBeGreaterThan(
        3,
      );
    });
  },
  ['0.6.18'],
);

function ageAll(path: string): void {
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) ageAll(join(path, name));
  age(path, LONG_AGO_MS);
}

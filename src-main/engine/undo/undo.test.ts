import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { Report } from '../../../src-shared/domain/plan.ts';
import { makeCache, openTestCache, type TestCache } from '../../../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../../../test-support/check-cache.ts';
import { cachedImages, metadataKey, pathSafe, withDatabase } from '../../../test-support/database.ts';
import { addFlatDisk } from '../../../test-support/flat-disks.ts';
import { ALL_GARBAGE, addGarbage } from '../../../test-support/garbage.ts';
import { holdLock } from '../../../test-support/hold-lock.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { msbImageInspect, msbImageList } from '../../../test-support/oracle.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { startStandIn } from '../../../test-support/stand-in.ts';
import { HostileClient } from '../hostile/client.fixture.ts';
import { Session } from '../session.ts';
import { FREEING } from '../settings/chosen.fixture.ts';
import { expireUndo } from './expire.ts';

const APP_1 = 'ghcr.io/acme/app:1';
const APP_2 = 'ghcr.io/acme/app:2';
const PYTHON = 'python:3.12';
const PYTHON_TAG = 'docker.io/library/python:3';

const clients: HostileClient[] = [];

/** A client on a home whose removals can be undone for an hour. */
async function open(home: string, dataDir = scratchDir('undo-data')): Promise<HostileClient> {
  const client = new HostileClient(home, dataDir);
  clients.push(client);
  await client.call('settings.set', { undoMinutes: 60 });
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** Every row of the image tables, and what msb says of every image. */
async function whatMsbSees(cache: TestCache) {
  const rows = withDatabase(cache.home, (database) =>
    ['image_ref', 'manifest', 'config', 'layer', 'manifest_layer'].map((table) =>
      database.prepare(`SELECT * FROM ${table} ORDER BY id`).all(),
    ),
  );
  const list = await msbImageList(cache.home, cache.version);
  const images = await Promise.all(
    list.map(({ reference }) => msbImageInspect(cache.home, reference, cache.version)),
  );
  return { rows, list, images };
}

function layerFile(cache: TestCache, reference: string, position: number): string {
  return join(cache.cacheDir, 'layers', `${pathSafe(cache.image(reference).diffIds[position]!)}.erofs`);
}

function expectSound(cache: TestCache): void {
  expect(checkDatabase(cache.home)).toEqual([]);
  expect(checkHeldImages(cache.home)).toEqual([]);
}

describeWithMsb('a removal that can be undone', (version) => {
  const make = () => makeCache({ version, images: standardImages() });

  it('comes back byte for byte, and msb sees what it saw', async () => {
    const cache = await make();
    addFlatDisk(cache.home, cache.image(APP_1).manifestDigest, {
      contentBytes: 50_000,
      virtualSizeBytes: 2 ** 20,
    });
    const client = await open(cache.home);
    const [seen, files] = [await whatMsbSees(cache), listTree(cache.cacheDir)];
    const report: Report = await client.call('images.remove', {
      references: [APP_1, PYTHON, PYTHON_TAG],
      force: false,
    });
    expect(report).toMatchObject({ bytesFreed: 0, bytesSetAside: report.bytesPlanned });
    expect(existsSync(layerFile(cache, APP_1, 1))).toBe(false);
    expect(await msbImageList(cache.home, version)).toHaveLength(2);
    const [entry, ...others] = await client.call('undo.list', {});
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ id: report.undoId, bytes: report.bytesSetAside, problem: null });
    expect(entry!.references.toSorted()).toEqual([APP_1, PYTHON, PYTHON_TAG].toSorted());
    const restored = await client.call('undo.restore', { id: report.undoId! });
    expect(restored.bytes).toBe(report.bytesSetAside);
    expect(await whatMsbSees(cache)).toEqual(seen);
    expect(listTree(cache.cacheDir)).toEqual(files);
    expect(await client.call('undo.list', {})).toEqual([]);
    expectSound(cache);
  });

  it('brings back a tag whose image stayed', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const [seen, files] = [await whatMsbSees(cache), listTree(cache.cacheDir)];
    const report = await client.call('images.remove', { reference: PYTHON, force: false });
    await client.call('undo.restore', { id: report.undoId! });
    expect(await whatMsbSees(cache)).toEqual(seen);
    expect(listTree(cache.cacheDir)).toEqual(files);
  });

  it('counts what is set aside as such: not as garbage, not as free, and collects none of it', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const before = await client.call('cache.usage', {});
    const report = await client.call('cache.prune', { policy: {} });
    const after = await client.call('cache.usage', {});
    const line = after.lines.find(({ category }) => category === 'set-aside')!;
    expect(line.allocatedBytes).toBe(report.bytesSetAside);
    expect(after.totalBytes).toBeGreaterThanOrEqual(before.totalBytes);
    expect(after.gc).toEqual({ count: 0, bytes: 0 });
    const files = listTree(cache.cacheDir);
    expect((await client.call('cache.gc', {})).count).toBe(0);
    expect(listTree(cache.cacheDir)).toEqual(files);
  });

  it('is no reason for a prune down to a size to take more: what is set aside comes free by itself', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const first = await client.call('cache.prune', { policy: { cacheUnderBytes: 400_000 } });
    expect(first.bytesSetAside).toBeGreaterThan(0);
    const again = await client.plan({ kind: 'prune', policy: { cacheUnderBytes: 400_000 } });
    expect(again.items).toEqual([]);
    expect(await client.call('images.list', {})).not.toEqual([]);
  });

  it('undoes a collection of every kind of garbage', async () => {
    const cache = await make();
    await addGarbage(cache.home, ALL_GARBAGE, { version });
    const client = await open(cache.home);
    // Flat disks are 256 MiB long: their contents are not read.
    const files = listTree(cache.cacheDir, { withContents: false });
    const report = await client.call('cache.gc', {});
    expect(report.bytesFreed + report.bytesSetAside!).toBe(report.bytesPlanned);
    await client.call('undo.restore', { id: report.undoId! });
    const back = listTree(cache.cacheDir, { withContents: false });
    // What an interrupted removal had left is freed at once: nothing knows the rows it had.
    const expected = Object.entries(files).filter(([path]) => !path.startsWith('.strata'));
    expect(back).toEqual(Object.fromEntries(expected));
  });

  it('frees the bytes when it is emptied', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const before = await client.call('cache.usage', {});
    const first = await client.call('images.remove', { reference: APP_1, force: false });
    const second = await client.call('images.remove', { reference: APP_2, force: false });
    const one = await client.call('undo.empty', { id: first.undoId! });
    expect(one.ids).toEqual([first.undoId]);
    expect(one.bytesFreed).toBeGreaterThanOrEqual(first.bytesSetAside!);
    await client.call('undo.empty', { all: true });
    const after = await client.call('cache.usage', {});
    expect(before.totalBytes - after.totalBytes).toBe(first.bytesPlanned + second.bytesPlanned);
    expect(existsSync(join(cache.cacheDir, '.strata'))).toBe(false);
    expect(await client.failure('undo.restore', { id: first.undoId! })).toMatchObject({
      code: 'not-found',
      what: 'undo',
    });
    expectSound(cache);
  });

  it('is emptied by itself when its time has passed, and not before', async () => {
    const cache = await make();
    const dataDir = scratchDir('undo-data');
    const client = await open(cache.home, dataDir);
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    const session = new Session({
      homeOption: cache.home,
      startWithSample: false,
      env: {},
      userHome: cache.home,
      sampleArchive: '',
      scratchDir: dataDir,
      dataDir,
    });
    const until = Date.parse(report.undoUntil!);
    await expireUndo(session, until - 1);
    expect(await client.call('undo.list', {})).toHaveLength(1);
    await expireUndo(session, until);
    expect(await client.call('undo.list', {})).toEqual([]);
    const [last] = await client.call('activity.list', { limit: 1 });
    expect(last).toMatchObject({ kind: 'emptied', undoId: report.undoId });
    session.close();
  });

  it('refuses when the reference has come again, and changes nothing', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const report = await client.call('images.remove', { reference: 'alpine', force: false });
    await cache.load([standardImages()[3]!]);
    const files = listTree(cache.home, { ignore: /^db\// });
    expect(await client.failure('undo.restore', { id: report.undoId! })).toEqual({
      code: 'undo-blocked',
      id: report.undoId,
      reasons: ['alpine is in the cache again.'],
    });
    expect(listTree(cache.home, { ignore: /^db\// })).toEqual(files);
    await client.call('undo.empty', { id: report.undoId! });
    expectSound(cache);
  });

  it('refuses when another file has taken the place of one, and changes nothing', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const seen = await whatMsbSees(cache);
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    const without = await whatMsbSees(cache);
    const metadata = join(cache.cacheDir, 'manifests', `${metadataKey(APP_1)}.json`);
    writeFileSync(metadata, '{}');
    expect(await client.failure('undo.restore', { id: report.undoId! })).toMatchObject({
      code: 'undo-blocked',
      reasons: [`Another manifests/${metadataKey(APP_1)}.json has taken its place.`],
    });
    expect(await whatMsbSees(cache)).toEqual(without);
    expect(existsSync(layerFile(cache, APP_1, 1))).toBe(false);
    rmSync(metadata);
    await client.call('undo.restore', { id: report.undoId! });
    expect(await whatMsbSees(cache)).toEqual(seen);
  });

  it('refuses while the layers it shared are set aside themselves, and works in the right order', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const seen = await whatMsbSees(cache);
    const first = await client.call('images.remove', { reference: APP_1, force: false });
    const second = await client.call('images.remove', {
      references: [APP_2, PYTHON, PYTHON_TAG],
      force: false,
    });
    const error = await client.failure('undo.restore', { id: first.undoId! });
    expect(error).toMatchObject({ code: 'undo-blocked' });
    await client.call('undo.restore', { id: second.undoId! });
    await client.call('undo.restore', { id: first.undoId! });
    expect(await whatMsbSees(cache)).toEqual(seen);
    expectSound(cache);
  });

  it('takes the layer that another image has brought back meanwhile as its own', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const [app1] = standardImages().filter(({ references }) => references.includes(APP_1));
    const seen = (await whatMsbSees(cache)).images.find(({ handle }) => handle.reference === APP_1);
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    await cache.load([{ ...app1!, references: ['other:1'] }]);
    await client.call('undo.restore', { id: report.undoId! });
    expect(await msbImageInspect(cache.home, APP_1, version)).toEqual(seen);
    expectSound(cache);
    expect((await client.plan({ kind: 'gc' })).items).toEqual([]);
  });

  it('goes on where a restore was killed between its renames and its commit', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const [seen, files] = [await whatMsbSees(cache), listTree(cache.cacheDir)];
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    const aside = join(cache.cacheDir, '.strata', report.undoId!);
    const [name] = readdirSync(join(aside, 'layers'));
    renameSync(join(aside, 'layers', name!), join(cache.cacheDir, 'layers', name!));
    await client.call('undo.restore', { id: report.undoId! });
    expect(await whatMsbSees(cache)).toEqual(seen);
    expect(listTree(cache.cacheDir)).toEqual(files);
  });

  it.runIf(process.platform === 'linux')(
    'waits for an msb that may still delete what comes back, as a prune does after its rows have gone',
    async () => {
      const cache = await make();
      const client = await open(cache.home);
      const { undoId } = await client.call('images.remove', { reference: APP_1, force: false });
      const prune = await startStandIn({ env: { MSB_HOME: cache.home }, command: 'image' });
      let isOver = false;
      const restoring = client.call('undo.restore', { id: undoId! }).then(() => {
        isOver = true;
      });
      await delay(300);
      expect(isOver).toBe(false);
      expect(cachedImages(cache.home).map(({ reference }) => reference)).not.toContain(APP_1);
      await prune.end();
      await restoring;
      expect(cachedImages(cache.home).map(({ reference }) => reference)).toContain(APP_1);
      expectSound(cache);
    },
  );

  it('refuses when a file that had stayed in the cache has gone since, and changes nothing', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const { undoId } = await client.call('images.remove', { reference: APP_1, force: false });
    const aside = join(cache.cacheDir, '.strata', undoId!);
    const file = layerFile(cache, APP_1, 1);
    const name = relative(cache.cacheDir, file);
    // As if msb had listed the image again right after its rows were gone.
    const journal = JSON.parse(readFileSync(join(aside, 'undo.json'), 'utf8'));
    const files = journal.files.filter(({ path }: { path: string }) => path !== name);
    writeFileSync(join(aside, 'undo.json'), JSON.stringify({ ...journal, files, leftAlone: [name] }));
    const elsewhere = join(cache.home, 'layer');
    renameSync(join(aside, name), elsewhere);
    expect(await client.failure('undo.restore', { id: undoId! })).toMatchObject({
      code: 'undo-blocked',
      reasons: [`${name} had stayed in the cache, and has gone since.`],
    });
    expectSound(cache);
    renameSync(elsewhere, file);
    await client.call('undo.restore', { id: undoId! });
    expectSound(cache);
    expect(cachedImages(cache.home).map(({ reference }) => reference)).toContain(APP_1);
  });

  it('is left alone while another Strata works on it', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    const lock = join(cache.cacheDir, '.strata', report.undoId!, 'active.lock');
    writeFileSync(lock, '');
    const held = await holdLock(lock);
    try {
      for (const call of ['undo.restore', 'undo.empty'] as const) {
        expect(await client.failure(call, { id: report.undoId! })).toMatchObject({ code: 'undo-blocked' });
      }
    } finally {
      await held.release();
    }
    await client.call('undo.restore', { id: report.undoId! });
    expectSound(cache);
  });

  it('puts back what a holder came to need before it frees the rest', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    // msb lists the image again, but finds its own layer in no cache: a row without its file.
    const aside = join(cache.cacheDir, '.strata', report.undoId!);
    await cache.load(standardImages().filter(({ references }) => references.includes(APP_1)));
    rmSync(layerFile(cache, APP_1, 1));
    await client.call('undo.empty', { id: report.undoId! });
    expect(existsSync(aside)).toBe(false);
    expect(existsSync(layerFile(cache, APP_1, 1))).toBe(true);
    expectSound(cache);
  });

  it('can only be emptied when its journal was written to', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    writeFileSync(join(cache.cacheDir, '.strata', report.undoId!, 'undo.json'), '{"version":1,');
    const [entry] = await client.call('undo.list', {});
    expect(entry).toMatchObject({ id: report.undoId, action: null });
    expect(entry!.problem).toContain('only be emptied');
    expect(await client.failure('undo.restore', { id: report.undoId! })).toMatchObject({
      code: 'undo-blocked',
    });
    expect((await client.call('cache.gc', {})).count).toBe(0);
    await client.call('undo.empty', { id: report.undoId! });
    expectSound(cache);
  });

  it('follows no path a journal was made to name, and no link in its place', async () => {
    const cache = await make();
    const client = await open(cache.home);
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    const aside = join(cache.cacheDir, '.strata', report.undoId!);
    const outside = join(scratchDir('outside'), 'precious');
    writeFileSync(outside, 'mine');
    const [name] = readdirSync(join(aside, 'layers'));
    rmSync(join(aside, 'layers', name!));
    symlinkSync(outside, join(aside, 'layers', name!));
    expect(await client.failure('undo.restore', { id: report.undoId! })).toMatchObject({
      code: 'undo-blocked',
    });
    await client.call('undo.empty', { id: report.undoId! });
    expect(existsSync(outside)).toBe(true);
  });

  it('is garbage like any leftover when it was killed before its journal was written', async () => {
    const cache = await make();
    const client = new HostileClient(cache.home, scratchDir('undo-data'), { graceMs: 0 });
    clients.push(client);
    await client.call('settings.set', { undoMinutes: 60 });
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    rmSync(join(cache.cacheDir, '.strata', report.undoId!, 'undo.json'));
    expect(await client.call('undo.list', {})).toEqual([]);
    const gc = await client.call('cache.gc', {});
    expect(gc.removed.map(({ kind }) => kind)).toEqual(['leftover']);
    expect(existsSync(join(cache.cacheDir, '.strata'))).toBe(false);
    expectSound(openTestCache(cache.home, version));
  });

  it('is every one for ten minutes, unless something else was chosen', async () => {
    const cache = await make();
    const client = new HostileClient(cache.home, scratchDir('undo-data'), { settings: null });
    clients.push(client);
    const calls = [
      () => client.call('images.remove', { reference: APP_1, force: false }),
      () => client.call('cache.prune', { policy: {} }),
    ];
    for (const remove of calls) {
      const report = await remove();
      expect(report).toMatchObject({ bytesFreed: 0, bytesSetAside: report.bytesPlanned });
      const [entry] = await client.call('undo.list', {});
      expect(Date.parse(entry!.expiresAt) - Date.parse(entry!.removedAt)).toBe(10 * 60_000);
      expect(report.undoUntil).toBe(entry!.expiresAt);
    }
  });

  it.each([
    ['the settings', FREEING, undefined],
    ['whoever removes', {}, 0],
  ] as const)(
    'sets nothing aside where %s would have the space at once',
    async (_, settings, undoMinutes) => {
      const cache = await make();
      const client = new HostileClient(cache.home, scratchDir('undo-data'), { settings });
      clients.push(client);
      const report = await client.call('images.remove', { reference: APP_1, force: false, undoMinutes });
      expect(report).not.toHaveProperty('undoId');
      expect(report).not.toHaveProperty('bytesSetAside');
      expect(report.bytesFreed).toBe(report.bytesPlanned);
      expect(existsSync(join(cache.cacheDir, '.strata'))).toBe(false);
    },
  );
});

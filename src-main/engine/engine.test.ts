import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { ImageFacts, ImageHandle, ImageInspection } from '../../src-shared/domain/image.ts';
import type { Plan, PlanAction, Report } from '../../src-shared/domain/plan.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import type { CallName, InputOf, ItemOf, ValueOf } from '../../src-shared/ipc/contract.ts';
import { age } from '../../test-support/age.ts';
import { makeCache, type TestCache } from '../../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../../test-support/check-cache.ts';
import { insertRow, metadataKey, msbTime, pathSafe, withDatabase } from '../../test-support/database.ts';
import { addFlatDisk } from '../../test-support/flat-disks.ts';
import { ALL_GARBAGE, addGarbage } from '../../test-support/garbage.ts';
import { holdLock } from '../../test-support/hold-lock.ts';
import { standardImages } from '../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../test-support/list-tree.ts';
import { describeWithMsb } from '../../test-support/msb-suite.ts';
import { msbImageInspect, msbImageList } from '../../test-support/oracle.ts';
import { addSandbox } from '../../test-support/sandboxes.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { addSnapshot } from '../../test-support/snapshots.ts';
import { CacheFailure, createEngine, type Engine } from './index.ts';
import { chooseSettings, FREEING } from './settings/chosen.fixture.ts';

/** What a client sees of an engine on one home. */
class Client {
  readonly #engine: Engine;

  constructor(home: string) {
    const dataDir = scratchDir('engine-data');
    chooseSettings(dataDir, FREEING);
    this.#engine = createEngine({
      homeOption: home,
      startWithSample: false,
      env: {},
      userHome: home,
      sampleArchive: join(home, 'no-sample'),
      scratchDir: scratchDir('engine'),
      dataDir,
    });
  }

  async call<Name extends CallName>(
    name: Name,
    input: InputOf<Name>,
    options: { signal?: AbortSignal; emit?: (item: ItemOf<Name>) => void } = {},
  ): Promise<ValueOf<Name>> {
    const context = {
      signal: options.signal ?? new AbortController().signal,
      emit: options.emit ?? (() => {}),
    };
    return this.#engine.handlers[name](input, context);
  }

  async failure<Name extends CallName>(name: Name, input: InputOf<Name>): Promise<CacheError> {
    try {
      await this.call(name, input);
    } catch (error) {
      if (error instanceof CacheFailure) return error.error;
      throw error;
    }
    throw new Error(`${name} did not fail`);
  }

  plan(action: PlanAction): Promise<Plan> {
    return this.call('cache.plan', { action: action as InputOf<'cache.plan'>['action'] });
  }

  close(): void {
    this.#engine.close();
  }
}

const clients: Client[] = [];

function open(home: string): Client {
  const client = new Client(home);
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

const APP_1 = 'ghcr.io/acme/app:1';
const APP_2 = 'ghcr.io/acme/app:2';
const PYTHON = 'python:3.12';
const PYTHON_TAG = 'docker.io/library/python:3';

function layerFile(cache: TestCache, reference: string, position: number): string {
  const diffId = cache.image(reference).diffIds[position]!;
  return join(cache.cacheDir, 'layers', `${pathSafe(diffId)}.erofs`);
}

/** What must be true of every cache after every operation. */
async function expectSound(cache: TestCache): Promise<void> {
  expect(checkDatabase(cache.home)).toEqual([]);
  expect(checkHeldImages(cache.home)).toEqual([]);
  await expect(msbImageList(cache.home, cache.version)).resolves.toBeInstanceOf(Array);
  expect(existsSync(join(cache.cacheDir, '.strata'))).toBe(false);
}

function names(report: Report): readonly string[] {
  return report.removed.map((item) => item.kind).toSorted();
}

describeWithMsb('the engine on a real cache', (version) => {
  const make = () => makeCache({ version, images: standardImages() });

  it('lists and inspects what msb lists and inspects, newest first', async () => {
    const cache = await make();
    const client = open(cache.home);
    const handles: readonly ImageHandle[] = await client.call('images.list', {});
    const oracle = await msbImageList(cache.home, version);
    expect(handles.map(({ lastUsedAt: _, ...handle }) => handle)).toEqual(oracle);
    for (const { reference } of oracle) {
      const ours: ImageInspection = await client.call('images.inspect', { reference });
      const theirs = await msbImageInspect(cache.home, reference, version);
      const { lastUsedAt: _, ...handle } = ours.handle;
      expect(handle).toEqual(theirs.handle);
      const { stopSignal: _signal, ...config } = theirs.config!;
      expect(ours.config).toMatchObject(config);
      expect(ours.layers).toHaveLength(theirs.layers.length);
      for (const [index, layer] of theirs.layers.entries()) {
        const { erofsSizeBytes: _size, ...told } = layer;
        expect(ours.layers[index]).toMatchObject(told);
      }
    }
  });

  it('fills what msb leaves empty from the file and the raw config', async () => {
    const cache = await make();
    const { config, layers, history } = await open(cache.home).call('images.inspect', { reference: PYTHON });
    expect(config).toMatchObject({ stopSignal: 'SIGINT', created: '2026-01-10T08:30:00Z' });
    expect(layers.map((layer) => layer.createdBy)).toEqual([
      '# debian.sh --arch amd64 bookworm',
      'RUN apt-get install -y python3',
    ]);
    for (const layer of layers) expect(layer.erofsSizeBytes! % 4096).toBe(0);
    expect(history.map((entry) => entry.position)).toEqual([0, null, 1, null]);
  });

  it('invents nothing when the raw config is gone', async () => {
    const cache = await make();
    for (const reference of [PYTHON, PYTHON_TAG])
      rmSync(join(cache.cacheDir, 'manifests', `${metadataKey(reference)}.json`));
    const inspection = await open(cache.home).call('images.inspect', { reference: PYTHON });
    expect(inspection.config).toMatchObject({ stopSignal: null, created: null, cmd: ['python3'] });
    expect(inspection.history).toEqual([]);
    expect(inspection.facts.platform).toBeNull();
    expect(inspection.facts.damage).toEqual([{ kind: 'metadata-missing', detail: PYTHON }]);
  });

  it('says not found for a reference msb would not find', async () => {
    const cache = await make();
    const error = await open(cache.home).failure('images.inspect', {
      reference: 'docker.io/library/alpine:latest',
    });
    expect(error).toEqual({ code: 'not-found', what: 'image', name: 'docker.io/library/alpine:latest' });
  });

  it('removes an image with what only it needs, and frees exactly what it announced', async () => {
    const cache = await make();
    const client = open(cache.home);
    const facts: readonly ImageFacts[] = await client.call('images.facts', {});
    const before = await client.call('cache.usage', {});
    const plan = await client.plan({ kind: 'remove', reference: APP_1, force: false });
    expect(plan.bytes).toBe(facts.find((fact) => fact.reference === APP_1)!.freedIfRemovedBytes);
    const report = await client.call('images.remove', {
      reference: APP_1,
      force: false,
      planId: plan.planId,
    });
    expect(names(report)).toEqual(['fsmeta', 'layer', 'manifest', 'metadata', 'reference', 'vmdk']);
    expect(report.bytesFreed).toBe(plan.bytes);
    const after = await client.call('cache.usage', {});
    expect(before.totalBytes - after.totalBytes).toBe(report.bytesFreed);
    expect(existsSync(layerFile(cache, APP_1, 0))).toBe(true);
    expect(existsSync(layerFile(cache, APP_1, 1))).toBe(false);
    await expectSound(cache);
    expect((await msbImageList(cache.home, version)).map((handle) => handle.reference)).not.toContain(APP_1);
  });

  it('takes only the name while another tag has the same digest', async () => {
    const cache = await make();
    const client = open(cache.home);
    const report = await client.call('images.remove', { reference: PYTHON, force: false });
    expect(names(report)).toEqual(['metadata', 'reference']);
    await expectSound(cache);
    const again = await client.call('images.remove', { reference: PYTHON_TAG, force: false });
    expect(names(again)).toContain('manifest');
    await expectSound(cache);
  });

  it('waits while an msb opens the database, and refuses while it installs', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const client = open(cache.home);
    setInstallLease(cache, 60_000);
    expect(await client.failure('cache.gc', {})).toMatchObject({
      code: 'read-only',
      reasons: [expect.stringContaining('msb is installing')],
    });
    setTimeout(() => setInstallLease(cache, null), 150);
    expect(await client.call('cache.gc', {})).toMatchObject({ count: 0 });
  });

  it('removes many at once', async () => {
    const cache = await make();
    const report = await open(cache.home).call('images.remove', {
      references: [APP_1, APP_2, 'alpine'],
      force: false,
    });
    expect(report.removed.filter((item) => item.kind === 'reference')).toHaveLength(3);
    await expectSound(cache);
  });

  it.each([
    ['by its pin', { withRootfs: true, config: {} }],
    ['by its configuration alone', { withRootfs: false, config: {} }],
    [
      'by its active configuration',
      { withRootfs: false, config: { manifest_digest: null }, activeConfig: {} },
    ],
  ])('refuses to remove an image a sandbox holds %s, and force takes the name alone', async (_how, spec) => {
    const cache = await make();
    addSandbox(cache.home, { name: 'agent-7', reference: APP_1, status: 'Running', ...spec });
    const client = open(cache.home);
    expect(await client.failure('images.remove', { reference: APP_1, force: false })).toMatchObject({
      code: 'in-use',
      reference: APP_1,
      holders: [{ kind: 'sandbox', name: 'agent-7', status: 'Running', isRunning: true }],
    });
    const report = await client.call('images.remove', { reference: APP_1, force: true });
    expect(names(report)).toEqual(['reference']);
    expect(report.bytesFreed).toBe(0);
    await client.call('cache.gc', {});
    await expectSound(cache);
    expect(existsSync(layerFile(cache, APP_1, 1))).toBe(true);
  });

  it.each([
    ['indexed', { isIndexed: true, layout: 'none' as const }],
    ['only on disk, in the old layout', { isIndexed: false, layout: 'single' as const }],
    ['only on disk, in a group', { isIndexed: false, layout: 'grouped' as const }],
  ])('refuses to remove the base of a snapshot that is %s', async (_how, spec) => {
    const cache = await make();
    addSnapshot(cache.home, { name: 'warm', reference: APP_1, ...spec });
    const client = open(cache.home);
    const error = await client.failure('images.remove', { reference: APP_1, force: false });
    expect(error).toMatchObject({ code: 'in-use', holders: [{ kind: 'snapshot', name: 'warm' }] });
    await client.call('cache.prune', { policy: {} });
    expect(existsSync(layerFile(cache, APP_1, 1))).toBe(true);
    expect(existsSync(layerFile(cache, APP_2, 1))).toBe(false);
    await expectSound(cache);
  });

  it('keeps what rows of an unknown table point at', async () => {
    const cache = await make();
    withDatabase(cache.home, (database) => {
      database.exec(
        'CREATE TABLE warm_pool (id INTEGER PRIMARY KEY, image INTEGER REFERENCES manifest(id) ON DELETE CASCADE)',
      );
      database
        .prepare('INSERT INTO warm_pool (image) SELECT manifest_id FROM image_ref WHERE reference = ?')
        .run(APP_1);
    });
    const client = open(cache.home);
    expect(await client.failure('images.remove', { reference: APP_1, force: false })).toMatchObject({
      code: 'in-use',
      holders: [{ kind: 'unknown-table', table: 'warm_pool' }],
    });
    await client.call('cache.prune', { policy: {} });
    expect(existsSync(layerFile(cache, APP_1, 1))).toBe(true);
    expect(
      withDatabase(cache.home, (database) =>
        database.prepare('SELECT count(*) FROM warm_pool').pluck().get(),
      ),
    ).toBe(1);
    await expectSound(cache);
  });

  it('collects every kind of garbage and nothing else', async () => {
    const cache = await make();
    const before = listTree(cache.cacheDir);
    const garbage = await addGarbage(cache.home, ALL_GARBAGE, { version });
    const client = open(cache.home);
    const usage = await client.call('cache.usage', {});
    const plan = await client.plan({ kind: 'gc' });
    expect(usage.gc).toEqual({ count: plan.items.length, bytes: plan.bytes });
    const report = await client.call('cache.gc', { planId: plan.planId });
    expect(report.bytesFreed).toBe(plan.bytes);
    expect(report.count).toBe(plan.items.length);
    const after = await client.call('cache.usage', {});
    expect(usage.totalBytes - after.totalBytes).toBe(report.bytesFreed);
    const stay = new Set(
      garbage.filter(({ kind }) => kind === 'locks' || kind === 'unknown').flatMap(({ paths }) => paths),
    );
    const left = Object.keys(listTree(cache.cacheDir)).filter(
      (path) => !(path in before) && !path.endsWith('.lock') && !path.startsWith('future-0/'),
    );
    expect(left).toEqual([...stay].filter((path) => !path.endsWith('.lock')).toSorted());
    await expectSound(cache);
    expect((await client.plan({ kind: 'gc' })).items).toEqual([]);
  });

  it('collects orphaned layers alone when asked for those alone', async () => {
    const cache = await make();
    await addGarbage(
      cache.home,
      ['orphan-layer', 'orphan-layer-row', 'orphan-layer-file', 'spool', 'dangling-manifest'],
      { version },
    );
    const report = await open(cache.home).call('cache.gcLayers', {});
    expect(report.count).toBe(3);
    expect(names(report)).toEqual(['layer', 'layer', 'layer']);
    await expectSound(cache);
  });

  it('leaves young files alone that no row knows', async () => {
    const cache = await make();
    await addGarbage(cache.home, ['orphan-layer-file', 'download-part', 'unlisted-image'], {
      version,
      ageMs: 1000,
    });
    const plan = await open(cache.home).plan({ kind: 'gc' });
    expect(plan.items).toEqual([]);
    expect(plan.kept.length).toBeGreaterThan(0);
  });

  it('says once that the layers of an unlisted image are named by its metadata', async () => {
    const cache = await make();
    await addGarbage(cache.home, ['unlisted-image'], { version });
    const { kept } = await open(cache.home).plan({ kind: 'gcLayers' });
    const reasons = new Set(kept.filter(({ kind }) => kind === 'layer').map(({ reason }) => reason));
    expect(reasons).toContain('named by metadata of an unlisted image');
  });

  it('collects the flat disk of an image that goes, and not of one that stays', async () => {
    const cache = await make();
    const flat = [APP_1, APP_2].map((reference) =>
      addFlatDisk(cache.home, cache.image(reference).manifestDigest, { contentBytes: 50_000 }),
    );
    const client = open(cache.home);
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    expect(names(report)).toContain('flat-disk');
    expect(names(report)).toContain('flat-ref');
    expect(report.bytesFreed).toBe(report.bytesPlanned);
    expect(flat).toHaveLength(2);
    expect((await client.plan({ kind: 'gc' })).items).toEqual([]);
    await expectSound(cache);
  });

  it('leaves every file alone while a pull holds its lock, and says so', async () => {
    const cache = await make();
    await addGarbage(cache.home, ['orphan-layer-file', 'spool'], { version });
    const lock = join(cache.cacheDir, 'manifests', `${'a'.repeat(64)}.lock`);
    writeFileSync(lock, '');
    age(join(cache.cacheDir, 'manifests', `${metadataKey(APP_1)}.json`), 3_600_000);
    const held = await holdLock(lock);
    const client = open(cache.home);
    try {
      const plan = await client.plan({ kind: 'gc' });
      expect(plan.isBusy).toBe(true);
      expect(plan.items).toEqual([]);
      expect(plan.kept.map((item) => item.reason)).toContain(
        'msb is pulling, loading or saving; stays until it ends',
      );
      const report = await client.call('images.remove', { reference: APP_1, force: false });
      expect(names(report)).toEqual(['reference']);
      expect(existsSync(layerFile(cache, APP_1, 1))).toBe(true);
    } finally {
      await held.release();
    }
    expect((await client.call('cache.gc', {})).count).toBeGreaterThan(4);
    expect(existsSync(layerFile(cache, APP_1, 1))).toBe(false);
    await expectSound(cache);
  });

  it('stops with the difference when the world moved since the plan was seen', async () => {
    const cache = await make();
    const client = open(cache.home);
    const plan = await client.plan({ kind: 'prune', policy: {} });
    addSandbox(cache.home, { name: 'late', reference: APP_1 });
    const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
    const error = await client.failure('cache.prune', { policy: {}, planId: plan.planId });
    expect(error).toMatchObject({ code: 'world-changed', appeared: [] });
    if (error.code !== 'world-changed') throw new Error('unreachable');
    expect(error.disappeared).toContain(`reference ${APP_1}`);
    expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
    const report = await client.call('cache.prune', { policy: {}, planId: error.plan.planId });
    expect(report.count).toBe(error.plan.items.length);
    await expectSound(cache);
  });

  it('refuses a plan of another action, and one nobody made', async () => {
    const cache = await make();
    const client = open(cache.home);
    const plan = await client.plan({ kind: 'gc' });
    expect(await client.failure('cache.prune', { policy: {}, planId: plan.planId })).toMatchObject({
      code: 'invalid-input',
    });
    expect(await client.failure('cache.gc', { planId: 'f'.repeat(32) })).toMatchObject({
      code: 'not-found',
      what: 'plan',
    });
  });

  it('stops where it is told to, with a cache msb can go on with', async () => {
    const cache = await make();
    const client = open(cache.home);
    const controller = new AbortController();
    const report = await client.call(
      'cache.prune',
      { policy: {} },
      { signal: controller.signal, emit: ({ step }) => step === 'rows' && controller.abort() },
    );
    expect(report.isCancelled).toBe(true);
    expect(report.leftAlone.map((item) => item.reason)).toContain('stopped before its turn');
    await expectSound(cache);
    await client.call('cache.gc', {});
    expect((await client.call('cache.usage', {})).counts.layers).toBeGreaterThan(0);
  });

  it('changes nothing when it only looks', async () => {
    const cache = await make();
    await addGarbage(cache.home, ALL_GARBAGE, { version });
    addSandbox(cache.home, { name: 'agent-7', reference: APP_1 });
    const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
    const client = open(cache.home);
    await client.call('home.get', {});
    await client.call('images.facts', {});
    await client.call('layers.list', {});
    await client.call('cache.usage', {});
    await client.plan({ kind: 'gc' });
    await client.plan({ kind: 'prune', policy: {} });
    await client.failure('images.remove', { reference: APP_1, force: false });
    expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
  });

  it('never deletes through a symbolic link that has taken the place of a layer', async () => {
    const cache = await make();
    const outside = join(scratchDir('outside'), 'precious');
    writeFileSync(outside, 'mine');
    const file = layerFile(cache, APP_1, 1);
    rmSync(file);
    symlinkSync(outside, file);
    const report = await open(cache.home).call('images.remove', { reference: APP_1, force: false });
    expect(report.removed.map((item) => item.kind)).toContain('reference');
    expect(listTree(join(outside, '..'))).toEqual(listTree(join(outside, '..')));
    expect(existsSync(outside)).toBe(true);
    expect(existsSync(file)).toBe(true);
  });

  it('keeps the metadata that another spelling of the reference needs', async () => {
    const cache = await makeCache({
      version,
      images: [{ ...standardImages()[3]!, references: ['alpine'] }],
      followedBy: [[{ ...standardImages()[3]!, references: ['docker.io/library/alpine:latest'] }]],
    });
    const client = open(cache.home);
    const report = await client.call('images.remove', { reference: 'alpine', force: false });
    expect(names(report)).toEqual(['reference']);
    expect(existsSync(join(cache.cacheDir, 'manifests', `${metadataKey('alpine')}.json`))).toBe(true);
  });

  it('shows a reference whose manifest row is gone, and lets its name go', async () => {
    const cache = await make();
    withDatabase(cache.home, (database) => {
      database.pragma('foreign_keys = OFF');
      database.prepare("UPDATE image_ref SET manifest_id = 999 WHERE reference = 'alpine'").run();
    });
    const client = open(cache.home);
    const [handles, facts] = [await client.call('images.list', {}), await client.call('images.facts', {})];
    expect(facts.map((fact) => fact.reference)).toEqual(handles.map((handle) => handle.reference));
    expect(facts.find((fact) => fact.reference === 'alpine')!.damage.map(({ kind }) => kind)).toEqual([
      'row-damaged',
    ]);
    const report = await client.call('images.remove', { reference: 'alpine', force: false });
    expect(report.removed.map((item) => item.kind)).toContain('reference');
    expect(await client.call('images.list', {})).toHaveLength(4);
  });

  it('looks inside an image: lists, reads, finds and compares', async () => {
    const cache = await make();
    const client = open(cache.home);
    const { entries } = await client.call('files.list', { reference: APP_1, path: '/etc' });
    expect(entries.map((entry) => [entry.name, entry.position, entry.change])).toContainEqual([
      'app-1.conf',
      1,
      'added',
    ]);
    const content = await client.call('files.read', {
      reference: APP_1,
      path: '/etc/app-1.conf',
      offset: 0,
      length: 100,
    });
    expect(Buffer.from(content.base64, 'base64').toString()).toBe('name = app-1\n');
    const items: ItemOf<'files.find'>[] = [];
    const summary = await client.call(
      'files.find',
      { path: '/opt/base/run' },
      { emit: (item) => items.push(item) },
    );
    const found = items.flatMap((item) => item.found);
    expect(summary).toEqual({ found: 3, unreadableLayers: [] });
    expect(found.flatMap((hit) => hit.references).toSorted()).toEqual(
      [PYTHON_TAG, APP_1, APP_2, PYTHON].toSorted(),
    );
    const comparison = await client.call('images.compare', { left: APP_1, right: APP_2 });
    expect(comparison.sharedLayers).toHaveLength(1);
    const python = await client.call('images.compare', { left: APP_1, right: PYTHON });
    expect(python.config).toContainEqual({ field: 'env PYTHON_VERSION', left: null, right: '3.12.4' });
    expect(python.config).toContainEqual(expect.objectContaining({ field: 'workingDir', left: '/app' }));
    expect(comparison.files).toContainEqual(
      expect.objectContaining({ path: '/etc/app-2.conf', change: 'added' }),
    );
    const hidden = await client.call('files.efficiency', { reference: APP_1 });
    expect(hidden.efficiency).toBeGreaterThan(0.9);
  });

  it('tells damage image by image and hides none', async () => {
    const cache = await make();
    rmSync(layerFile(cache, APP_1, 1));
    writeFileSync(layerFile(cache, APP_2, 1), 'short');
    const facts = await open(cache.home).call('images.facts', {});
    const damage = (reference: string) =>
      facts.find((fact) => fact.reference === reference)!.damage.map(({ kind }) => kind);
    expect(damage(APP_1)).toEqual(['layer-missing']);
    expect(damage(APP_2)).toEqual(['layer-damaged']);
    expect(damage('alpine')).toEqual([]);
  });
});

describeWithMsb('a home that is not a cache yet', (version) => {
  it.each([
    ['is absent', 'no-home', () => {}],
    ['is empty', 'no-database', (home: string) => mkdirSync(home)],
  ])('is an empty state when it %s, and nothing is created', async (_what, status, prepare) => {
    const folder = scratchDir('nothing');
    const home = join(folder, 'home');
    prepare(home);
    const before = listTree(folder);
    const client = open(home);
    expect(await client.call('home.get', {})).toMatchObject({ status, home, readOnlyReasons: [] });
    expect(await client.call('images.list', {})).toEqual([]);
    expect(await client.call('images.facts', {})).toEqual([]);
    expect(await client.call('layers.list', {})).toEqual([]);
    expect((await client.call('cache.usage', {})).totalBytes).toBe(0);
    expect(await client.failure('cache.gc', {})).toMatchObject({ code: 'cache-missing' });
    expect(listTree(folder)).toEqual(before);
  });

  it('is an empty list when msb has only made its database', async () => {
    const cache = await makeCache({ version });
    const client = open(cache.home);
    expect(await client.call('home.get', {})).toMatchObject({ status: 'no-cache' });
    expect(await client.call('images.list', {})).toEqual([]);
  });
});

/** As msb leaves it from the moment it opens the database until it has migrated it; null as afterwards. */
function setInstallLease(cache: TestCache, forMs: number | null): void {
  withDatabase(cache.home, (database) => {
    database.prepare(`DELETE FROM maintenance_lease WHERE name = 'install_exclusive'`).run();
    if (forMs === null) return;
    const until = msbTime(new Date(Date.now() + forMs));
    insertRow(database, 'maintenance_lease', { name: 'install_exclusive', lease_expires_at: until });
  });
}

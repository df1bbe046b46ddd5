import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeLayerTar, writeOciArchive } from './archive.ts';
import { makeCache } from './cache.ts';
import { checkDatabase, checkHeldImages } from './check-cache.ts';
import { pathSafe, withDatabase } from './database.ts';
import { addFlatDisk } from './flat-disks.ts';
import { ALL_GARBAGE, addGarbage } from './garbage.ts';
import { holdLock } from './hold-lock.ts';
import { everyEntryKind, layer, standardImages } from './images.ts';
import { listTree, SQLITE_SIDE_FILES } from './list-tree.ts';
import { describeWithMsb } from './msb-suite.ts';
import { msbImageInspect, msbImageList } from './oracle.ts';
import { addSandbox } from './sandboxes.ts';
import { scratchDir } from './scratch.ts';
import { addSnapshot } from './snapshots.ts';
import { type ReadEntry, readTar, readTarFile } from './tar-reader.ts';

describeWithMsb('makeCache', (version) => {
  it('loads the images of the recipe and says what they became', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const listed = await msbImageList(cache.home, version);
    expect(listed.map(({ reference }) => reference).sort()).toEqual([
      'alpine',
      'docker.io/library/python:3',
      'ghcr.io/acme/app:1',
      'ghcr.io/acme/app:2',
      'python:3.12',
    ]);
    const python = cache.image('python:3.12');
    expect(cache.image('docker.io/library/python:3').manifestDigest).toBe(python.manifestDigest);
    expect(cache.image('ghcr.io/acme/app:1').diffIds[0]).toBe(python.diffIds[0]);
    const { config, layers } = await msbImageInspect(cache.home, 'python:3.12', version);
    expect(config).toMatchObject({ digest: python.configDigest, cmd: ['python3'] });
    expect(layers.map(({ diffId }) => diffId)).toEqual(python.diffIds);
    expect(checkDatabase(cache.home)).toEqual([]);
    expect(checkHeldImages(cache.home)).toEqual([]);
  });

  it('gives every test its own copy, whose disks name the copy', async () => {
    const recipe = { version, images: standardImages() };
    const [one, two] = [await makeCache(recipe), await makeCache(recipe)];
    await one.msb(['image', 'rm', 'alpine']);
    expect(await msbImageList(two.home, version)).toHaveLength(5);
    const vmdk = join(two.cacheDir, 'vmdk', `${pathSafe(two.image('alpine').manifestDigest)}.vmdk`);
    const extents = [...readFileSync(vmdk, 'utf8').matchAll(/FLAT "([^"]+)"/g)].map((match) => match[1]!);
    expect(extents).toHaveLength(2);
    for (const extent of extents) {
      expect(extent.startsWith(`${two.cacheDir}/`)).toBe(true);
      expect(existsSync(extent)).toBe(true);
    }
  });

  it('loads archives in the OCI layout, compressed layers too', async () => {
    const image = { ...layer('COPY', 'packed'), compression: 'gzip' as const };
    const spec = { references: ['quay.io/x/packed:1'], layers: [image] };
    const [written] = writeOciArchive(join(scratchDir('oci'), 'x.tar'), [spec]);
    const cache = await makeCache({ version, images: [spec], format: 'oci' });
    expect(cache.image('quay.io/x/packed:1').manifestDigest).toBe(written!.manifestDigest);
    const { layers } = await msbImageInspect(cache.home, 'quay.io/x/packed:1', version);
    expect(layers[0]).toMatchObject({
      diffId: written!.layers[0]!.diffId,
      blobDigest: written!.layers[0]!.blobDigest,
      compressedSizeBytes: written!.layers[0]!.sizeBytes,
    });
  });

  it('moves a tag that a later load brings again, leaving the first manifest dangling', async () => {
    const image = (name: string) => ({ references: ['moved:1'], layers: [layer('COPY', name)] });
    const cache = await makeCache({ version, images: [image('first')], followedBy: [[image('second')]] });
    expect(cache.images).toHaveLength(1);
    const manifests = withDatabase(cache.home, (database) =>
      database.prepare('SELECT count(*) FROM manifest').pluck().get(),
    );
    expect(manifests).toBe(2);
    expect(
      readdirSync(join(cache.cacheDir, 'fsmeta')).filter((name) => name.endsWith('.erofs')),
    ).toHaveLength(2);
  });

  it('gets every kind of tar entry through msb and back', async () => {
    const images = [{ references: ['kinds:1'], layers: [{ entries: everyEntryKind() }] }];
    const cache = await makeCache({ version, images });
    const saved = join(scratchDir('saved'), 'saved.tar');
    await cache.msb(['save', 'kinds:1', '--output', saved]);
    const manifest = JSON.parse(readTarFile(saved, 'manifest.json').toString());
    const layerTar = join(scratchDir('saved'), 'layer.tar');
    writeFileSync(layerTar, readTarFile(saved, manifest[0].Layers[0]));
    const brief = ({ type, path, sizeBytes, target, device, sha256 }: ReadEntry) => ({
      type,
      path,
      sizeBytes,
      target,
      device,
      sha256,
    });
    const original = join(scratchDir('saved'), 'original.tar');
    writeLayerTar(original, everyEntryKind());
    // msb saves sorted by path, the parents of every entry included.
    const read = readTar(layerTar).map(brief);
    expect(read).toEqual(expect.arrayContaining(readTar(original).map(brief)));
    const parents = ['deep', `deep/${'n'.repeat(150)}`, 'srv'];
    expect(
      read
        .filter(({ type }) => type === 'directory')
        .map(({ path }) => path)
        .sort(),
    ).toEqual([...parents, 'etc'].sort());
    const owned = readTar(layerTar).find(({ path }) => path === 'owned');
    expect(owned).toMatchObject({ uid: 4_000_000_000, gid: 5_000_000 });
  });

  it('leaves a database and no cache folder when the recipe is empty', async () => {
    const cache = await makeCache({ version });
    expect(existsSync(cache.databaseFile)).toBe(true);
    expect(existsSync(cache.cacheDir)).toBe(false);
    expect(await msbImageList(cache.home, version)).toEqual([]);
  });
});

describeWithMsb('addSandbox', (version) => {
  it('makes msb refuse to remove the image and list the sandbox', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const id = addSandbox(cache.home, { name: 'agent-7', reference: 'alpine', diskBytes: 100_000 });
    const { stderr } = await cache.msb(['image', 'rm', 'alpine'], { expectFailure: true });
    expect(stderr).toContain(`image in use by sandbox(es): ${id}`);
    const { stdout } = await cache.msb(['ls', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'agent-7', status: 'Stopped' }]);
    expect(checkDatabase(cache.home)).toEqual([]);
  });

  it('pins nothing in the database without its root file system row, and checkHeldImages sees the damage', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    addSandbox(cache.home, { name: 'booting', reference: 'alpine', status: 'Starting', withRootfs: false });
    expect(checkHeldImages(cache.home)).toEqual([]);
    await cache.msb(['image', 'rm', 'alpine']);
    const digest = cache.image('alpine').manifestDigest;
    expect(checkHeldImages(cache.home)).toEqual([
      `no manifest row of ${digest}, held by configuration of sandbox booting`,
      expect.stringContaining('no fsmeta/'),
      expect.stringContaining('no vmdk/'),
    ]);
  });

  it('stores text that is not JSON, and rows of a running process', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    addSandbox(cache.home, {
      name: 'odd',
      reference: 'alpine',
      status: 'Running',
      config: '{broken',
      activeConfig: { manifest_digest: 'sha256:other' },
      runPid: process.pid,
    });
    withDatabase(cache.home, (database) => {
      expect(database.prepare('SELECT config FROM sandbox').pluck().get()).toBe('{broken');
      expect(database.prepare('SELECT pid, status FROM run').get()).toEqual({
        pid: process.pid,
        status: 'Running',
      });
      const active = database.prepare('SELECT active_config FROM sandbox').pluck().get() as string;
      expect(JSON.parse(active)).toMatchObject({ name: 'odd', manifest_digest: 'sha256:other' });
    });
  });
});

describeWithMsb('addSnapshot', (version) => {
  it('makes a snapshot that msb lists and keeps the image of', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const added = addSnapshot(cache.home, { name: 'warm', reference: 'alpine', diskBytes: 8192 });
    const { stdout } = await cache.msb(['snapshot', 'ls', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'warm', digest: added.digest, artifact_path: added.path },
    ]);
    await cache.msb(['image', 'prune', '-y']);
    expect(checkHeldImages(cache.home)).toEqual([]);
    // Nothing held the other images.
    expect(
      existsSync(
        join(cache.cacheDir, 'fsmeta', `${pathSafe(cache.image('python:3.12').manifestDigest)}.erofs`),
      ),
    ).toBe(false);
  });

  it('writes descriptors the real reindex accepts', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const layout = version === '0.7.2' ? ('grouped' as const) : ('single' as const);
    addSnapshot(cache.home, {
      name: 'stray',
      reference: 'alpine',
      layout,
      isIndexed: false,
      diskBytes: 8192,
    });
    await cache.msb(['snapshot', 'reindex']);
    const { stdout } = await cache.msb(['snapshot', 'ls', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'stray', image_ref: 'alpine' }]);
  });
});

describeWithMsb(
  'addSnapshot in groups',
  (version) => {
    it('indexes both layouts side by side', async () => {
      const cache = await makeCache({ version, images: standardImages() });
      const first = addSnapshot(cache.home, { name: 'a', group: 'g', reference: 'alpine', diskBytes: 8192 });
      const parent = first.snapshotId!;
      addSnapshot(cache.home, { name: 'b', group: 'g', reference: 'alpine', parent, diskBytes: 8192 });
      addSnapshot(cache.home, { name: 'a', reference: 'python:3.12', diskBytes: 8192 });
      const { stdout } = await cache.msb(['snapshot', 'ls', '--format', 'json']);
      const listed = JSON.parse(stdout) as { group: string | null; name: string }[];
      expect(listed.map(({ group, name }) => `${group}/${name}`).sort()).toEqual(['g/a', 'g/b', 'null/a']);
    });
  },
  ['0.7.2'],
);

describeWithMsb('addFlatDisk', (version) => {
  it('writes a sparse blob under the digest of its bytes', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const disk = addFlatDisk(cache.home, cache.image('alpine').manifestDigest, {
      virtualSizeBytes: 20_000_000,
      contentBytes: 5_000_000,
    });
    const hash = createHash('sha256').update(readFileSync(disk.blobFile)).digest('hex');
    expect(disk.artifactDigest).toBe(`sha256:${hash}`);
    const { size, blocks } = statSync(disk.blobFile);
    expect(size).toBe(20_000_000);
    expect(blocks * 512).toBeLessThan(6_000_000);
    expect(JSON.parse(readFileSync(disk.refFile, 'utf8'))).toMatchObject({
      artifact_digest: disk.artifactDigest,
    });
  });
});

describeWithMsb('addGarbage', (version) => {
  it('adds every kind, old, and leaves a database msb works with', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const before = await msbImageList(cache.home, version);
    const garbage = await addGarbage(cache.home, ALL_GARBAGE, { version });
    for (const { kind, paths } of garbage) {
      expect(paths.length, kind).toBe(kind === 'orphan-layer-row' ? 0 : paths.length || -1);
      for (const path of paths) {
        const age = Date.now() - statSync(join(cache.cacheDir, path)).mtimeMs;
        expect(age, path).toBeGreaterThan(9 * 86_400_000);
      }
    }
    expect(await msbImageList(cache.home, version)).toEqual(before);
    expect(checkDatabase(cache.home)).toEqual([]);
    expect(checkHeldImages(cache.home)).toEqual([]);
    // Another seed makes other names.
    const more = await addGarbage(cache.home, ALL_GARBAGE, { version, seed: 1 });
    const paths = [...garbage, ...more].flatMap((one) => one.paths);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe.skipIf(process.platform === 'win32')('holdLock', () => {
  it('holds a real lock until release, and makes the next holder wait', async () => {
    const path = join(scratchDir('lock'), 'x.lock');
    writeFileSync(path, '');
    const first = await holdLock(path);
    let isSecondHeld = false;
    const second = holdLock(path).then((lock) => {
      isSecondHeld = true;
      return lock;
    });
    // A shared lock elsewhere comes and goes in the meantime: the second has had its chance.
    const other = join(scratchDir('lock'), 'y.lock');
    writeFileSync(other, '');
    const shared = [await holdLock(other, { isShared: true }), await holdLock(other, { isShared: true })];
    expect(isSecondHeld).toBe(false);
    if (process.platform === 'linux') expect(readFileSync('/proc/locks', 'utf8')).toContain(` ${first.pid} `);
    await first.release();
    const held = await second;
    await Promise.all([held, ...shared].map((lock) => lock.release()));
  });

  it('does not make the file it is to lock', async () => {
    const path = join(scratchDir('lock'), 'missing.lock');
    await expect(holdLock(path)).rejects.toThrow('ENOENT');
    expect(existsSync(path)).toBe(false);
  });
});

describeWithMsb('listTree', (version) => {
  it('stays the same while msb only reads, and shows each change', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const list = () => listTree(cache.cacheDir, { ignore: SQLITE_SIDE_FILES });
    const before = list();
    await cache.msb(['image', 'ls']);
    expect(list()).toEqual(before);
    await cache.msb(['image', 'rm', 'alpine']);
    expect(Object.keys(before).length - Object.keys(list()).length).toBeGreaterThan(3);
  });
});

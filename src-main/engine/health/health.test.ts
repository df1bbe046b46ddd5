import { closeSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { HealthProgress, HealthReport } from '../../../src-shared/domain/health.ts';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { metadataKey, pathSafe, withDatabase } from '../../../test-support/database.ts';
import { addFlatDisk } from '../../../test-support/flat-disks.ts';
import { ALL_GARBAGE, addGarbage } from '../../../test-support/garbage.ts';
import { everyEntryKind, layer, standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { addSandbox } from '../../../test-support/sandboxes.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { HostileClient } from '../hostile/client.fixture.ts';
import { createEngine } from '../index.ts';

const APP_1 = 'ghcr.io/acme/app:1';
const APP_2 = 'ghcr.io/acme/app:2';
const clients: HostileClient[] = [];

function open(home: string): HostileClient {
  const client = new HostileClient(home, scratchDir('health'));
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** References by status, those that are healthy left out. */
function alarms(report: HealthReport): Record<string, readonly string[]> {
  const sick = report.images.filter(({ status }) => status !== 'healthy');
  return Object.fromEntries(
    sick.map(({ reference, status, findings }) => [
      reference,
      [status, ...findings.map(({ file, detail }) => `${file ?? 'rows'}: ${detail}`)],
    ]),
  );
}

function layerPath(cache: TestCache, reference: string, position: number): string {
  return `layers/${pathSafe(cache.image(reference).diffIds[position]!)}.erofs`;
}

function artifact(cache: TestCache, folder: 'fsmeta' | 'vmdk', reference: string): string {
  const suffix = folder === 'vmdk' ? 'vmdk' : 'erofs';
  return `${folder}/${pathSafe(cache.image(reference).manifestDigest)}.${suffix}`;
}

function overwrite(cache: TestCache, path: string, position: number, bytes: readonly number[]): void {
  const fd = openSync(join(cache.cacheDir, path), 'r+');
  writeSync(fd, Buffer.from(bytes), 0, bytes.length, position);
  closeSync(fd);
}

describeWithMsb('the health of images', (version) => {
  const make = () => makeCache({ version, images: standardImages() });

  it.each(['docker', 'oci'] as const)(
    'raises no alarm on what msb makes of %s archives',
    async (format) => {
      const twice = layer('RUN twice', 'twice');
      const cache = await makeCache({
        version,
        format,
        images: [
          ...standardImages(),
          { references: ['every:1'], layers: [{ createdBy: 'ADD', entries: everyEntryKind() }] },
          { references: ['repeated:1'], layers: [twice, layer('RUN other', 'other'), twice, twice] },
          {
            references: ['many:1'],
            layers: Array.from({ length: 40 }, (_, index) => layer(`RUN ${index}`, `n${index}`, 100)),
          },
          { references: ['empty:1'], layers: [{ createdBy: 'RUN true', entries: [] }] },
        ],
      });
      addSandbox(cache.home, { name: 'agent-7', reference: APP_1 });
      await addGarbage(cache.home, ALL_GARBAGE, { version });
      const client = open(cache.home);
      const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES, withContents: false });
      const quick = await client.call('health.quick', {});
      expect(alarms(quick)).toEqual({});
      expect(quick.images.map(({ reference }) => reference)).toEqual(
        (await client.call('images.list', {})).map(({ reference }) => reference),
      );
      for (const reference of [APP_1, 'every:1', 'repeated:1', 'many:1', 'empty:1']) {
        const deep = await client.call('health.deep', { reference });
        expect(alarms(deep)).toEqual({});
        expect(deep.images[0]!.proven.join(' ')).toContain('The configuration is the one of digest sha256:');
      }
      expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES, withContents: false })).toEqual(before);
    },
    60_000,
  );

  it('proves a flat disk by its digest, and says when its contents are others', async () => {
    const cache = await make();
    const flat = addFlatDisk(cache.home, cache.image(APP_1).manifestDigest, {
      contentBytes: 50_000,
      virtualSizeBytes: 2 ** 20,
    });
    const client = open(cache.home);
    const whole = await client.call('health.deep', { reference: APP_1 });
    expect(whole.images[0]!.proven).toContain(`The flat disk has its digest ${flat.artifactDigest}.`);
    const fd = openSync(flat.blobFile, 'r+');
    writeSync(fd, Buffer.from([0x5a]), 0, 1, 70_000);
    closeSync(fd);
    expect(alarms(await client.call('health.quick', {}))).toEqual({});
    expect(alarms(await client.call('health.deep', { reference: APP_1 }))[APP_1]![1]).toContain(
      'do not have the digest that is its name',
    );
    truncateSync(flat.blobFile, 2 ** 19);
    expect(alarms(await client.call('health.quick', {}))[APP_1]![1]).toContain('its record says 1048576');
    const facts = (await client.call('images.facts', {})).find(({ reference }) => reference === APP_1)!;
    expect(facts.damage.map(({ kind }) => kind)).toEqual(['flat-damaged']);
  });

  it.each<[string, (cache: TestCache) => void, RegExp]>([
    [
      'a layer is missing',
      (cache) => rmSync(join(cache.cacheDir, layerPath(cache, APP_1, 1))),
      /A layer file is missing: sha256:/,
    ],
    [
      'a layer was cut at a block',
      (cache) => truncateSync(join(cache.cacheDir, layerPath(cache, APP_1, 1)), 8192),
      /It is 8,192 bytes long, its superblock says [\d,]+/,
    ],
    [
      'a superblock was damaged',
      (cache) => overwrite(cache, layerPath(cache, APP_1, 1), 1024 + 0x10, [9, 9]),
      /superblock is damaged: its checksum/,
    ],
    [
      'the file system index is of other layers',
      (cache) =>
        writeFileSync(
          join(cache.cacheDir, artifact(cache, 'fsmeta', APP_1)),
          readFileSync(join(cache.cacheDir, artifact(cache, 'fsmeta', APP_2))),
        ),
      /the device table of the image says/,
    ],
    [
      'the disk descriptor points elsewhere',
      (cache) => {
        const file = join(cache.cacheDir, artifact(cache, 'vmdk', APP_1));
        writeFileSync(file, readFileSync(file, 'utf8').replaceAll(cache.cacheDir, '/old/place/cache'));
      },
      /points outside this cache \(\/old\/place\/cache\/fsmeta/,
    ],
    [
      'the disk descriptor was emptied',
      (cache) => writeFileSync(join(cache.cacheDir, artifact(cache, 'vmdk', APP_1)), ''),
      /no disk descriptor as msb writes it/,
    ],
    [
      'the disk descriptor leaves out a layer',
      (cache) => {
        const file = join(cache.cacheDir, artifact(cache, 'vmdk', APP_1));
        const lines = readFileSync(file, 'utf8').split('\n');
        const last = lines.findLastIndex((line) => line.startsWith('RW '));
        writeFileSync(file, lines.toSpliced(last, 1).join('\n'));
      },
      /strings other files together/,
    ],
    [
      'a link is missing among its rows',
      (cache) =>
        withDatabase(cache.home, (database) =>
          database
            .prepare(
              `DELETE FROM manifest_layer WHERE position = 1 AND manifest_id =
               (SELECT manifest_id FROM image_ref WHERE reference = ?)`,
            )
            .run(APP_1),
        ),
      /2 layers expected, 1 listed/,
    ],
  ])('says of one image that %s, and nothing of the others', async (_what, damage, words) => {
    const cache = await make();
    damage(cache);
    const found = alarms(await open(cache.home).call('health.quick', {}));
    expect(Object.keys(found)).toEqual([APP_1]);
    expect(found[APP_1]![0]).toBe('damaged');
    expect(found[APP_1]!.join('\n')).toMatch(words);
  });

  it('warns of lost metadata, without which the image still runs', async () => {
    const cache = await make();
    rmSync(join(cache.cacheDir, 'manifests', `${metadataKey(APP_1)}.json`));
    const found = alarms(await open(cache.home).call('health.quick', {}));
    expect(found[APP_1]![0]).toBe('warning');
  });

  it('finds damage inside a layer that only a walk of its inodes shows', async () => {
    const cache = await make();
    // The root's inode lies at byte 4096, its entries of 12 bytes right after it: the third, after `.` and `..`.
    overwrite(cache, layerPath(cache, APP_1, 1), 4096 + 64 + 24, [0xff, 0xff, 0xff, 0x0f]);
    const client = open(cache.home);
    expect(alarms(await client.call('health.quick', {}))).toEqual({});
    const deep = await client.call('health.deep', { reference: APP_1 });
    expect(deep.images[0]!.status).toBe('damaged');
    expect(deep.images[0]!.findings[0]!.file).toBe(layerPath(cache, APP_1, 1));
  });

  it('finds a configuration that is not the one of its digest', async () => {
    const cache = await make();
    const file = join(cache.cacheDir, 'manifests', `${metadataKey(APP_1)}.json`);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('/app/run', '/app/ruin'));
    const client = open(cache.home);
    expect(alarms(await client.call('health.deep', { reference: APP_1 }))[APP_1]![1]).toContain(
      'does not have the digest it should have',
    );
  });

  it('tells how far it is, and stops when it is told to', async () => {
    const cache = await make();
    const client = open(cache.home);
    const items: HealthProgress[] = [];
    await client.call('health.deep', { reference: APP_1 }, (item) => items.push(item));
    expect(items.map(({ doneSteps }) => doneSteps)).toEqual([0, 1, 2, 3]);
    expect(new Set(items.map(({ totalSteps }) => totalSteps))).toEqual(new Set([4]));
    const engine = createEngine({
      homeOption: cache.home,
      startWithSample: false,
      env: {},
      userHome: cache.home,
      sampleArchive: '',
      scratchDir: '',
      dataDir: scratchDir('health'),
    });
    const controller = new AbortController();
    const stopped = engine.handlers['health.deep'](
      { reference: APP_1 },
      { signal: controller.signal, emit: () => controller.abort() },
    );
    await expect(stopped).rejects.toThrow('aborted');
    engine.close();
  });

  it('says not found for a reference that is not listed', async () => {
    const cache = await make();
    expect(await open(cache.home).failure('health.deep', { reference: 'nope' })).toEqual({
      code: 'not-found',
      what: 'image',
      name: 'nope',
    });
  });
});

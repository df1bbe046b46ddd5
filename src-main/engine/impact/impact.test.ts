import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { makeCache } from '../../../test-support/cache.ts';
import { metadataKey } from '../../../test-support/database.ts';
import { addFlatDisk } from '../../../test-support/flat-disks.ts';
import { ALL_GARBAGE, addGarbage } from '../../../test-support/garbage.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { addSandbox } from '../../../test-support/sandboxes.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { addSnapshot } from '../../../test-support/snapshots.ts';
import { HostileClient } from '../hostile/client.fixture.ts';

const APP_1 = 'ghcr.io/acme/app:1';
const APP_2 = 'ghcr.io/acme/app:2';
const PYTHON = 'python:3.12';
const PYTHON_TAG = 'docker.io/library/python:3';
const clients: HostileClient[] = [];

function open(home: string): HostileClient {
  const client = new HostileClient(home, scratchDir('impact'));
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

describeWithMsb('who breaks', (version) => {
  const make = () => makeCache({ version, images: standardImages() });

  it('names sandboxes by what they do, and snapshots with what was made from them', async () => {
    const cache = await make();
    addSandbox(cache.home, { name: 'agent-7', reference: APP_1, status: 'Running' });
    addSandbox(cache.home, { name: 'old-1', reference: APP_1, status: 'Stopped' });
    const parent = addSnapshot(cache.home, { name: 'warm', reference: APP_1 });
    addSnapshot(cache.home, { name: 'warmer', reference: APP_1, parent: parent.digest });
    const impact = await open(cache.home).call('images.impact', { reference: APP_1 });
    expect(impact.children).toEqual([{ name: 'warmer', parent: 'warm' }]);
    expect(impact.holders).toHaveLength(4);
    expect(impact.consequences).toEqual(
      expect.arrayContaining([
        'agent-7 (running) has it open: it would go on until it stops, and not start again.',
        'old-1 (stopped) would not start again.',
        'Snapshot “warm” could not be restored, nor what was made from it: warmer.',
        'Snapshot “warmer” could not be restored.',
      ]),
    );
  });

  it('says that only the name goes while another tag has the same digest', async () => {
    const cache = await make();
    const impact = await open(cache.home).call('images.impact', { reference: PYTHON });
    expect(impact.references).toEqual([PYTHON_TAG]);
    expect(impact.consequences).toEqual([
      `${PYTHON_TAG} is the same image: while it stays, only the name ${PYTHON} goes.`,
    ]);
  });

  it('says so when nothing needs it', async () => {
    const cache = await make();
    const impact = await open(cache.home).call('images.impact', { reference: 'alpine' });
    expect(impact.consequences).toEqual(['Nothing needs it: no sandbox, no snapshot and no other tag.']);
  });

  it('tells an image that was loaded from one that was pulled', async () => {
    const cache = await make();
    const client = open(cache.home);
    const loaded = await client.call('images.impact', { reference: APP_1 });
    expect(loaded.origin).toBe('archive');
    expect(loaded.recovery).toContain('cannot be pulled');
    // A pull leaves its lock, and writes the manifest anew.
    const metadata = join(cache.cacheDir, 'manifests', `${metadataKey(APP_1)}.json`);
    writeFileSync(join(cache.cacheDir, 'manifests', `${metadataKey(APP_1)}.lock`), '');
    expect((await client.call('images.impact', { reference: APP_1 })).origin).toBe('unknown');
    writeFileSync(metadata, JSON.stringify(rewritten(metadata)));
    const pulled = await client.call('images.impact', { reference: APP_1 });
    expect(pulled.origin).toBe('registry');
    expect(pulled.recovery).toContain('pulled again from ghcr.io as ghcr.io/acme/app:1');
    expect(pulled.recovery).toContain(`ghcr.io/acme/app@${cache.image(APP_1).manifestDigest}`);
  });

  it('names the images that consist of a layer, and those who need them', async () => {
    const cache = await make();
    addSandbox(cache.home, { name: 'agent-7', reference: APP_2, status: 'Stopped' });
    const base = cache.image(APP_1).diffIds[0]!;
    const impact = await open(cache.home).call('images.impact', { diffId: base });
    expect(impact.references.toSorted()).toEqual([APP_1, APP_2, PYTHON, PYTHON_TAG].toSorted());
    expect(impact.consequences[0]).toBe('agent-7 (stopped) would not start again.');
    expect(impact.consequences[1]).toContain('consist of it and would not start');
    expect(impact.origin).toBe('archive');
  });

  it('says that no sandbox needs a flat disk', async () => {
    const cache = await make();
    const { artifactDigest } = addFlatDisk(cache.home, cache.image(APP_1).manifestDigest, {
      contentBytes: 5000,
      virtualSizeBytes: 2 ** 20,
    });
    const impact = await open(cache.home).call('images.impact', { artifactDigest });
    expect(impact.references).toEqual([APP_1]);
    expect(impact.consequences[0]).toContain('No sandbox breaks');
  });

  it('says not found for what is not there', async () => {
    const cache = await make();
    const client = open(cache.home);
    const nothing = `sha256:${'0'.repeat(64)}`;
    expect(await client.failure('images.impact', { reference: 'nope' })).toMatchObject({ what: 'image' });
    expect(await client.failure('images.impact', { diffId: nothing })).toMatchObject({ what: 'layer' });
    expect(await client.failure('images.impact', { artifactDigest: nothing })).toMatchObject({
      what: 'file',
    });
  });
});

function rewritten(file: string): Record<string, unknown> {
  const root = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown> & {
    raw_manifest_json: string;
  };
  return { ...root, raw_manifest_json: JSON.stringify(JSON.parse(root.raw_manifest_json), null, 1) };
}

describeWithMsb('the detail of what is used', (version) => {
  it('adds up garbage by kind to what gc would free, and counts sparse and linked files', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const client = open(cache.home);
    const healthy = await client.call('cache.usageDetail', {});
    expect(healthy.garbage).toEqual([]);
    expect(healthy.hardLinked.files).toBe(0);
    expect(healthy.unreadable).toEqual([]);
    await addGarbage(cache.home, ALL_GARBAGE, { version });
    addFlatDisk(cache.home, cache.image(APP_1).manifestDigest, { contentBytes: 50_000 });
    const usage = await client.call('cache.usage', {});
    const detail = await client.call('cache.usageDetail', {});
    expect(detail.garbage.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(usage.gc.bytes);
    expect(detail.garbage.reduce((sum, { count }) => sum + count, 0)).toBe(usage.gc.count);
    expect(detail.garbage.map(({ kind }) => kind)).toContain('layer');
    expect(detail.sparse.logicalBytes).toBeGreaterThan(detail.sparse.allocatedBytes * 2);
    expect(['none', 'unknown']).toContain(detail.reflinked);
  });

  it('lists the files that belong to no image or layer, and whose disk a flat one is', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const { artifactDigest } = addFlatDisk(cache.home, cache.image(APP_1).manifestDigest, {
      contentBytes: 50_000,
    });
    mkdirSync(join(cache.cacheDir, 'notes'));
    writeFileSync(join(cache.cacheDir, 'notes', 'mine.txt'), 'x'.repeat(5000));
    const client = open(cache.home);
    const { files } = await client.call('cache.usageDetail', {});
    const disk = files.find(({ flatDisk }) => flatDisk !== null);
    expect(disk).toMatchObject({ category: 'flat', flatDisk: { artifactDigest, references: [APP_1] } });
    // A folder that is not msb's is one thing, with all that is in it.
    expect(files.filter(({ category }) => category === 'unknown').map(({ path }) => path)).toEqual(['notes']);
    const { lines } = await client.call('cache.usage', {});
    for (const category of ['flat', 'unknown'] as const) {
      const listed = files.filter((file) => file.category === category);
      expect(listed.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0)).toBe(
        lines.find((line) => line.category === category)?.allocatedBytes,
      );
    }
  });
});

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { age } from '../../../test-support/age.ts';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { checkDatabase } from '../../../test-support/check-cache.ts';
import { metadataKey, pathSafe } from '../../../test-support/database.ts';
import { addFlatDisk } from '../../../test-support/flat-disks.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { HostileClient, lookAtEverything, refusals } from './client.fixture.ts';

const VICTIM = 'alpine';
const OTHERS = ['ghcr.io/acme/app:1', 'ghcr.io/acme/app:2', 'python:3.12', 'docker.io/library/python:3'];
const SLOW = 30_000;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function open(cache: TestCache): HostileClient {
  const client = new HostileClient(cache.home, scratchDir('hostile'));
  closing.push(() => client.close());
  return client;
}

/** Files that are not ours to touch. The directory is compared as a whole. */
function makeOutside(): string {
  const outside = scratchDir('outside');
  mkdirSync(join(outside, 'folder'));
  writeFileSync(join(outside, 'precious'), 'p'.repeat(8192));
  writeFileSync(join(outside, 'folder', 'inner'), 'i'.repeat(4096));
  return outside;
}

type Artifact = 'layer' | 'fsmeta' | 'vmdk' | 'metadata' | 'flat-ref' | 'flat-disk';
const ARTIFACTS: readonly Artifact[] = ['layer', 'fsmeta', 'vmdk', 'metadata', 'flat-ref', 'flat-disk'];

interface Victim {
  readonly cache: TestCache;
  readonly outside: string;
  /** The victim's artifact, absolute. */
  readonly file: string;
}

async function makeVictim(artifact: Artifact, version: '0.6.18' | '0.7.2'): Promise<Victim> {
  const cache = await makeCache({ version, images: standardImages() });
  const image = cache.image(VICTIM);
  const small = { virtualSizeBytes: 1024 * 1024, contentBytes: 8192 };
  const flat = artifact.startsWith('flat') ? addFlatDisk(cache.home, image.manifestDigest, small) : null;
  const manifest = pathSafe(image.manifestDigest);
  const files: Readonly<Record<Artifact, string>> = {
    layer: join(cache.cacheDir, 'layers', `${pathSafe(image.diffIds[0]!)}.erofs`),
    fsmeta: join(cache.cacheDir, 'fsmeta', `${manifest}.erofs`),
    vmdk: join(cache.cacheDir, 'vmdk', `${manifest}.vmdk`),
    metadata: join(cache.cacheDir, 'manifests', `${metadataKey(VICTIM)}.json`),
    'flat-ref': flat?.refFile ?? '',
    'flat-disk': flat?.blobFile ?? '',
  };
  return { cache, outside: makeOutside(), file: files[artifact] };
}

/** How a file can be wrong. `isFile` is false where msb's own file is no more: such a thing is never deleted. */
const DAMAGES: readonly {
  readonly what: string;
  readonly isFile: boolean;
  readonly make: (victim: Victim) => void;
}[] = [
  { what: 'missing', isFile: true, make: ({ file }) => rmSync(file) },
  { what: 'empty', isFile: true, make: ({ file }) => truncateSync(file, 0) },
  {
    what: 'cut short',
    isFile: true,
    make: ({ file }) => truncateSync(file, Math.floor(lstatSync(file).size / 2) + 3),
  },
  { what: 'garbage', isFile: true, make: ({ file }) => writeFileSync(file, Buffer.alloc(8192, 0xa5)) },
  { what: 'said to be a terabyte long', isFile: true, make: ({ file }) => truncateSync(file, 2 ** 40) },
  {
    what: 'a directory',
    isFile: false,
    make: ({ file }) => replace(file, () => mkdirSync(join(file, 'deep'), { recursive: true })),
  },
  {
    what: 'a link to a file outside',
    isFile: false,
    make: ({ file, outside }) => replace(file, () => symlinkSync(join(outside, 'precious'), file)),
  },
  {
    what: 'a link to a folder outside',
    isFile: false,
    make: ({ file, outside }) => replace(file, () => symlinkSync(join(outside, 'folder'), file)),
  },
  {
    what: 'a link to nowhere',
    isFile: false,
    make: ({ file }) => replace(file, () => symlinkSync('/nowhere/at/all', file)),
  },
  {
    what: 'a link to itself',
    isFile: false,
    make: ({ file }) => replace(file, () => symlinkSync(file, file)),
  },
  { what: 'a FIFO', isFile: false, make: ({ file }) => replace(file, () => execFileSync('mkfifo', [file])) },
  {
    what: 'a link to a device',
    isFile: false,
    make: ({ file }) => replace(file, () => symlinkSync('/dev/zero', file)),
  },
  {
    what: 'a hard link of a file outside',
    isFile: true,
    make: ({ file, outside }) => {
      wasLinked.add(outside);
      replace(file, () => linkSync(join(outside, 'precious'), file));
    },
  },
];

function replace(file: string, make: () => void): void {
  rmSync(file);
  make();
}

describeWithMsb(
  'a file of the cache',
  (version) => {
    describe.each(ARTIFACTS)('the %s', (artifact) => {
      it.each(DAMAGES)(
        'that is $what costs no other image anything, and nothing outside',
        async ({ isFile, make }) => {
          const victim = await makeVictim(artifact, version);
          const { cache, outside, file } = victim;
          const client = open(cache);
          const healthy = await inspectOthers(client);
          make(victim);
          const [before, canaries] = [listTreeQuickly(cache.home), listTree(outside)];

          const seen = await lookAtEverything(client);
          expect(seen.get('images.list')).toHaveLength(5);
          for (const [call, error] of Object.entries(refusals(seen)))
            expect([call, error.code]).toEqual([
              `list ${VICTIM}`,
              expect.stringMatching(/^(?:damaged|not-found)$/),
            ]);
          expect(await inspectOthers(client)).toEqual(healthy);
          expect(listTreeQuickly(cache.home)).toEqual(before);

          const usage = await client.call('cache.usage', {});
          const plan = await client.plan({ kind: 'remove', reference: VICTIM, force: false });
          const report = await client.call('images.remove', {
            reference: VICTIM,
            force: false,
            planId: plan.planId,
          });
          expect(report.bytesFreed).toBe(plan.bytes);
          expect(usage.totalBytes - (await client.call('cache.usage', {})).totalBytes).toBe(
            removedFromCache(report.bytesFreed, victim),
          );
          age(join(cache.cacheDir, 'layers'), 86_400_000);
          await client.call('cache.gc', {});
          expect(exists(file)).toBe(!isFile || isTooLongToRead(file));
          expect(await inspectOthers(client)).toEqual(healthy);
          expect(listTree(outside)).toEqual(canaries);
          expect(checkDatabase(cache.home)).toEqual([]);
        },
        SLOW,
      );
    });

    it.runIf(process.getuid?.() === 0)('that is a device node is never opened or deleted', async () => {
      const { cache, file } = await makeVictim('layer', version);
      replace(file, () => execFileSync('mknod', [file, 'c', '1', '5']));
      const client = open(cache);
      const seen = await lookAtEverything(client);
      expect(Object.keys(refusals(seen)).filter((call) => call !== `list ${VICTIM}`)).toEqual([]);
      await client.call('images.remove', { reference: VICTIM, force: false });
      expect(lstatSync(file).isCharacterDevice()).toBe(true);
    });

    it('that is a socket is never opened or deleted', async () => {
      const { cache } = await makeVictim('layer', version);
      // A socket's path is short by its kind's own limit, so it is made elsewhere and moved.
      const socket = join(cache.cacheDir, 'tmp', 's');
      const server = createServer().listen(socket);
      closing.push(() => void server.close());
      await new Promise((resolve) => server.once('listening', resolve));
      const client = open(cache);
      expect(refusals(await lookAtEverything(client))).toEqual({});
      age(socket, 86_400_000);
      await client.call('cache.gc', {});
      expect(exists(socket)).toBe(true);
    });

    it('announces for hard-linked files exactly the bytes that come free', async () => {
      const { cache, outside, file } = await makeVictim('layer', version);
      linkSync(file, join(outside, 'second-name'));
      const app = cache.image('ghcr.io/acme/app:1').diffIds[1]!;
      // Both names of this one are in the cache: the bytes come free with the last.
      const twin = join(cache.cacheDir, 'layers', `sha256_${'7'.repeat(64)}.erofs`);
      linkSync(join(cache.cacheDir, 'layers', `${pathSafe(app)}.erofs`), twin);
      age(twin, 86_400_000);
      const client = open(cache);
      for (const reference of [VICTIM, 'ghcr.io/acme/app:1']) {
        const facts = await client.call('images.facts', {});
        const plan = await client.plan({ kind: 'remove', reference, force: false });
        expect(facts.find((fact) => fact.reference === reference)!.freedIfRemovedBytes).toBe(plan.bytes);
        const report = await client.call('images.remove', { reference, force: false, planId: plan.planId });
        expect(report.bytesFreed).toBe(plan.bytes);
      }
      const [twinBlocks, plan] = [lstatSync(twin).blocks * 512, await client.plan({ kind: 'gc' })];
      const report = await client.call('cache.gc', { planId: plan.planId });
      expect(report.bytesFreed).toBe(plan.bytes);
      expect(plan.bytes).toBe(twinBlocks);
      expect(exists(join(outside, 'second-name'))).toBe(true);
    });

    it('is left alone when its name nearly matches', async () => {
      const cache = await makeCache({ version, images: standardImages() });
      const digest = `sha256_${'c'.repeat(64)}`;
      const names = [
        `layers/${digest}.EROFS`,
        `layers/${digest.toUpperCase()}.erofs`,
        `layers/${digest}.erofs `,
        `layers/ ${digest}.erofs`,
        `layers/${digest}.erofs\n`,
        `layers/${digest}0.erofs`,
        `layers/${digest.slice(0, -1)}.erofs`,
        `layers/${digest}.erofs~`,
        `layers/.${digest}.erofs`,
        `layers/sha256:${'c'.repeat(64)}.erofs`,
        `layers/md5_${'c'.repeat(32)}.erofs`,
        `fsmeta/${digest}.vmdk`,
        `vmdk/${digest}.erofs`,
        `manifests/${'C'.repeat(64)}.json`,
        `manifests/${'c'.repeat(63)}.json`,
        `tmp/${digest}.PART`,
        `tmp/${digest}.work.bak`,
        'tmp/load-0-99.blob',
        'tmp/load--1-99-0.blob',
        `tmp/${digest}.erofs.part.1`,
        `${digest}.erofs`,
        `other/${digest}.erofs`,
        `layers/sub/${digest}.erofs`,
        '.strata/notes',
        `.strata/${'e'.repeat(31)}/x`,
      ];
      for (const name of names) {
        mkdirSync(join(cache.cacheDir, name, '..'), { recursive: true });
        writeFileSync(join(cache.cacheDir, name), 'nearly');
        age(join(cache.cacheDir, name), 86_400_000 * 30);
      }
      const before = listTree(cache.cacheDir);
      const client = open(cache);
      expect((await client.plan({ kind: 'gc' })).items).toEqual([]);
      await client.call('cache.gc', {});
      expect(listTree(cache.cacheDir)).toEqual(before);
      await client.call('cache.prune', { policy: {} });
      for (const name of names) expect(existsSync(join(cache.cacheDir, name))).toBe(true);
    });

    it('keeps what it may hold when metadata is too long to be read', async () => {
      const cache = await makeCache({ version, images: standardImages() });
      const orphan = join(cache.cacheDir, 'layers', `sha256_${'7'.repeat(64)}.erofs`);
      writeFileSync(orphan, Buffer.alloc(4096));
      age(orphan, 86_400_000);
      const metadata = join(cache.cacheDir, 'manifests', `${'a'.repeat(64)}.json`);
      writeFileSync(metadata, '{}');
      truncateSync(metadata, 17 * 2 ** 20);
      age(metadata, 86_400_000);
      const client = open(cache);
      const plan = await client.plan({ kind: 'gc' });
      expect(plan.items).toEqual([]);
      expect(plan.kept.map(({ reason }) => reason).join()).toContain('cannot be read');
      await client.call('cache.gc', {});
      await client.call('images.remove', { reference: VICTIM, force: false });
      expect(exists(orphan) && exists(metadata)).toBe(true);
      rmSync(metadata);
      expect((await client.call('cache.gc', {})).count).toBeGreaterThan(0);
      expect(exists(orphan)).toBe(false);
    });
  },
  ['0.6.18'],
);

/** What is shown of the images that nothing was done to. */
async function inspectOthers(client: HostileClient): Promise<readonly unknown[]> {
  const inspections = [];
  for (const reference of OTHERS) {
    const inspection = await client.call('images.inspect', { reference });
    expect(inspection.facts.damage).toEqual([]);
    inspections.push([inspection, await client.call('files.list', { reference, path: '/etc' })]);
  }
  return inspections;
}

/** Not the content of what is said to be a terabyte long. */
function listTreeQuickly(home: string): Record<string, string> {
  return listTree(home, { ignore: SQLITE_SIDE_FILES, withContents: false });
}

/** A hard link's bytes leave the cache with its name, and stay on the disk with the other one. */
function removedFromCache(bytesFreed: number, { outside }: Victim): number {
  const precious = lstatSync(join(outside, 'precious'));
  return precious.nlink === 1 && wasLinked.has(outside) ? bytesFreed + precious.blocks * 512 : bytesFreed;
}

const wasLinked = new Set<string>();

/** What it may hold is not known, so it stays. */
function isTooLongToRead(file: string): boolean {
  return file.endsWith('.json') && (lstatSync(file, { throwIfNoEntry: false })?.size ?? 0) > 16 * 2 ** 20;
}

function exists(file: string): boolean {
  return readdirSync(join(file, '..')).includes(file.slice(file.lastIndexOf('/') + 1));
}

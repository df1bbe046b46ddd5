import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { ImageFacts } from '../../../src-shared/domain/image.ts';
import type { Plan } from '../../../src-shared/domain/plan.ts';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../../../test-support/check-cache.ts';
import { metadataKey, pathSafe } from '../../../test-support/database.ts';
import { ALL_GARBAGE, addGarbage } from '../../../test-support/garbage.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';

const NOBODY = 65_534;
const VICTIM = 'alpine';
const SLOW = 60_000;
/** Permissions do not bind root: then the engine runs in a process of somebody else. */
const isRoot = process.getuid?.() === 0;

const restoring: (() => void)[] = [];
afterEach(() => {
  for (const restore of restoring.splice(0)) restore();
});

/** What somebody who is not root sees and gets, by call; `removed` are the outcomes of every removal in turn. */
interface SeenBySomebody {
  readonly seen: Readonly<Record<string, unknown>>;
  readonly removed: readonly {
    readonly refused?: { readonly code: string; readonly reasons?: readonly string[] };
    readonly bytesFreed?: number;
    readonly bytesPlanned?: number;
    readonly leftAlone?: readonly { kind: string; reason: string }[];
  }[];
}

function lookAsSomebody(home: string): SeenBySomebody {
  const script = `
    const [fixture, home, scratch] = process.argv.slice(1);
    const { HostileClient, lookAtEverything } = await import(fixture);
    const client = new HostileClient(home, scratch);
    const seen = Object.fromEntries(await lookAtEverything(client));
    const removed = [
      await client.outcome('cache.gc', {}),
      await client.outcome('images.remove', { reference: 'alpine', force: true }),
      await client.outcome('cache.prune', { policy: {} }),
    ];
    console.log(JSON.stringify({ seen, removed }));`;
  const scratch = scratchDir('somebody');
  openTheWay(scratch);
  if (isRoot) chownSync(scratch, NOBODY, NOBODY);
  const fixture = new URL('./client.fixture.ts', import.meta.url).href;
  const output = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', script, fixture, home, scratch],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    },
  );
  return JSON.parse(output) as SeenBySomebody;
}

/** Lets others through to a folder of the run's own. */
function openTheWay(path: string): void {
  for (let folder = path; folder !== parse(folder).root; folder = dirname(folder))
    if (folder.includes('strata-fixtures-')) chmodSync(folder, 0o755);
}

/** Takes a file away from somebody: it is root's, and nobody may do anything with it. */
function close(path: string, mode = 0o000): void {
  if (isRoot) chownSync(path, 0, 0);
  chmodSync(path, mode);
  restoring.push(() => {
    if (existsSync(path)) chmodSync(path, 0o755);
  });
}

describeWithMsb(
  'what is not ours to read or write',
  (version) => {
    async function make(): Promise<TestCache> {
      const cache = await makeCache({ version, images: standardImages() });
      await addGarbage(cache.home, ALL_GARBAGE, { version });
      if (isRoot) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, cache.home]);
      openTheWay(dirname(cache.home));
      return cache;
    }

    function layerFile(cache: TestCache): string {
      return join(cache.cacheDir, 'layers', `${pathSafe(cache.image(VICTIM).diffIds[0]!)}.erofs`);
    }

    function damageOf({ seen }: SeenBySomebody): Readonly<Record<string, readonly string[]>> {
      const facts = seen['images.facts'] as readonly ImageFacts[];
      return Object.fromEntries(
        facts.map(({ reference, damage }) => [reference, damage.map(({ kind }) => kind)]),
      );
    }

    const SOUND = {
      'ghcr.io/acme/app:1': [],
      'ghcr.io/acme/app:2': [],
      'python:3.12': [],
      'docker.io/library/python:3': [],
    };

    it(
      'is told as damage of the image whose layer it is, which can still be removed',
      async () => {
        const cache = await make();
        close(layerFile(cache));
        const result = lookAsSomebody(cache.home);
        expect(damageOf(result)).toEqual({ ...SOUND, [VICTIM]: ['layer-damaged'] });
        const [collected, removed] = result.removed;
        expect(collected!.bytesFreed).toBe(collected!.bytesPlanned);
        expect(removed!.bytesFreed).toBe(removed!.bytesPlanned);
        expect(existsSync(layerFile(cache))).toBe(false);
        expect(checkHeldImages(cache.home)).toEqual([]);
      },
      SLOW,
    );

    it(
      'keeps everything it may hold when it is metadata',
      async () => {
        const cache = await make();
        const file = join(cache.cacheDir, 'manifests', `${metadataKey(VICTIM)}.json`);
        close(file);
        const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        const result = lookAsSomebody(cache.home);
        expect(damageOf(result)).toEqual({ ...SOUND, [VICTIM]: ['metadata-missing'] });
        const plan = result.seen['plan gc'] as Plan;
        expect(plan.kept.map(({ reason }) => reason).join()).toContain(metadataKey(VICTIM));
        const after = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        const images =
          /^cache\/(?:layers\/.*\.erofs|fsmeta|vmdk|manifests\/.*\.json|flat\/refs\/.*\.json|flat\/blobs)$/;
        for (const [path, what] of Object.entries(before))
          if (images.test(path)) expect([path, after[path]]).toEqual([path, what]);
        for (const { bytesFreed, bytesPlanned } of result.removed) expect(bytesFreed).toBe(bytesPlanned);
      },
      SLOW,
    );

    it.each(['layers', 'manifests', 'tmp'])(
      'keeps everything when it is the folder %s',
      async (folder) => {
        const cache = await make();
        const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        close(join(cache.cacheDir, folder));
        const result = lookAsSomebody(cache.home);
        expect(result.seen['images.list']).toHaveLength(5);
        expect((result.seen['plan gc'] as Plan).items).toEqual([]);
        for (const outcome of result.removed)
          expect(outcome.refused ?? { bytes: outcome.bytesFreed }).toSatisfy(
            (what: { code?: string; bytes?: number }) => what.code === 'read-only' || what.bytes === 0,
          );
        for (const restore of restoring.splice(0)) restore();
        const after = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        for (const [path, what] of Object.entries(before))
          if (path.startsWith('cache/') && path !== `cache/${folder}`)
            expect([path, after[path]]).toEqual([path, what]);
        expect(checkDatabase(cache.home)).toEqual([]);
      },
      SLOW,
    );

    it.each(['layers', '.'])(
      'lets no row go when files may not be taken from %s',
      async (folder) => {
        const cache = await make();
        const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        close(join(cache.cacheDir, folder), 0o555);
        const result = lookAsSomebody(cache.home);
        expect(damageOf(result)).toEqual({ ...SOUND, [VICTIM]: [] });
        for (const { refused } of result.removed) {
          expect(refused).toMatchObject({ code: 'read-only' });
          expect(refused!.reasons!.join()).toContain('not writable');
        }
        for (const restore of restoring.splice(0)) restore();
        const after = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
        expect(Object.keys(after)).toEqual(Object.keys(before));
      },
      SLOW,
    );

    it(
      'holds everything when it is the folder of snapshots',
      async () => {
        const cache = await make();
        const snapshots = join(cache.home, 'snapshots');
        mkdirSync(snapshots);
        close(snapshots);
        const result = lookAsSomebody(cache.home);
        const kinds = (result.seen['plan prune'] as Plan).items.map(({ kind }) => kind);
        // What no image consists of cannot be held.
        expect(new Set(kinds)).toEqual(new Set(['download', 'work', 'spool']));
        rmSync(snapshots, { recursive: true });
        expect(checkHeldImages(cache.home)).toEqual([]);
      },
      SLOW,
    );

    it(
      'is said to be when it is the home',
      async () => {
        const cache = await make();
        close(cache.home);
        const { seen, removed } = lookAsSomebody(cache.home);
        for (const outcome of [seen['images.list'], ...removed]) {
          expect(outcome).toMatchObject({
            refused: { code: expect.stringMatching(/damaged|invalid-input/) },
          });
          expect(JSON.stringify(outcome)).toMatch(/permission|let us in/);
        }
      },
      SLOW,
    );

    it(
      'is frees as announced when the files are of several owners in folders of ours',
      async () => {
        const cache = await make();
        if (isRoot) execFileSync('chown', ['-R', '0:0', join(cache.cacheDir, 'layers')]);
        if (isRoot) chownSync(join(cache.cacheDir, 'layers'), NOBODY, NOBODY);
        const { removed } = lookAsSomebody(cache.home);
        for (const { bytesFreed, bytesPlanned } of removed) expect(bytesFreed).toBe(bytesPlanned);
        expect(checkDatabase(cache.home)).toEqual([]);
      },
      SLOW,
    );
  },
  ['0.6.18'],
);

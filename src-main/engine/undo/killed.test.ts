import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../../../test-support/check-cache.ts';
import { withDatabase } from '../../../test-support/database.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { addSandbox } from '../../../test-support/sandboxes.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { HostileClient } from '../hostile/client.fixture.ts';

const APP_1 = 'ghcr.io/acme/app:1';
const FIXTURE = fileURLToPath(new URL('./killed.fixture.ts', import.meta.url));
/** Every point of the run takes minutes: by default each test tries one in this many. */
const STRIDE = process.env.STRATA_EVERY_KILL === undefined ? 13 : 1;
const TIMEOUT_MS = 600_000;

/** Null when the process was killed; its exit would be a failure of the fixture. */
function runUntil(
  home: string,
  dataDir: string,
  change: number,
  verb: string,
  argument: string,
): 'done' | null {
  const child = spawnSync(process.execPath, [FIXTURE, home, dataDir, `${change}`, verb, argument], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (child.signal === 'SIGKILL') return null;
  if (child.stdout !== 'done') throw new Error(child.stderr);
  return 'done';
}

function rowsOf(cache: TestCache): unknown {
  return withDatabase(cache.home, (database) =>
    ['image_ref', 'manifest', 'config', 'layer', 'manifest_layer'].map((table) =>
      database.prepare(`SELECT * FROM ${table} ORDER BY id`).all(),
    ),
  );
}

function expectSound(cache: TestCache): void {
  expect(checkDatabase(cache.home)).toEqual([]);
  expect(checkHeldImages(cache.home)).toEqual([]);
}

function settingsFor(undoMinutes: number): string {
  const dataDir = scratchDir('killed');
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ undoMinutes }));
  return dataDir;
}

/** Calls `work` for one change after another, until a run gets to its end. Answers how many changes that took. */
async function atEveryChange(
  first: number,
  work: (change: number) => Promise<'done' | null>,
): Promise<number> {
  for (let change = first; ; change += STRIDE) if ((await work(change)) === 'done') return change;
}

/** What msb has: every row of its image tables, every file of the cache. */
function everythingIn(cache: TestCache): { readonly rows: unknown; readonly files: unknown } {
  return { rows: rowsOf(cache), files: listTree(cache.cacheDir, { ignore: /^\.strata/ }) };
}

describeWithMsb('a process that is killed', (version) => {
  const offset = version === '0.6.18' ? 1 : 4;
  const dataDir = settingsFor(60);
  // What looks at the result must not set its own garbage aside.
  const freeing = settingsFor(0);

  it(
    'while it sets an image aside leaves all of it, an undo that works, or garbage that gc finds',
    async () => {
      const reached = await atEveryChange(offset, async (change) => {
        const cache = await makeCache({ version, images: standardImages() });
        addSandbox(cache.home, { name: 'agent-7', reference: 'ghcr.io/acme/app:2' });
        const before = everythingIn(cache);
        const outcome = runUntil(cache.home, dataDir, change, 'remove', APP_1);
        expectSound(cache);
        const client = new HostileClient(cache.home, freeing, { graceMs: 0 });
        const [entry] = await client.call('undo.list', {});
        const isListed = (await client.call('images.list', {})).some(({ reference }) => reference === APP_1);
        if (entry !== undefined) await client.call('undo.restore', { id: entry.id });
        await client.call('cache.gc', {});
        if (isListed || entry !== undefined) expect(everythingIn(cache)).toEqual(before);
        expect(leftIn(cache)).toEqual([]);
        expectSound(cache);
        client.close();
        cache.dispose();
        return outcome;
      });
      expect(reached).toBeGreaterThan(20);
    },
    TIMEOUT_MS,
  );

  it.each(['restore', 'empty'] as const)(
    'while it does undo.%s leaves what can be done to its end',
    async (verb) => {
      const reached = await atEveryChange(offset, async (change) => {
        const cache = await makeCache({ version, images: standardImages() });
        const before = everythingIn(cache);
        const remover = new HostileClient(cache.home, dataDir);
        const { undoId } = await remover.call('images.remove', { reference: APP_1, force: false });
        remover.close();
        const client = new HostileClient(cache.home, freeing, { graceMs: 0 });
        const removed = rowsOf(cache);
        const outcome = runUntil(cache.home, dataDir, change, verb, undoId!);
        expectSound(cache);
        const isBack = JSON.stringify(rowsOf(cache)) === JSON.stringify(before.rows);
        if (!isBack) expect(rowsOf(cache)).toEqual(removed);
        const [entry] = await client.call('undo.list', {});
        const goesOn = verb === 'restore' && !isBack ? 'undo.restore' : 'undo.empty';
        if (entry !== undefined) await client.call(goesOn, { id: entry.id });
        await client.call('cache.gc', {});
        if (verb === 'restore') expect(everythingIn(cache)).toEqual(before);
        expect(leftIn(cache)).toEqual([]);
        expectSound(cache);
        client.close();
        cache.dispose();
        return outcome;
      });
      expect(reached).toBeGreaterThan(4);
    },
    TIMEOUT_MS,
  );
});

/** What is still set aside; the folder for it may stay. */
function leftIn(cache: TestCache): readonly string[] {
  const folder = join(cache.cacheDir, '.strata');
  return existsSync(folder) ? readdirSync(folder) : [];
}

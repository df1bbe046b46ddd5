import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan, Report } from '../../src-shared/domain/plan.ts';
import type { Usage } from '../../src-shared/domain/usage.ts';
import { makeCache, type TestCache } from '../../test-support/cache.ts';
import { checkDatabase } from '../../test-support/check-cache.ts';
import { withDatabase } from '../../test-support/database.ts';
import { addGarbage } from '../../test-support/garbage.ts';
import { holdDatabase } from '../../test-support/hold-database.ts';
import { standardImages } from '../../test-support/images.ts';
import { listTree } from '../../test-support/list-tree.ts';
import { describeWithMsb } from '../../test-support/msb-suite.ts';
import { msbImageInspect, msbImageList } from '../../test-support/oracle.ts';
import { addSandbox } from '../../test-support/sandboxes.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { runCli } from './run-cli.ts';

let dir: string;
beforeEach(() => {
  dir = scratchDir('cli');
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Runs one command line; `answer` is what a person says when asked, null when nobody is there. */
async function strata(argv: readonly string[], answer: boolean | (() => Promise<boolean>) | null = null) {
  const printed = { out: '', err: '', asked: [] as string[] };
  const code = await runCli({
    argv,
    cwd: dir,
    terminal: {
      out: (text) => {
        printed.out += text;
      },
      err: (text) => {
        printed.err += text;
      },
      confirm:
        answer === null
          ? null
          : async (question) => {
              printed.asked.push(question);
              return typeof answer === 'boolean' ? answer : answer();
            },
    },
    signal: new AbortController().signal,
    engine: {
      env: {},
      userHome: dir,
      sampleArchive: '',
      scratchDir: join(dir, 'scratch'),
      dataDir: join(dir, 'data'),
      graceMs: 0,
    },
  });
  return { code, ...printed };
}

async function json<Value>(argv: readonly string[]): Promise<Value> {
  const { code, out, err } = await strata([...argv, '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Value;
}

describeWithMsb('strata on a cache of msb', (version) => {
  let cache: TestCache;
  beforeEach(async () => {
    cache = await makeCache({ version, images: standardImages() });
  });
  const at = (...argv: string[]) => [...argv, '--home', cache.home];

  it('lists as JSON what msb lists, in its order', async () => {
    const handles = await json<{ lastUsedAt: unknown }[]>(at('list'));
    const told = handles.map(({ lastUsedAt: _, ...handle }) => handle);
    expect(told).toEqual(await msbImageList(cache.home, version));
    expect(told).toHaveLength(5);
  });

  it('inspects as JSON what msb inspects, and more', async () => {
    const told = await json<{ layers: { diffId: string }[]; config: { env: unknown } }>(
      at('inspect', 'python:3.12'),
    );
    const { layers, config } = await msbImageInspect(cache.home, 'python:3.12', version);
    expect(told.layers.map(({ diffId }) => diffId)).toEqual(layers.map(({ diffId }) => diffId));
    expect(told.config.env).toEqual(config?.env);
    expect(told.config).toMatchObject({ stopSignal: 'SIGINT' });
  });

  it('shows tables to people', async () => {
    addSandbox(cache.home, { name: 'agent-7', reference: 'alpine', status: 'Running' });
    const list = await strata(at('list'));
    expect(list).toMatchObject({ code: 0, err: '' });
    expect(list.out).toMatch(/^REFERENCE +DIGEST +LAYERS +ON DISK +FREED IF REMOVED +CREATED +STATE\n/);
    expect(list.out).toMatch(/^alpine +sha256:[0-9a-f]{12} +1 .* held by agent-7 \(running\)$/m);
    const inspection = await strata(at('inspect', 'python:3.12'));
    expect(inspection.out).toMatch(/^cmd +\["python3"\]$/m);
    expect(inspection.out).toMatch(/^ +1 +sha256:\w+ .* RUN apt-get install -y python3$/m);
    const usage = await strata(at('usage'));
    expect(usage.out).toMatch(/^total +[\d,]+ +[\d.]+ .B$/m);
    const { lines, totalBytes } = await json<Usage>(at('usage'));
    expect(lines.reduce((sum, line) => sum + line.allocatedBytes, 0)).toBe(totalBytes);
  });

  it('plans without changing anything', async () => {
    await addGarbage(cache.home, ['orphan-layer-file', 'spool']);
    const before = listTree(cache.cacheDir);
    const plan = await json<Plan>(at('plan', 'gc'));
    expect(plan.items.map(({ kind }) => kind).sort()).toEqual(['layer', 'spool']);
    const { out } = await strata(at('plan', 'prune', '--pin', 'alpine'));
    expect(out).toMatch(/^reference +alpine .* pinned$/m);
    expect(listTree(cache.cacheDir)).toEqual(before);
  });

  it('asks before it removes, and takes no for an answer', async () => {
    const before = listTree(cache.cacheDir);
    const { code, out, err, asked } = await strata(at('remove', 'alpine'), false);
    expect({ code, err }).toEqual({ code: 1, err: 'strata: nothing was removed\n' });
    expect(out).toMatch(/^reference +alpine /m);
    expect(asked).toEqual([expect.stringMatching(/^Remove \d+ items and free [\d.]+ .B\? \[y\/N\] $/)]);
    expect(listTree(cache.cacheDir)).toEqual(before);
  });

  it('removes what it showed, and nothing else', async () => {
    const { code, out } = await strata(at('remove', 'alpine', 'ghcr.io/acme/app:1'), true);
    expect(code).toBe(0);
    expect(out).toMatch(/^Removed \d+ items, freed [\d.]+ .B\.$/m);
    const left = (await msbImageList(cache.home, version)).map(({ reference }) => reference);
    expect(left.sort()).toEqual(['docker.io/library/python:3', 'ghcr.io/acme/app:2', 'python:3.12']);
    expect(checkDatabase(cache.home)).toEqual([]);
  });

  it('needs --yes where nobody can be asked', async () => {
    const missing = await strata(at('gc-layers'));
    expect(missing).toMatchObject({ code: 0, err: '' });
    await addGarbage(cache.home, ['orphan-layer-file']);
    const refused = await strata(at('gc-layers'));
    expect(refused).toMatchObject({ code: 2, err: 'strata: nothing was removed: add --yes to do this\n' });
    expect((await strata(at('gc-layers', '--yes'))).code).toBe(0);
    expect((await strata(at('plan', 'gc-layers'))).out).toMatch(/^Nothing to remove\./);
  });

  it('gives a program the report alone, with the bytes that came free', async () => {
    await addGarbage(cache.home, ['orphan-layer-file', 'spool']);
    const planned = await json<Plan>(at('plan', 'gc'));
    const { code, out, err } = await strata(at('gc', '--yes', '--json'));
    const report = JSON.parse(out) as Report;
    expect(code).toBe(0);
    expect(report).toMatchObject({ count: 2, bytesPlanned: planned.bytes, bytesFreed: planned.bytes });
    expect(err).toContain('REMOVE');
  });

  it('frees with a collection what can no longer be undone, and says so', async () => {
    await strata(at('remove', 'ghcr.io/acme/app:1', '--undo', '5', '--yes'));
    const own = join(cache.cacheDir, '.strata');
    const [id] = readdirSync(own);
    const journal = join(own, id!, 'undo.json');
    const noted = JSON.parse(readFileSync(journal, 'utf8')) as { expiresAt: string };
    const early = await strata(at('gc', '--yes'));
    expect(early.out).not.toContain('the time to undo has passed');
    expect(readdirSync(own)).toEqual([id]);

    // Of a removal it knows an engine does not ask again: it is another one.
    const later = `${id!.slice(1)}${id![0]}`;
    renameSync(join(own, id!), join(own, later));
    writeFileSync(
      join(own, later, 'undo.json'),
      JSON.stringify({ ...noted, expiresAt: new Date(0).toISOString() }),
    );
    const asked = await strata(at('plan', 'gc'));
    expect(asked.out).not.toContain('the time to undo has passed');
    const { code, out } = await strata(at('gc', '--yes'));
    expect(code).toBe(0);
    expect(out).toMatch(
      /Freed [\d.]+ kB that an earlier removal had set aside: the time to undo has passed\./,
    );
    expect(readdirSync(cache.cacheDir)).not.toContain('.strata');
  });

  it('frees the space at once whatever the settings say, and sets aside what --undo asks for', async () => {
    mkdirSync(join(dir, 'data'));
    writeFileSync(join(dir, 'data', 'settings.json'), '{"undoMinutes":60}');
    const removed = await strata(at('remove', 'alpine', '--yes', '--json'));
    const freed = JSON.parse(removed.out) as Report;
    expect(freed).toMatchObject({ bytesFreed: freed.bytesPlanned });
    expect(freed).not.toHaveProperty('undoId');
    const { out, asked } = await strata(at('remove', 'ghcr.io/acme/app:1', '--undo', '5'), true);
    expect(asked[0]).toMatch(/^Remove \d+ items and set aside [\d.]+ .B\?/);
    expect(out).toMatch(/freed 0 B\. [\d.]+ .B are set aside and can be brought back in the app until \d/);
  });

  it('prunes by rule', async () => {
    const { code } = await strata(at('prune', '--keep-newest', '1', '--pin', 'ghcr.io/acme/app:1', '--yes'));
    expect(code).toBe(0);
    const left = await msbImageList(cache.home, version);
    expect(left.map(({ reference }) => reference)).toContain('ghcr.io/acme/app:1');
    expect(left.length).toBeLessThan(5);
  });

  it('refuses an image in use, naming the sandbox, and with --force takes only the name', async () => {
    addSandbox(cache.home, { name: 'agent-7', reference: 'alpine', status: 'Running' });
    const refused = await strata(at('remove', 'alpine', '--yes'));
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^strata: in-use: alpine is in use by agent-7 \(running\)/);
    const layer = join(cache.cacheDir, 'layers');
    const before = listTree(layer);
    expect((await strata(at('remove', 'alpine', '--force', '--yes'))).code).toBe(0);
    expect(listTree(layer)).toEqual(before);
  });

  it('stops when the cache changed while the person was reading', async () => {
    const { code, err } = await strata(at('remove', 'alpine'), async () => {
      addSandbox(cache.home, { name: 'late', reference: 'alpine' });
      return true;
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^strata: (in-use|world-changed): /);
    expect((await msbImageList(cache.home, version)).map(({ reference }) => reference)).toContain('alpine');
  });

  it('tells a database that is damaged, and one laid out otherwise, by their codes', async () => {
    withDatabase(cache.home, (database) => database.exec('ALTER TABLE layer RENAME COLUMN diff_id TO other'));
    const other = await strata(at('gc', '--yes'));
    expect(other).toMatchObject({ code: 1, err: expect.stringMatching(/^strata: schema-unsupported: /m) });
    for (const ending of ['', '-wal', '-shm']) rmSync(`${cache.databaseFile}${ending}`, { force: true });
    writeFileSync(cache.databaseFile, 'no database at all, but long enough to look at '.repeat(100));
    const before = listTree(cache.cacheDir);
    for (const argv of [at('list'), at('gc', '--yes')]) {
      const damaged = await strata(argv);
      expect(damaged).toMatchObject({ code: 1, out: '' });
      expect(damaged.err).toMatch(/^strata: damaged: .*msb\.db/m);
    }
    expect(listTree(cache.cacheDir)).toEqual(before);
  });

  it('removes nothing while another program is writing, and says so', { timeout: 60_000 }, async () => {
    const held = holdDatabase(cache.home);
    try {
      const busy = await strata(at('remove', 'alpine', '--yes'));
      expect(busy).toMatchObject({ code: 1, err: expect.stringMatching(/^strata: database-busy: /m) });
    } finally {
      held.release();
    }
    expect(await msbImageList(cache.home, version)).toHaveLength(5);
  });

  it('never passes on what a terminal would obey', async () => {
    const evil = 'evil\u001b]0;owned\u0007\u009b2J\u202e\nREFERENCE';
    withDatabase(cache.home, (database) => {
      database.prepare('UPDATE image_ref SET reference = ? WHERE reference = ?').run(evil, 'alpine');
    });
    addSandbox(cache.home, { name: 'a\u001b[31m', reference: evil, status: 'Odd\u0007' });
    for (const argv of [
      at('list'),
      at('list', '--json'),
      at('inspect', evil),
      at('inspect', '--json', evil),
      at('plan', 'prune'),
      at('remove', evil),
      at('inspect', 'no\u001b[2Jsuch'),
      ['\u001b[2J'],
      ['list', '--home', '/no\u001b[2Jwhere'],
    ]) {
      const { out, err } = await strata(argv);
      expect(`${out}${err}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(`${out}${err}`).not.toBe('');
    }
    expect((await strata(at('list'))).out.match(/^REFERENCE/gm)).toHaveLength(1);
  });
});

describe('strata without a cache', () => {
  it('has nothing to complain about where msb never ran', async () => {
    const list = await strata(['list']);
    expect(list).toMatchObject({ code: 0, out: 'No images.\n' });
    expect(list.err).toContain(`There is no microsandbox cache at ${join(dir, '.microsandbox')} yet.`);
  });

  it('says that a home that was named is not there', async () => {
    const { code, out, err } = await strata(['gc', '--home', 'nowhere', '--yes']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`cache-missing: There is no microsandbox cache at ${join(dir, 'nowhere')}.`);
  });

  it('makes nothing in a folder that is no home', async () => {
    mkdirSync(join(dir, 'empty'));
    for (const argv of [['list'], ['usage'], ['plan', 'gc'], ['gc', '--yes']]) {
      await strata([...argv, '--home', 'empty']);
    }
    expect(readdirSync(join(dir, 'empty'))).toEqual([]);
  });

  it('explains itself', async () => {
    expect(await strata(['help'])).toMatchObject({ code: 0, out: expect.stringContaining('usage: strata') });
  });

  it('answers a command line it does not understand with one line and code 2', async () => {
    expect(await strata(['remove'])).toMatchObject({
      code: 2,
      out: '',
      err: 'strata: remove needs the reference of an image\n',
    });
  });
});

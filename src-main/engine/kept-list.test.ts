import { copyFileSync, renameSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { makeCache, type TestCache } from '../../test-support/cache.ts';
import { withDatabase } from '../../test-support/database.ts';
import { standardImages } from '../../test-support/images.ts';
import { describeWithMsb } from '../../test-support/msb-suite.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { openEngine } from './engine.fixture.ts';
import type { Engine } from './index.ts';

const context = { signal: new AbortController().signal, emit: () => {} };

const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

function open(home: string): Engine {
  const engine = openEngine(home, scratchDir('engine'));
  engines.push(engine);
  return engine;
}

function touch({ home }: TestCache, reference: string, time: string): void {
  withDatabase(home, (database) => {
    database.prepare('UPDATE image_ref SET updated_at = ? WHERE reference = ?').run(time, reference);
  });
}

describeWithMsb('a list asked for again', (version) => {
  it('is the one answered before while nothing changed, as are the facts', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const { handlers } = open(cache.home);
    const list = await handlers['images.list']({}, context);
    const facts = await handlers['images.facts']({}, context);
    expect(list.length).toBeGreaterThan(0);
    expect(await handlers['images.list']({}, context)).toBe(list);
    expect(await handlers['images.facts']({}, context)).toBe(facts);
  });

  it('shows every row that another program has just written', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const { handlers } = open(cache.home);
    const { reference } = (await handlers['images.list']({}, context))[0]!;
    for (let turn = 0; turn < 50; turn += 1) {
      const second = `${turn % 60}`.padStart(2, '0');
      touch(cache, reference, `2026-11-20 10:00:${second}.5`);
      const now = (await handlers['images.list']({}, context)).find(
        (handle) => handle.reference === reference,
      );
      expect(now?.lastUsedAt).toBe(`2026-11-20T10:00:${second}.500+00:00`);
    }
  });

  it('shows what we remove, and what comes back', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const { handlers } = open(cache.home);
    const before = await handlers['images.list']({}, context);
    const { reference } = before[0]!;
    const input = { references: [reference], force: false, undoMinutes: 10 };
    const { undoId } = await handlers['images.remove'](input, context);
    expect(await handlers['images.list']({}, context)).toEqual(before.slice(1));
    await handlers['undo.restore']({ id: undoId! }, context);
    expect(await handlers['images.list']({}, context)).toEqual(before);
  });

  it('is that of the database that has taken the place of the first', async () => {
    const [image, ...others] = standardImages();
    const cache = await makeCache({ version, images: [image!] });
    const other = await makeCache({ version, images: others });
    withDatabase(other.home, (database) => void database.pragma('wal_checkpoint(TRUNCATE)'));
    const { handlers } = open(cache.home);
    const first = await handlers['images.list']({}, context);
    copyFileSync(other.databaseFile, `${cache.databaseFile}.new`);
    renameSync(`${cache.databaseFile}.new`, cache.databaseFile);
    const second = await handlers['images.list']({}, context);
    expect(second).not.toEqual(first);
    expect(second).toEqual(await open(other.home).handlers['images.list']({}, context));
  });
});

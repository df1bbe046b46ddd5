import { expect, it } from 'vitest';
import { makeCache } from '../../../test-support/cache.ts';
import { withDatabase } from '../../../test-support/database.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { openEngine } from '../engine.fixture.ts';
import { giveWay, turn } from '../turn.ts';

describeWithMsb('cache.usage', (version) => {
  it('says at once what a prune would leave after an image was pinned or removed', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const { handlers, close } = openEngine(cache.home, scratchDir('engine'));
    const context = { signal: new AbortController().signal, emit: () => {} };
    const usage = () => handlers['cache.usage']({}, context);
    const before = await usage();
    // Others write to this disk as well.
    expect(await usage()).toEqual({ ...before, freeSpaceBytes: expect.any(Number) });

    await handlers['settings.set']({ pins: ['alpine'] }, context);
    const pinned = await usage();
    expect(pinned.prune.bytes).toBeLessThan(before.prune.bytes);

    await cache.msb(['image', 'rm', 'alpine']);
    expect((await usage()).counts.references).toBe(before.counts.references - 1);
    close();
  });

  it('lets others in while it is worked out, and begins anew when the cache has changed by then', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const { handlers, close } = openEngine(cache.home, scratchDir('engine'));
    const context = { signal: new AbortController().signal, emit: () => {} };
    const before = await handlers['cache.usage']({}, context);
    const change = (sql: string) => withDatabase(cache.home, (database) => void database.exec(sql));
    change(`UPDATE image_ref SET updated_at = '2026-06-02 10:00:00.5'`);

    let isAnswered = false;
    const usage = Promise.resolve(handlers['cache.usage']({}, context)).finally(() => {
      isAnswered = true;
    });
    await turn();
    change(`DELETE FROM image_ref WHERE reference LIKE '%alpine%'`);
    const facts = await handlers['images.facts']({}, context);
    expect(isAnswered).toBe(false);
    expect(facts.length).toBeLessThan(before.counts.references);
    expect(await usage).toEqual({
      ...(await handlers['cache.usage']({}, context)),
      freeSpaceBytes: expect.any(Number),
    });
    expect((await usage).counts.references).toBe(facts.length);
    close();
  });

  it('lets others in, and can be given up, also once it has begun anew', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const { handlers, close } = openEngine(cache.home, scratchDir('engine'));
    const context = { signal: new AbortController().signal, emit: () => {} };
    const stop = new AbortController();
    const usage = Promise.resolve(handlers['cache.usage']({}, { signal: stop.signal, emit: () => {} }));
    const outcome = usage.catch((reason: unknown) => reason);
    for (let change = 1; change <= 4; change += 1) {
      await giveWay(context.signal);
      withDatabase(cache.home, (database) => {
        database.prepare('UPDATE image_ref SET updated_at = ?').run(`2026-06-0${change} 10:00:00.5`);
      });
      await handlers['images.facts']({}, context);
    }
    await giveWay(context.signal);
    stop.abort();
    expect(await outcome).toBe(stop.signal.reason);
    close();
  });

  it('is given up when nobody waits for it any more', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const { handlers, close } = openEngine(cache.home, scratchDir('engine'));
    const stop = new AbortController();
    const usage = handlers['cache.usage']({}, { signal: stop.signal, emit: () => {} });
    await turn();
    stop.abort();
    await expect(usage).rejects.toBe(stop.signal.reason);
    close();
  });
});

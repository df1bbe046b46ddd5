import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NO_WORK, type Work } from '../../src-shared/domain/work.ts';
import type { WatchItem } from '../../src-shared/ipc/contract.ts';
import { makeCache, type TestCache } from '../../test-support/cache.ts';
import { pathSafe } from '../../test-support/database.ts';
import { layer } from '../../test-support/images.ts';
import { describeWithMsb } from '../../test-support/msb-suite.ts';
import { startRegistry, type TestRegistry } from '../../test-support/registry.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { openEngine } from './engine.fixture.ts';
import type { Engine } from './index.ts';

const HELD_AFTER = 100_000;
/** Two layers that the registry holds back, and one that it does not. */
const IMAGE = {
  references: ['team/app:1'],
  layers: [
    layer('RUN first', 'first', 300_000),
    layer('RUN second', 'second', 400_000),
    layer('RUN small', 'small', 1000),
  ],
};

describeWithMsb('watching a pull', (version) => {
  let cache: TestCache;
  let registry: TestRegistry;
  let engine: Engine;
  let items: WatchItem[];
  let stop: AbortController;

  beforeEach(async () => {
    cache = await makeCache({ version });
    registry = await startRegistry([IMAGE]);
    engine = openEngine(cache.home, scratchDir('engine'));
    items = [];
    stop = new AbortController();
    const context = { signal: stop.signal, emit: (item: WatchItem) => void items.push(item) };
    void engine.handlers['cache.watch']({}, context);
    await vi.waitFor(() => expect(lastWork()).toEqual(NO_WORK));
  });

  afterEach(async () => {
    stop.abort();
    await registry.close();
    engine.close();
  });

  function lastWork(): Work | undefined {
    return items.flatMap((item) => (item.kind === 'work' ? item.work : [])).at(-1);
  }

  const eventually = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 50 });

  it('tells the bytes of each download, the layers that are ready, and the end', async () => {
    registry.hold(HELD_AFTER);
    const pull = cache.msb(['pull', '--quiet', '--insecure', registry.references[0]!]);
    await eventually(() => {
      expect(lastWork()).toMatchObject({ operations: 1, newLayers: 1, images: [] });
      const downloads = lastWork()!.steps.filter(({ kind }) => kind === 'download');
      expect(downloads.map(({ bytes }) => bytes)).toEqual([HELD_AFTER, HELD_AFTER]);
      expect(downloads.map(({ digest }) => digest)).toEqual(
        [...downloads.map(({ digest }) => digest)].sort(),
      );
    });
    registry.release();
    await pull;
    await eventually(() => expect(lastWork()).toEqual(NO_WORK));
    const { signal } = new AbortController();
    const usage = await engine.handlers['cache.usage']({}, { signal, emit: () => {} });
    expect(usage).toMatchObject({ isBusy: false, inFlight: 0, counts: { references: 1, layers: 3 } });
    const images = await engine.handlers['images.list']({}, { signal, emit: () => {} });
    expect(images.map(({ reference }) => reference)).toEqual([registry.references[0]]);
  });

  it('tells how many layers are ready of all where the manifest is known from before', async () => {
    const [reference] = registry.references as [string];
    await cache.msb(['pull', '--quiet', '--insecure', reference]);
    unlinkSync(join(cache.cacheDir, 'layers', `${pathSafe(await largestLayer(engine))}.erofs`));
    registry.hold(HELD_AFTER);
    const pull = cache.msb(['pull', '--quiet', '--insecure', reference]);
    await eventually(() =>
      expect(lastWork()).toMatchObject({
        operations: 1,
        images: [{ reference, doneLayers: 2, totalLayers: 3 }],
        steps: [{ kind: 'download', bytes: HELD_AFTER }],
      }),
    );
    registry.release();
    await pull;
    await eventually(() => expect(lastWork()).toEqual(NO_WORK));
  });
});

async function largestLayer(engine: Engine): Promise<string> {
  const context = { signal: new AbortController().signal, emit: () => {} };
  const [largest] = await engine.handlers['layers.list']({}, context);
  return largest!.diffId;
}

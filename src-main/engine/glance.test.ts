import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { pathSafe } from '../../test-support/database.ts';
import { makeLargeCache } from '../../test-support/large-cache.ts';
import { describeWithMsb } from '../../test-support/msb-suite.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { createEngine } from './index.ts';

/** Folders that changed a moment ago are looked at again in any case: only later do their times tell. */
const SETTLING_MS = 2500;

describeWithMsb('inspecting in a large cache', (version) => {
  it('shows what another program removed since the last look', { timeout: 60_000 }, async () => {
    const cache = await makeLargeCache({ images: 500, version, files: 'all' });
    const engine = createEngine({
      homeOption: cache.home,
      startWithSample: false,
      env: {},
      userHome: cache.home,
      sampleArchive: join(cache.home, 'none'),
      scratchDir: scratchDir('engine'),
      dataDir: scratchDir('engine-data'),
    });
    const [image] = cache.images;
    const context = { signal: new AbortController().signal, emit: () => {} };
    const states = async () => {
      const { reference } = image!;
      const { layers } = await engine.handlers['images.inspect']({ reference }, context);
      return layers.map(({ state }) => state.kind);
    };
    await pause(SETTLING_MS);
    const whole = await states();
    expect(await states()).toEqual(whole);
    expect(new Set(whole)).toEqual(new Set(['materialized']));

    unlinkSync(join(cache.cacheDir, 'layers', `${pathSafe(image!.diffIds[0]!)}.erofs`));
    expect(await states()).toEqual(['missing', ...whole.slice(1)]);
    engine.close();
  });
});

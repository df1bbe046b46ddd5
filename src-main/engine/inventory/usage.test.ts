import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeCache } from '../../../test-support/cache.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { createEngine } from '../index.ts';

describeWithMsb('cache.usage', (version) => {
  it('says at once what a prune would leave after an image was pinned or removed', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const { handlers, close } = createEngine({
      homeOption: cache.home,
      startWithSample: false,
      env: {},
      userHome: cache.home,
      sampleArchive: join(cache.home, 'none'),
      scratchDir: scratchDir('engine'),
      dataDir: scratchDir('engine-data'),
    });
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
});

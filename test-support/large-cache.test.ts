import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkDatabase, checkHeldImages } from './check-cache.ts';
import { cachedImages, withDatabase } from './database.ts';
import { makeLargeCache } from './large-cache.ts';
import { describeWithMsb } from './msb-suite.ts';
import { msbImageInspect, msbImageList } from './oracle.ts';

describeWithMsb('makeLargeCache', (version) => {
  it('makes images that msb lists, inspects and prunes', async () => {
    const cache = await makeLargeCache({ version, images: 120, files: 'all', heldImages: 2 });
    expect(await msbImageList(cache.home, version)).toHaveLength(120);
    const { reference } = cache.images[7]!;
    const { layers, config } = await msbImageInspect(cache.home, reference, version);
    expect(layers.map(({ diffId }) => diffId)).toEqual(cache.images[7]!.diffIds);
    expect(config?.env[1]).toBe('BUILD=7');
    expect(cache.images.map(({ reference, diffIds }) => ({ reference, diffIds }))).toEqual(
      cachedImages(cache.home).map(({ reference, diffIds }) => ({ reference, diffIds })),
    );
    expect(checkDatabase(cache.home)).toEqual([]);
    expect(checkHeldImages(cache.home)).toEqual([]);
    await cache.msb(['image', 'prune', '-y']);
    expect(await msbImageList(cache.home, version)).toHaveLength(2);
    expect(checkHeldImages(cache.home)).toEqual([]);
  });

  it('shares bases, and has the files it says', async () => {
    const cache = await makeLargeCache({ version, images: 100, bases: 2, ownLayers: 3, files: 'layers' });
    const layers = withDatabase(cache.home, (database) =>
      database.prepare('SELECT count(*) FROM layer').pluck().get(),
    );
    expect(layers).toBe(100 * 3 + 2 * 7);
    expect(readdirSync(join(cache.cacheDir, 'layers'))).toHaveLength(100 * 3 + 2 * 7);
    expect(readdirSync(join(cache.cacheDir, 'fsmeta'))).toEqual([]);
  });

  it('makes the same images for the same seed', async () => {
    const digests = async (seed: number) =>
      (await makeLargeCache({ version, images: 5, seed })).images.map(({ manifestDigest }) => manifestDigest);
    const first = await digests(1);
    expect(await digests(1)).toEqual(first);
    expect(await digests(2)).not.toEqual(first);
  });
});

import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { seededRandom } from '../../../test-support/tar-writer.ts';
import { unpackFixture } from '../erofs/test-images.ts';
import { MutatedImage } from '../erofs/test-mutations.ts';
import { askEverything } from './test-broken-trees.ts';

const MUTATIONS_EACH = 40;

describe('a tree with a layer broken at random', () => {
  it.each([0, 1])(
    'answers everything that the other layer has (broken: %i)',
    { timeout: 60_000 },
    async (broken) => {
      const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32));
      console.info(`FUZZ_SEED=${seed} (layer ${broken})`);
      const folder = scratchDir('fuzz-layers');
      const good = unpackFixture('block-512.erofs', folder);
      const image = new MutatedImage(unpackFixture('default.erofs', folder), seededRandom(seed));
      const files = broken === 0 ? [image.file, good] : [good, image.file];
      const layers = files.map((file, position) => ({ position, diffId: `layer ${position}`, file }));
      for (let round = 0; round < MUTATIONS_EACH; round += 1) {
        image.mutate();
        const entries = await askEverything({ layers }).catch((cause: unknown) => {
          throw new Error(`seed ${seed}, round ${round}`, { cause });
        });
        expect(entries).toBeGreaterThan(0);
      }
      image.close();
    },
  );
});

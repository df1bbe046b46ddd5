import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { seededRandom } from '../../../test-support/tar-writer.ts';
import { unpackFixture } from './test-images.ts';
import { MutatedImage, type Outcome, readEverything } from './test-mutations.ts';

/** `bench/erofs/fuzz.ts` does the same a million times. */
const IMAGES = [
  'default',
  'extended',
  'compact',
  'block-512',
  'plain',
  'chunks-4k',
  'chunks-64k',
  'device',
  'compressed',
];
const MUTATIONS_EACH = 350;

describe('an image broken at random', () => {
  it.each(IMAGES)('gives typed errors and nothing else: %s', { timeout: 60_000 }, async (name) => {
    const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32));
    console.info(`FUZZ_SEED=${seed} (${name})`);
    const image = new MutatedImage(unpackFixture(`${name}.erofs`, scratchDir('fuzz')), seededRandom(seed));
    const outcomes: Record<Outcome, number> = { refused: 0, damaged: 0, whole: 0 };
    for (let round = 0; round < MUTATIONS_EACH; round += 1) {
      image.mutate();
      try {
        outcomes[await readEverything(image.file)] += 1;
      } catch (error) {
        throw new Error(`${name}, seed ${seed}, round ${round}`, { cause: error });
      }
    }
    image.close();
    // Broken images must be both found out and mostly still readable, or the mutations test nothing.
    expect(outcomes.refused).toBeGreaterThan(0);
    expect(outcomes.damaged).toBeGreaterThan(0);
  });
});

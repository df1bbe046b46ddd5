import { describe, expect, it } from 'vitest';
import { mutate } from '../../../bench/fuzz/mutate.ts';
import { corpusOf, fuzzTargets } from '../../../bench/fuzz/targets.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { seededRandom } from '../../../test-support/tar-writer.ts';

const RUNS = 10_000;
const RUNS_WITH_FILES = 1000;

describe.each(fuzzTargets(scratchDir('fuzz')))('the parser of a $name', ({ name, readsFiles, check }) => {
  it('takes or refuses every file of the corpus', () => {
    const corpus = corpusOf(name);
    expect(corpus.length).toBeGreaterThan(1);
    for (const bytes of corpus) check(bytes);
  });

  it('takes or refuses whatever becomes of them at random', () => {
    expect.assertions(0);
    const [corpus, random] = [corpusOf(name), seededRandom(20_261_123)];
    for (let run = 0; run < (readsFiles ? RUNS_WITH_FILES : RUNS); run += 1) {
      const bytes = mutate(corpus, random);
      try {
        check(bytes);
      } catch (cause) {
        throw new Error(`run ${run}: ${JSON.stringify(bytes.subarray(0, 2000).toString('latin1'))}`, {
          cause,
        });
      }
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../test-support/tar-writer.ts';
import { mutate } from './mutate.ts';
import { corpusOf, fuzzTargets } from './targets.ts';

// Changes the corpus at random and gives it to every parser: `node bench/fuzz/run.ts [SECONDS] [SEED] [TARGET]`, ten
// minutes unless said otherwise. What goes wrong is written beside the report, to be put into the corpus.
const [seconds = '600', seed = `${Date.now() % 1_000_000}`, only] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'strata-fuzz-'));
const targets = fuzzTargets(scratch).filter(({ name }) => only === undefined || name === only);
const random = seededRandom(Number(seed));
const counts = new Map(targets.map(({ name }) => [name, { runs: 0, failures: 0, slowestMs: 0 }]));
const endMs = performance.now() + Number(seconds) * 1000;
while (performance.now() < endMs) {
  for (const { name, check } of targets) {
    const seeds = corpusOf(name);
    const count = counts.get(name)!;
    for (let run = 0; run < 500; run += 1) {
      const bytes = mutate(seeds, random);
      const startMs = performance.now();
      try {
        check(bytes);
      } catch (error) {
        count.failures += 1;
        const file = join(tmpdir(), `strata-fuzz-${name}-${seed}-${count.runs}.seed`);
        if (count.failures <= 10) writeFileSync(file, bytes);
        if (count.failures <= 10) console.error(`${name}: ${(error as Error).stack}\n  ${file}`);
      }
      count.runs += 1;
      count.slowestMs = Math.max(count.slowestMs, performance.now() - startMs);
    }
  }
}
rmSync(scratch, { recursive: true });
for (const [name, { runs, failures, slowestMs }] of counts)
  console.log(
    `${name.padEnd(14)} ${String(runs).padStart(9)} runs  ${failures} failures  slowest ${slowestMs.toFixed(1)} ms`,
  );
const total = [...counts.values()].reduce((sum, { failures }) => sum + failures, 0);
console.log(`seed ${seed}: ${total} failures`);
process.exitCode = total === 0 ? 0 : 1;

import { compareAtRandom } from './plan-result-cases.ts';

// Announced, reported and measured bytes on random caches: `node bench/plan-result.ts [CACHES] [SEED]`, 10,000 unless said
// otherwise.
const [caches = 10_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
let [refused, different, items, bytes, undoable] = [0, 0, 0, 0, 0];
const startMs = performance.now();
await compareAtRandom(caches, seed, (result, index) => {
  if (result.problems === null) refused += 1;
  else if (result.problems.length > 0) {
    different += 1;
    console.error(`cache ${index}:\n  ${result.problems.join('\n  ')}`);
  }
  items += result.removedItems;
  bytes += result.bytes;
  if (result.isUndoable) undoable += 1;
  if ((index + 1) % 500 === 0) console.log(`${index + 1} of ${caches}: ${different} differ`);
});
const seconds = Math.round((performance.now() - startMs) / 1000);
console.log(
  `seed ${seed}: ${caches} caches, ${refused} refused as in use, ${undoable} to be undone, ${items} items and ${bytes} bytes removed, ${different} differ; ${seconds} s`,
);
process.exitCode = different === 0 ? 0 : 1;

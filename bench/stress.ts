import { parseArgs } from 'node:util';
import { availableMsbVersions } from '../test-support/msb.ts';
import { stressBeside } from './stress-beside.ts';

// Removes and collects beside the real msb: `node bench/stress.ts [MINUTES] [SEED]`, ten minutes with each version;
// `--msb VERSION` for one of them, `--without-us` for what msb alone comes to.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { msb: { type: 'string' }, 'without-us': { type: 'boolean', default: false } },
});
const [minutes = 10, seed = Date.now() % 1_000_000] = positionals.map(Number);
const isWithoutUs = values['without-us'];
for (const version of availableMsbVersions()) {
  if (values.msb !== undefined && values.msb !== version) continue;
  const options = { version, forMs: minutes * 60_000, seed, isWithoutUs };
  const { problems, ...counts } = await stressBeside(options);
  console.log(`msb ${version}${isWithoutUs ? ' alone' : ''}, ${minutes} minutes, seed ${seed}:`);
  console.log(JSON.stringify(counts, null, 2));
  console.log(`${problems.length} problems`);
  for (const problem of problems) console.error(`  ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

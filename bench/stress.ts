import { availableMsbVersions } from '../test-support/msb.ts';
import { stressBeside } from './stress-beside.ts';

// Removes and collects beside the real msb: `node bench/stress.ts [MINUTES] [SEED]`, ten minutes with each version.
const [minutes = 10, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
for (const version of availableMsbVersions()) {
  const { problems, ...counts } = await stressBeside(version, minutes * 60_000, seed);
  console.log(`msb ${version}, ${minutes} minutes, seed ${seed}: ${JSON.stringify(counts)}`);
  for (const problem of problems) console.error(`  ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

import { availableMsbVersions } from '../test-support/msb.ts';
import { checkHealthy } from './health-cases.ts';

// Checks caches in which nothing is wrong: `node bench/health.ts [CACHES] [SEED]`, 1,000 unless said otherwise, half of them
// of each version of msb.
const [caches = 1000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const versions = availableMsbVersions();
for (const version of versions) {
  const commands: Record<string, number> = {};
  let [checked, images, alarming] = [0, 0, 0];
  await checkHealthy(Math.ceil(caches / versions.length), seed, version, (healthy) => {
    checked += 1;
    images += healthy.images;
    commands[healthy.command] = (commands[healthy.command] ?? 0) + 1;
    if (healthy.problems.length === 0) return;
    alarming += 1;
    console.error(`after ${healthy.command}:\n  ${healthy.problems.join('\n  ')}`);
  });
  console.log(
    `msb ${version}, seed ${seed}: ${checked} caches, ${images} images checked quickly and ${checked} deeply, ${alarming} with a false alarm or a change; ${JSON.stringify(commands)}`,
  );
  if (alarming > 0) process.exitCode = 1;
}

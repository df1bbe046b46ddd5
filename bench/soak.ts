import { parseArgs } from 'node:util';
import { megabytes } from './soak-judge.ts';
import { soak } from './soak-run.ts';

// Mixed use of a host under load: `node bench/soak.ts [--host browser|electron] [MINUTES] [IMAGES] [SEED]`; an hour at
// 10,000 images unless said otherwise. `electron` is the built main process and preload script (`npm run build`) on
// the stand-in for Electron. Linux.
const { values, positionals } = parseArgs({
  options: { host: { type: 'string', default: 'browser' } },
  allowPositionals: true,
});
const [minutes = 60, images = 10_000, seed = Date.now() % 1_000_000] = positionals.map(Number);
const { calls, samples, problems, leaks } = await soak({
  host: values.host === 'electron' ? 'electron' : 'browser',
  images,
  forMs: minutes * 60_000,
  seed,
  onSample: ({ atMs, calls: done, residentBytes, handles, locks, temporaryFiles }) => {
    console.log(
      `${Math.round(atMs / 1000)} s  ${done} calls  ${megabytes(residentBytes)} MB  ${handles} handles  ${locks} locks  ${temporaryFiles} files`,
    );
  },
});
const all = [...problems, ...leaks];
for (const problem of all) console.error(problem);
console.log(`${calls} calls, ${samples.length} samples, seed ${seed}: ${all.length} problems`);
process.exitCode = all.length === 0 ? 0 : 1;

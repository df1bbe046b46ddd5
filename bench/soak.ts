import { soak } from './soak-run.ts';

// Mixed use of the browser host under load: `node bench/soak.ts [MINUTES] [IMAGES] [SEED]`; an hour at 10,000 images
// unless said otherwise. Linux.
const [minutes = 60, images = 10_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const { calls, samples, problems } = await soak({
  images,
  forMs: minutes * 60_000,
  seed,
  onSample: ({ atMs, calls: done, residentBytes, handles, locks, temporaryFiles }) => {
    const megabytes = Math.round(residentBytes / 2 ** 20);
    console.log(
      `${Math.round(atMs / 1000)} s  ${done} calls  ${megabytes} MB  ${handles} handles  ${locks} locks  ${temporaryFiles} files`,
    );
  },
});
for (const problem of problems) console.error(problem);
console.log(`${calls} calls, ${samples.length} samples, seed ${seed}: ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

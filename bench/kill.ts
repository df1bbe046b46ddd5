import { killAtRandom } from './kill-points.ts';

// Kills removals at random points: `node bench/kill.ts [POINTS] [SEED]`, 1,000 points unless said otherwise.
const [points = 1000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
let [done, killed, failed] = [0, 0, 0];
await killAtRandom(points, seed, ({ point, wasKilled, problems }) => {
  done += 1;
  if (wasKilled) killed += 1;
  if (problems.length > 0) {
    failed += 1;
    console.error(`${point}:\n  ${problems.join('\n  ')}`);
  }
  if (done % 50 === 0 || done === points)
    console.log(`${done} of ${points}: ${killed} killed, ${failed} with problems`);
});
console.log(`seed ${seed}: ${killed} removals killed, ${failed} with problems`);
process.exitCode = failed === 0 ? 0 : 1;

import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

// Loaded before the host (`node --import`): how late its main thread comes to what waits for it.

const file = process.env.STRATA_BENCH_DELAYS;
if (isMainThread && file !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  // Starting up is not what is measured.
  process.on('SIGUSR2', () => delays.reset());
  process.on('exit', () => {
    const milliseconds = (nanoseconds: number) => nanoseconds / 1e6;
    const answer = {
      p50: milliseconds(delays.percentile(50)),
      p99: milliseconds(delays.percentile(99)),
      max: milliseconds(delays.max),
    };
    writeFileSync(file, JSON.stringify(answer));
  });
}

import { setTimeout as pause } from 'node:timers/promises';
import { templateCache, withCopy } from './caches.ts';
import { startBenchHost } from './host.ts';
import type { Report } from './report.ts';
import type { Scale } from './scale.ts';

const MOST_MS = 20;

/** How late the browser host's main thread is while its engine collects everything a cache has. */
export async function measureEventLoop(report: Report, { images }: Scale): Promise<void> {
  const template = await templateCache(images, 'layers');
  const delays = await withCopy(template, async (home) => {
    const host = await startBenchHost(home);
    await host.call('images.facts', {});
    await pause(500);
    host.resetDelays();
    await host.call('cache.prune', { policy: {} });
    return host.stop();
  });
  report.add({
    what: "main thread's delay while everything is collected",
    unit: 'ms',
    values: { ...delays },
    goals: [{ text: `99 of 100 under ${MOST_MS} ms`, isReached: delays.p99 < MOST_MS }],
  });
}

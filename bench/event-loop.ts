import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { scratchDir } from '../test-support/scratch.ts';
import { templateCache, withCopy } from './caches.ts';
import { type Delays, startBenchHost } from './host.ts';
import type { Report } from './report.ts';
import type { Scale } from './scale.ts';

const MOST_MS = 20;
const ELECTRON = fileURLToPath(new URL('./subjects/electron-delay.ts', import.meta.url));

/** How late either host's main thread is while its engine collects everything a cache has. */
export async function measureEventLoop(report: Report, { images }: Scale): Promise<void> {
  const template = await templateCache(images, 'layers');
  add(report, 'browser host', await withCopy(template, inBrowserHost));
  add(report, 'main process, on a stand-in for Electron', await withCopy(template, inMainProcess));
}

function add(report: Report, whose: string, delays: Delays): void {
  report.add({
    what: `main thread's delay while everything is collected: ${whose}`,
    unit: 'ms',
    values: { ...delays },
    goals: [{ text: `99 of 100 under ${MOST_MS} ms`, isReached: delays.p99 < MOST_MS }],
  });
}

async function inBrowserHost(home: string): Promise<Delays> {
  const host = await startBenchHost(home);
  await host.call('images.facts', {});
  await pause(500);
  host.resetDelays();
  await host.call('cache.prune', { policy: {}, undoMinutes: 0 });
  return host.stop();
}

async function inMainProcess(home: string): Promise<Delays> {
  const own = scratchDir('bench-main');
  const env = { PATH: process.env.PATH ?? '', HOME: own, TMPDIR: own, STRATA_DATA_DIR: join(own, 'data') };
  const { stdout } = await promisify(execFile)(process.execPath, [ELECTRON, home], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Delays;
}

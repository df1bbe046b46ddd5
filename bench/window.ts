import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright';
import { findChromium } from '../scripts/browser.mjs';
import { type HeldLock, tryLockExclusive } from '../src-main/engine/store/index.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { templateCache } from './caches.ts';
import { type BenchHost, startBenchHost } from './host.ts';
import { median, type Report } from './report.ts';
import type { Scale } from './scale.ts';
import { measureActions, type Paints, reportActions } from './window-actions.ts';
import { measureScrolling } from './window-scrolling.ts';

const FEW_IMAGES = 10;
const VIEWPORT = { width: 1440, height: 900 };
/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const IDLE_SECONDS = 20;
/** How often another program takes or gives back a lock that is none of the cache's, in milliseconds. */
const FOREIGN_LOCK_MS = 150;

/** The built window in Chromium: first rows, what a hand does, scrolling, and doing nothing. */
export async function measureWindow(report: Report, { images, rounds }: Scale): Promise<void> {
  const executablePath = await findChromium(async () => 1);
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const few = await firstRows(browser, FEW_IMAGES, rounds);
    const host = await startBenchHost((await templateCache(images, 'all')).home, { watchesDelays: false });
    const many = await firstRowsOf(browser, host, rounds);
    const ratio = many / few;
    report.add({
      what: 'navigation to first rows',
      unit: 'ms',
      values: { [`${FEW_IMAGES} images`]: few, [`${images} images`]: many },
      goals: [{ text: `${ratio.toFixed(2)} times as long, at most 2`, isReached: ratio <= 2 }],
    });
    await measureStart(report, browser, host);
    const paints: Paints = new Map();
    for (let round = 1; round < rounds; round += 1) {
      const page = await openPage(browser, host);
      await settle(page);
      await measureActions(paints, page);
      await page.close();
    }
    const page = await openPage(browser, host);
    await settle(page);
    await measureMemory(report, page, 'images shown');
    await measureActions(paints, page);
    reportActions(report, paints);
    await measureMemory(report, page, 'after layers and reclaim');
    await measureScrolling(report, browser, page, VIEWPORT);
    await measureIdle(report, host);
    await page.close();
    await host.stop();
  } finally {
    await browser.close();
  }
}

async function firstRows(browser: Browser, images: number, rounds: number): Promise<number> {
  const host = await startBenchHost((await templateCache(images, 'all')).home, { watchesDelays: false });
  const ms = await firstRowsOf(browser, host, rounds);
  await host.stop();
  return ms;
}

/** The first look of all warms host and browser up and does not count. */
async function firstRowsOf(browser: Browser, host: BenchHost, rounds: number): Promise<number> {
  const ms: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const page = await openPage(browser, host);
    ms.push(await page.evaluate(() => (globalThis as unknown as { firstRowsMs: number }).firstRowsMs));
    await page.close();
  }
  return median(ms.slice(1));
}

/** Notes in the page, counted from the start of the navigation, the frame after the first row of an image came. */
async function openPage(
  browser: Browser,
  host: BenchHost,
  prepare?: (page: Page) => Promise<void>,
): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEWPORT, reducedMotion: 'reduce' });
  await prepare?.(page);
  await page.addInitScript(() => {
    const look = () => {
      const row = document.querySelector(
        '[role=grid][aria-label=Images] [role=row] input[type=checkbox], [role=grid][aria-label=Images] [role=row] [data-column="1"]',
      );
      if (row === null) requestAnimationFrame(look);
      else requestAnimationFrame(() => Object.assign(globalThis, { firstRowsMs: performance.now() }));
    };
    requestAnimationFrame(look);
  });
  await page.goto(host.url);
  await page.waitForFunction(() => 'firstRowsMs' in globalThis);
  return page;
}

/** What the page's main thread has done when the first rows are painted. */
async function measureStart(report: Report, browser: Browser, host: BenchHost): Promise<void> {
  const sessions: CDPSession[] = [];
  const page = await openPage(browser, host, async (opened) => {
    const session = await opened.context().newCDPSession(opened);
    await session.send('Performance.enable');
    sessions.push(session);
  });
  const { metrics } = await sessions[0]!.send('Performance.getMetrics');
  const ms = (name: string) => 1000 * metrics.find((metric) => metric.name === name)!.value;
  report.add({
    what: 'work of the page until its first rows',
    unit: 'ms',
    values: {
      script: ms('ScriptDuration'),
      'style and layout': ms('RecalcStyleDuration') + ms('LayoutDuration'),
      'all tasks': ms('TaskDuration'),
    },
  });
  await page.close();
}

/** Until the facts have come and nothing is loading any more. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => {});
  await pause(4000);
}

/** What the page's script holds once all garbage is collected. */
async function measureMemory(report: Report, page: Page, when: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  report.add({ what: `memory of the page, ${when}`, unit: 'MB', values: { used: usedSize / 1e6 } });
}

/** The host with a window open that nobody touches: by itself, and while another program takes and frees locks. */
async function measureIdle(report: Report, host: BenchHost): Promise<void> {
  await pause(2000);
  const alone = await percentOf(host.pid);
  const stop = takeForeignLocks();
  const beside = await percentOf(host.pid);
  stop();
  report.add({
    what: 'processor use of the idle host',
    unit: '%',
    values: { alone, 'beside foreign locks': beside },
    goals: [{ text: 'under 0.5 %', isReached: Math.max(alone, beside) < 0.5 }],
  });
}

async function percentOf(pid: number): Promise<number> {
  const before = ticksOf(pid);
  await pause(IDLE_SECONDS * 1000);
  return ((ticksOf(pid) - before) / TICKS_PER_SECOND / IDLE_SECONDS) * 100;
}

/** Takes and gives back the lock of a file of its own, over and over, in this process. */
function takeForeignLocks(): () => void {
  const file = join(scratchDir('foreign-lock'), 'x.lock');
  let lock: HeldLock | null = null;
  const timer = setInterval(() => {
    lock?.release();
    lock = lock === null ? tryLockExclusive(file, { create: true }) : null;
  }, FOREIGN_LOCK_MS);
  return () => {
    clearInterval(timer);
    lock?.release();
  };
}

/** Fields 14 and 15 of proc_pid_stat(5). */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright';
import { findChromium } from '../scripts/browser.mjs';
import { type HeldLock, tryLockExclusive } from '../src-main/engine/store/index.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { templateCache } from './caches.ts';
import { type BenchHost, startBenchHost } from './host.ts';
import { median, type Report } from './report.ts';
import type { Scale } from './scale.ts';

const MOST_MS = 100;
const FEW_IMAGES = 10;
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
    const page = await openPage(browser, host);
    await settle(page);
    await measureActions(report, page);
    await measureScrolling(report, page);
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
async function openPage(browser: Browser, host: BenchHost): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
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

/** Until the facts have come and nothing is loading any more. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => {});
  await pause(4000);
}

async function measureActions(report: Report, page: Page): Promise<void> {
  const grid = page.getByRole('grid', { name: 'Images' });
  const views = page.getByRole('navigation', { name: 'Views' });
  const find = page.getByRole('searchbox', { name: 'Find images' });
  const actions: Readonly<Record<string, () => Promise<void>>> = {
    'typing in the find field': async () => {
      await find.click();
      await toNextPaint(page, 'keydown');
      await page.keyboard.type('service-12', { delay: 120 });
    },
    sorting: async () => {
      await toNextPaint(page, 'click');
      for (const column of ['On disk', 'Created', 'Image']) {
        await grid.getByRole('columnheader', { name: column, exact: true }).click();
        await pause(400);
      }
    },
    selecting: async () => {
      await toNextPaint(page, 'click');
      for (const index of [2, 4, 6]) {
        await grid.getByRole('row').nth(index).getByRole('checkbox').click();
        await pause(300);
      }
    },
    'switching tabs of the details': async () => {
      await grid.getByRole('row').nth(3).click();
      await pause(1000);
      await toNextPaint(page, 'click');
      for (const tab of ['Config', 'Layers', 'Files', 'JSON', 'Overview']) {
        await page.getByRole('tab', { name: tab }).first().click();
        await pause(500);
      }
    },
    'switching views': async () => {
      await toNextPaint(page, 'click');
      for (const view of ['Layers', 'Images', 'Reclaim', 'Images']) {
        await views.getByRole('button', { name: view }).click();
        await pause(800);
      }
    },
  };
  for (const [what, action] of Object.entries(actions)) {
    try {
      await action();
      const paints = await page.evaluate(() => (globalThis as unknown as { paints: number[] }).paints);
      const worst = Math.max(...paints);
      report.add({
        what: `${what}, to the next paint`,
        unit: 'ms',
        values: { median: median(paints), worst },
        goals: [{ text: `under ${MOST_MS} ms`, isReached: worst < MOST_MS }],
      });
    } catch (error) {
      process.stdout.write(`${what} could not be measured: ${(error as Error).message.split('\n')[0]}\n`);
    }
    if (what.startsWith('typing')) await find.fill('');
    await pause(500);
  }
}

/** From here on each such event notes how long it took to the end of the frame that shows what it did. */
async function toNextPaint(page: Page, event: string): Promise<void> {
  await page.evaluate((type) => {
    const paints: number[] = [];
    Object.assign(globalThis, { paints });
    const noted = globalThis as unknown as { stopPaints?: () => void };
    noted.stopPaints?.();
    const listener = (heard: Event) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => paints.push(performance.now() - heard.timeStamp);
      // A message posted in a frame's callback is heard once the frame is drawn.
      requestAnimationFrame(() => channel.port2.postMessage(null));
    };
    addEventListener(type, listener, { capture: true });
    noted.stopPaints = () => removeEventListener(type, listener, { capture: true });
  }, event);
}

async function measureScrolling(report: Report, page: Page): Promise<void> {
  await page.mouse.move(700, 500);
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(globalThis, { frames });
    let last = performance.now();
    const next = (now: number) => {
      frames.push(now - last);
      last = now;
      if (frames.length < 2000) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  for (let step = 0; step < 120; step += 1) await page.mouse.wheel(0, 400);
  await pause(200);
  const frames = await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames.slice(1));
  const sorted = frames.toSorted((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)]!;
  report.add({
    what: 'frames while scrolling',
    unit: 'ms',
    values: { median: median(frames), p95, worst: sorted.at(-1)! },
    goals: [{ text: 'p95 under 25 ms', isReached: p95 < 25 }],
  });
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

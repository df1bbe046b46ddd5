import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { type Browser, chromium, type Page } from 'playwright';
import { findChromium } from '../scripts/browser.mjs';
import { openTestCache } from '../test-support/cache.ts';
import { databaseFile } from '../test-support/database.ts';
import { layer } from '../test-support/images.ts';
import { templateCache, withCopy } from './caches.ts';
import { startBenchHost } from './host.ts';
import { median, type Report } from './report.ts';
import type { Scale } from './scale.ts';

const LOADS = 20;
const MOST_MS = 1000;
/** How often the row is asked for while msb loads: as far as a time can be off. */
const LOOK_MS = 2;
/** Between two loads, at uneven times of the watcher's own turns, in milliseconds. */
const LEAST_REST_MS = 1500;
const UNEVEN_MS = 61;

/** From the commit of an image's row by a real msb to the frame in which an open window shows it. */
export async function measureLive(report: Report, { images }: Scale): Promise<void> {
  const executablePath = await findChromium(async () => 1);
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const ms = await withCopy(await templateCache(images, 'all'), (home) => loadWhileOpen(browser, home));
    const worst = Math.max(...ms);
    report.add({
      what: `row committed to row painted, ${images} images`,
      unit: 'ms',
      values: { median: median(ms), worst },
      goals: [{ text: `at most ${MOST_MS} ms`, isReached: worst <= MOST_MS }],
    });
  } finally {
    await browser.close();
  }
}

async function loadWhileOpen(browser: Browser, home: string): Promise<readonly number[]> {
  const cache = openTestCache(home);
  const host = await startBenchHost(home, { watchesDelays: false });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await page.goto(host.url);
  await page.getByRole('grid', { name: 'Images' }).getByRole('checkbox').first().waitFor();
  await pause(5000);
  const ms: number[] = [];
  for (let load = 0; load < LOADS; load += 1) {
    const reference = `live/image-${load}:1`;
    const painted = paintOf(page, reference);
    const [committed] = await Promise.all([
      commitOf(home, reference),
      cache.load([{ references: [reference], layers: [layer(`RUN ${load}`, `live-${load}`)] }]),
    ]);
    ms.push((await painted) - committed);
    await pause(LEAST_REST_MS + load * UNEVEN_MS);
  }
  await page.close();
  await host.stop();
  return ms;
}

/** When another connection first sees the row, in milliseconds since 1970. */
async function commitOf(home: string, reference: string): Promise<number> {
  const db = new Database(databaseFile(home), { readonly: true });
  const find = db.prepare('SELECT 1 FROM image_ref WHERE reference = ?');
  while (find.get(reference) === undefined) await pause(LOOK_MS);
  db.close();
  return performance.timeOrigin + performance.now();
}

/** When the frame that first shows the row has been drawn, in milliseconds since 1970. */
function paintOf(page: Page, reference: string): Promise<number> {
  return page.evaluate(
    (label) =>
      new Promise<number>((resolve) => {
        const isThere = () => document.querySelector(`[role=grid] [aria-label="${label}"]`) !== null;
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
        const observer = new MutationObserver(() => {
          if (!isThere()) return;
          observer.disconnect();
          // A message posted in a frame's callback is heard once the frame is drawn.
          requestAnimationFrame(() => channel.port2.postMessage(null));
        });
        observer.observe(document.body, { childList: true, subtree: true, attributes: true });
      }),
    `Select ${reference}`,
  );
}

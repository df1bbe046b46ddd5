import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import { median, type Report } from './report.ts';

const MOST_P95_MS = 25;
const STEPS = 120;
const STEP_PIXELS = 400;
/** The height of a row of the list, as it is at first. */
const ROW_PIXELS = 44;

/** Frames while the list is scrolled, and in the same way a page of as many plain rows that nothing runs in. */
export async function measureScrolling(
  report: Report,
  browser: Browser,
  page: Page,
  viewport: Size,
): Promise<void> {
  const still = await browser.newPage({ viewport });
  await still.setContent(plainRows());
  const bound = await framesOf(still);
  await still.close();
  const ours = await framesOf(page);
  const at = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
  const p95 = at(ours, 0.95);
  report.add({
    what: 'frames while scrolling',
    unit: 'ms',
    values: {
      median: median(ours),
      p95,
      worst: ours.at(-1)!,
      'plain rows, median': median(bound),
      'plain rows, p95': at(bound, 0.95),
      'plain rows, worst': bound.at(-1)!,
    },
    goals: [{ text: `p95 under ${MOST_P95_MS} ms`, isReached: p95 < MOST_P95_MS }],
  });
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** From one frame to the next, sorted. */
async function framesOf(page: Page): Promise<readonly number[]> {
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
  for (let step = 0; step < STEPS; step += 1) await page.mouse.wheel(0, STEP_PIXELS);
  await pause(200);
  const frames = await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames.slice(1));
  return frames.toSorted((a, b) => a - b);
}

/** Every row that is scrolled past, with as many words as one of ours. */
function plainRows(): string {
  const count = Math.ceil((STEPS * STEP_PIXELS) / ROW_PIXELS) + 50;
  const row = (index: number) =>
    `<div>${[`registry.example/service-${index}`, '307.2 kB', '10', 'linux/amd64', 'Unused', '6 months ago']
      .map((text) => `<span>${text}</span>`)
      .join('')}</div>`;
  return `<!doctype html><style>
    body { margin: 0; height: 100vh; overflow: hidden auto; font: 13px/18px sans-serif }
    div { display: flex; gap: 40px; align-items: center; height: ${ROW_PIXELS}px; border-bottom: 1px solid #eee }
  </style>${Array.from({ length: count }, (_, index) => row(index)).join('')}`;
}

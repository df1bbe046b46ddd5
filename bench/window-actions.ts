import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright';
import { median, type Report } from './report.ts';

const MOST_MS = 100;
const BETWEEN_KEYS_MS = 200;

/** How long a hand waits, by what it did: of every time it did it. */
export type Paints = Map<string, number[]>;

/** Does everything once, in a window that has not done any of it before, and adds how long each took. */
export async function measureActions(paints: Paints, page: Page): Promise<void> {
  const note = async (what: string, list: 'paints' | 'found') => {
    // A key that left the list as it was has no entry in `found`.
    const noted = await page.evaluate((name) => Object.values((globalThis as unknown as Noted)[name]), list);
    paints.set(what, [...(paints.get(what) ?? []), ...noted]);
  };
  for (const [what, action] of Object.entries(actionsOf(page))) {
    await action();
    await note(`${what}, to the next paint`, 'paints');
    if (what === TYPING) {
      await note(`${what}, until the images found are painted`, 'found');
      await page.keyboard.press('Escape');
    }
    await pause(500);
  }
}

export function reportActions(report: Report, paints: Paints): void {
  for (const [what, ms] of paints) {
    const worst = Math.max(...ms);
    report.add({
      what: `${what} (${ms.length} times)`,
      unit: 'ms',
      values: { median: median(ms), worst },
      goals: [{ text: `under ${MOST_MS} ms`, isReached: worst < MOST_MS }],
    });
  }
}

const TYPING = 'typing in the find field';

function actionsOf(page: Page): Readonly<Record<string, () => Promise<void>>> {
  const grid = page.getByRole('grid', { name: 'Images' });
  const views = page.getByRole('navigation', { name: 'Views' });
  const sortBy = async (columns: readonly string[]) => {
    await noteFrom(page, 'click');
    for (const name of columns) {
      await grid.getByRole('columnheader', { name, exact: true }).click();
      await pause(400);
    }
  };
  return {
    sorting: () => sortBy(['On disk', 'Created', 'Layers', 'Platform', 'Used by', 'Created']),
    'sorting by name': () => sortBy(['Image', 'Image', 'Created']),
    [TYPING]: async () => {
      await page.getByRole('searchbox', { name: 'Find images' }).click();
      await noteFrom(page, 'keydown');
      await page.keyboard.type('service-12', { delay: BETWEEN_KEYS_MS });
      await pause(BETWEEN_KEYS_MS);
    },
    selecting: async () => {
      await noteFrom(page, 'click');
      for (const index of [2, 4, 6]) {
        await grid.getByRole('row').nth(index).getByRole('checkbox').click();
        await pause(300);
      }
    },
    'switching tabs of the details': async () => {
      await grid.getByRole('row').nth(3).click();
      await pause(1000);
      await noteFrom(page, 'click');
      for (const tab of ['Config', 'Layers', 'Files', 'JSON', 'Overview']) {
        await page.getByRole('tab', { name: tab }).first().click();
        await pause(500);
      }
    },
    'switching views': async () => {
      await noteFrom(page, 'click');
      for (const view of ['Layers', 'Images', 'Reclaim', 'Images']) {
        await views.getByRole('button', { name: view }).click();
        await pause(800);
      }
    },
  };
}

interface Noted {
  /** From each event to the end of the next frame. */
  readonly paints: number[];
  /** From each event to the end of the last frame that changed what is seen of the list of images because of it. */
  readonly found: number[];
  stopNoting?: () => void;
}

/** From here on each such event notes how long it took to the end of the frame that shows what it did. */
async function noteFrom(page: Page, event: string): Promise<void> {
  await page.evaluate((type) => {
    const paints: number[] = [];
    const found: number[] = [];
    const noted = Object.assign(globalThis, { paints, found }) as unknown as Noted;
    noted.stopNoting?.();
    let since = 0;
    /** A message posted in a frame's callback is heard once the frame is drawn. */
    const onPainted = (then: () => void) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = then;
      requestAnimationFrame(() => channel.port2.postMessage(null));
    };
    const listener = ({ timeStamp }: Event) => {
      since = timeStamp;
      onPainted(() => paints.push(performance.now() - timeStamp));
    };
    const grid = document.querySelector('[role=grid][aria-label=Images]')!;
    /** Rows that are drawn ahead of being scrolled to, after the others, are none that were waited for. */
    const isSeen = ({ type: kind, target, addedNodes }: MutationRecord) => {
      const changed = target instanceof Element ? target : target.parentElement!;
      if (changed.role === 'rowgroup') {
        return kind === 'childList' && (addedNodes.length === 0 || [...addedNodes].some(isInView));
      }
      return isInView(changed);
    };
    const isInView = (node: Node) =>
      node instanceof Element && node.getBoundingClientRect().top < grid.getBoundingClientRect().bottom;
    const observer = new MutationObserver((records) => {
      const [began, place] = [since, paints.length];
      if (began > 0 && records.some(isSeen))
        onPainted(() => Object.assign(found, { [place]: performance.now() - began }));
    });
    addEventListener(type, listener, { capture: true });
    observer.observe(grid, { subtree: true, childList: true, attributes: true, characterData: true });
    noted.stopNoting = () => {
      removeEventListener(type, listener, { capture: true });
      observer.disconnect();
    };
  }, event);
}

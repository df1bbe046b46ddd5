import type { Page } from 'playwright/test';
import { makeLargeCache } from '../test-support/large-cache.ts';
import { msbImageList } from '../test-support/oracle.ts';
import { expect, test } from './fixtures/test.ts';
import type { App } from './pages/app.ts';

const IMAGES = 300;
const ROW_PIXELS = 44;

let references: readonly string[] = [];
let home = '';

test.beforeAll(async () => {
  home = (await makeLargeCache({ images: IMAGES, layersPerImage: 2, files: 'layers' })).home;
  references = (await msbImageList(home)).map(({ reference }) => reference);
});

test.beforeEach(async ({ app }) => {
  await app.open(home);
  await expect(app.images.row(references[0]!)).toBeVisible();
});

test('shows in every row scrolled to the image of that row, with its place in the list', async ({ app }) => {
  const { page } = app;
  await pointAtList(app);
  for (const pixels of [130, 400, 400, 400, 3000, -90, -400, -400, 9000, -9000, 400]) {
    await page.mouse.wheel(0, pixels);
    await expect.poll(() => rowsInView(page)).toBeGreaterThan(10);
    const drawn = await drawnRows(page);
    expect(drawn.map(({ label }) => label)).toEqual(drawn.map(({ index }) => `Select ${references[index]}`));
    expect(drawn.map(({ top }) => top)).toEqual(drawn.map(({ index }) => index * ROW_PIXELS));
    expect(drawn.map(({ ariaIndex }) => ariaIndex)).toEqual(drawn.map(({ index }) => index + 2));
  }
});

test('leaves the focus on its row while others are scrolled past, and goes on from there', async ({
  app,
}) => {
  const { page } = app;
  await app.images.row(references[3]!).click();
  await pointAtList(app);
  await page.evaluate(() => Object.assign(globalThis, { focused: document.activeElement }));
  for (let step = 0; step < 20; step += 1) await page.mouse.wheel(0, 400);
  await expect(app.images.row(references[180]!)).toBeVisible();
  expect(
    await page.evaluate(() => (globalThis as { focused?: unknown }).focused === document.activeElement),
  ).toBe(true);
  await expect(app.images.row(references[3]!)).toBeFocused();

  await page.keyboard.press('ArrowDown');
  await expect(app.images.row(references[4]!)).toBeFocused();
  await expect(app.images.row(references[4]!)).toBeInViewport();
  expect(
    await page.evaluate(() => (globalThis as { focused?: unknown }).focused === document.activeElement),
  ).toBe(false);
  await page.keyboard.press('End');
  await expect(app.images.row(references.at(-1)!)).toBeFocused();
  await expect(app.images.grid.locator('[role=row][tabindex="0"]')).toHaveCount(1);
});

test('is back where it was when what narrowed it is taken away, also where nothing was left', async ({
  app,
}) => {
  const { page } = app;
  await pointAtList(app);
  await page.mouse.wheel(0, 100 * ROW_PIXELS + 13);
  const row = app.images.row(references[105]!);
  await expect(row).toBeInViewport();
  const place = await row.boundingBox();

  await app.images.filterBy('In use');
  await expect(page.getByRole('heading', { name: 'No image is in use' })).toBeVisible();
  await app.images.filterBy('All');
  await expect(row).toBeInViewport();
  expect(await row.boundingBox()).toEqual(place);

  await app.images.find(references[200]!);
  await app.images.lists([references[200]!]);
  await app.images.clearFind();
  await expect(row).toBeInViewport();
  expect(await row.boundingBox()).toEqual(place);

  // What was opened meanwhile is what the person is at now.
  await app.images.find(references[200]!);
  await app.images.open(references[200]!);
  await app.images.clearFind();
  await expect(app.images.row(references[200]!)).toBeInViewport();
});

test('shows whole how long ago an image came that came more than ten months ago', async ({ app }) => {
  const dates = app.images.grid.getByRole('gridcell', { name: /^[12]\d months ago$/ });
  await pointAtList(app);
  await app.page.mouse.wheel(0, 200 * ROW_PIXELS);
  await expect(dates.first()).toBeInViewport();
  const cut = (cells: readonly Element[]) =>
    cells.filter((cell) => cell.scrollWidth > cell.clientWidth).length;
  expect(await dates.evaluateAll(cut)).toBe(0);
});

test('is read to a screen reader in the order it is drawn in, also after scrolling', async ({ app }) => {
  const { page } = app;
  await pointAtList(app);
  for (let step = 0; step < 12; step += 1) await page.mouse.wheel(0, 400);
  await expect(app.images.row(references[110]!)).toBeVisible();
  // The rows that come next take some more frames.
  await expect(async () => {
    const read = await readRows(page);
    expect(read.length).toBeGreaterThan(20);
    expect(read).toEqual(read.toSorted((left, right) => left - right));
  }).toPass({ timeout: 15_000 });
});

async function pointAtList(app: App): Promise<void> {
  const { x, y, width, height } = (await app.images.grid.boundingBox())!;
  await app.page.mouse.move(x + width / 2, y + height / 2);
}

/** How many rows are drawn where a person sees them. */
function rowsInView(page: Page): Promise<number> {
  return page.evaluate(() => {
    const rows = [...document.querySelectorAll('[role=grid][aria-label=Images] [role=row][data-index]')];
    const scroller = rows.at(-1)!.closest('[role=presentation]')!.getBoundingClientRect();
    const isSeen = ({ top, bottom }: DOMRect) => top >= scroller.top && bottom <= scroller.bottom;
    return rows.filter((row) => isSeen(row.getBoundingClientRect())).length;
  });
}

interface DrawnRow {
  readonly index: number;
  readonly ariaIndex: number;
  readonly label: string;
  /** Pixels from the top of the list. */
  readonly top: number;
}

function drawnRows(page: Page): Promise<readonly DrawnRow[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[role=row][data-index]:not([data-index="-1"])')].map(
      (row) => ({
        index: Number(row.dataset.index),
        ariaIndex: Number(row.ariaRowIndex),
        label: row.querySelector('[role=checkbox]')!.ariaLabel!,
        top: row.offsetTop,
      }),
    ),
  );
}

/** The places of the rows as Chromium hands them to screen readers. */
async function readRows(page: Page): Promise<readonly number[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const groups = nodes.filter(({ role }) => role?.value === 'rowgroup');
  const rows = groups.flatMap(({ childIds = [] }) => childIds.map((id) => byId.get(id)!));
  const places: number[] = [];
  for (const { backendDOMNodeId } of rows) {
    const { node } = await session.send('DOM.describeNode', { backendNodeId: backendDOMNodeId! });
    const attributes = node.attributes ?? [];
    places.push(Number(attributes[attributes.indexOf('aria-rowindex') + 1]));
  }
  await session.detach();
  return places;
}

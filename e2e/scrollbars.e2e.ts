import { makeLargeCache } from '../test-support/large-cache.ts';
import { launchOptions } from './fixtures/launch.ts';
import { expect, test } from './fixtures/test.ts';
import type { App } from './pages/app.ts';

// Playwright hides scrollbars; outside of macOS they take room of what they scroll.
test.use({ launchOptions: { ...(await launchOptions()), ignoreDefaultArgs: ['--hide-scrollbars'] } });

test.beforeEach(async ({ app }) => {
  const { home } = await makeLargeCache({ images: 100, layersPerImage: 2, files: 'layers' });
  await app.open(home);
  await app.counts('100 images');
  await app.detail.pane.getByRole('tablist').waitFor();
});

test('heads each column of a list that scrolls right above its cells', async ({ app }) => {
  const { left, right } = await scrollbar(app);
  expect(right - left).toBeGreaterThan(5);
  for (const column of ['On disk', 'Layers', 'Platform', 'Used by', 'Created']) {
    const heading = app.images.heading(column);
    const index = await heading.getAttribute('data-column');
    const cell = app.images.grid.locator(`[data-index="0"] [data-column="${index}"]`);
    await expect
      .poll(async () => (await heading.boundingBox())!.x, column)
      .toBeCloseTo((await cell.boundingBox())!.x, 0);
  }
});

test('scrolls by every pixel of the scrollbar, also next to the line that sizes the details', async ({
  app,
}) => {
  const { page } = app;
  const { left, right, top } = await scrollbar(app);
  for (const x of [left + 1, (left + right) / 2, right - 1]) {
    await page.mouse.move(x, top + 30);
    await page.mouse.down();
    await page.mouse.move(x, top + 230, { steps: 4 });
    await expect.poll(async () => (await scrollbar(app)).scrollTop).toBeGreaterThan(500);
    // Chromium takes one move of a dragged scrollbar a frame and drops the rest: once more until one was taken.
    await expect
      .poll(async () => {
        await page.mouse.move(x, top + 30);
        return (await scrollbar(app)).scrollTop;
      })
      .toBe(0);
    await page.mouse.up();
    expect((await scrollbar(app)).scrollTop).toBe(0);
  }
});

/** Where the scrollbar of the list of images is, and how far it is. */
function scrollbar(app: App) {
  return app.images.grid.locator('[role=presentation]').evaluate((element) => {
    const { left, right, top } = element.getBoundingClientRect();
    return { left: left + element.clientWidth, right, top, scrollTop: element.scrollTop };
  });
}

import { layoutProblems } from './fixtures/layout.ts';
import { expect, test } from './fixtures/test.ts';
import type { App } from './pages/app.ts';

// Nothing is cut off and no control lies over another, in any view and over any of them, at the sizes a window has
// and at a zoom of 125, 150 and 200 %, which leave a page less of 1440 x 900.

const SIZES = {
  '1100 x 700': { width: 1100, height: 700 },
  '1440 x 900': { width: 1440, height: 900 },
  '2560 x 1440': { width: 2560, height: 1440 },
  'a zoom of 125 %': { width: 1152, height: 720 },
  'a zoom of 150 %': { width: 960, height: 600 },
  'a zoom of 200 %': { width: 720, height: 450 },
};

const AGENT = 'ghcr.io/acme/agent-runtime:v1.61.0-rc.52';
const UBUNTU = 'docker.io/library/ubuntu:24.04';
const TABS = ['Overview', 'Config', 'Layers', 'Files', 'JSON'] as const;
/** The last words of a view that has nothing to show yet: seen whole without scrolling. */
const LAST_WORDS_OF_EMPTY: Readonly<Record<string, string>> = {
  'Find a file': '/etc/os-release',
  Compare: 'Or select two in the list of images and press Compare.',
  Activity: 'Removals, collections and what they freed are listed here, with what was left alone and why.',
};

async function openSample(app: App): Promise<void> {
  await app.openSample();
  await app.button('Put this notice away').click();
  await app.images.grid.getByRole('checkbox').first().waitFor();
  await app.counts('13 images');
}

/** Looks once fonts are there and the frame is drawn. */
async function expectSound(app: App, what: string): Promise<void> {
  await app.page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
  expect.soft(await layoutProblems(app.page), what).toEqual([]);
}

for (const [name, viewport] of Object.entries(SIZES)) {
  test.describe(`at ${name}`, () => {
    test.use({ viewport, reducedMotion: 'reduce' });

    test('the images and their details lie well', async ({ app }) => {
      await openSample(app);
      const close = app.button('Close the details');
      if (await close.isVisible()) {
        await expectSound(app, 'images and details');
        await close.click();
      }
      await expectSound(app, 'images');
      await app.images.open(AGENT);
      for (const tab of TABS) {
        await app.detail.choose(tab);
        await expectSound(app, tab);
      }
      await close.click();
      await app.images.groupTags();
      await app.images.select(UBUNTU);
      await expectSound(app, 'images grouped and selected');
      await app.images.find('nothing has this');
      await expectSound(app, 'no image found');
    });

    test('the other views lie well', async ({ app }) => {
      await openSample(app);
      for (const view of ['Disk map', 'Find a file', 'Compare', 'Reclaim', 'Activity', 'Layers'] as const) {
        await app.show(view);
        const waiting = app.main.getByText(/^(Measuring|Reading|Working out)/).filter({ visible: true });
        await expect(waiting).toHaveCount(0);
        await expectSound(app, view);
        const words = LAST_WORDS_OF_EMPTY[view];
        if (words !== undefined) await expect.soft(app.main.getByText(words)).toBeInViewport({ ratio: 1 });
      }
      await app.layers.grid.getByRole('row').nth(1).click();
      await app.page.getByRole('complementary', { name: 'Layer details' }).waitFor();
      await expectSound(app, 'a layer');
    });

    test('the dialogs lie well', async ({ app, page }) => {
      await openSample(app);
      await app.openSettings();
      await expectSound(app, 'settings');
      await page.keyboard.press('Escape');
      await app.palette.open();
      await expectSound(app, 'palette');
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await expectSound(app, 'shortcuts');
      await page.keyboard.press('Escape');
      await app.images.askToRemove(UBUNTU);
      await app.removal.asks(`Remove ${UBUNTU}?`);
      await expectSound(app, 'a removal');
      await app.removal.confirm('Remove');
      await app.removal.reports();
      await expectSound(app, 'a removal that can be undone');
    });
  });
}

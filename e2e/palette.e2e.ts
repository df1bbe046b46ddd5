import { makeCache } from '../test-support/cache.ts';
import { standardImages } from '../test-support/images.ts';
import { expectAccessible } from './fixtures/accessibility.ts';
import { HANDS } from './fixtures/hand.ts';
import { expect, test } from './fixtures/test.ts';

const ALPINE = 'alpine';
const APP_1 = 'ghcr.io/acme/app:1';
const PYTHON = 'python:3.12';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('goes by the palette to views, images, layers and dialogs', async ({ cache, app, page }) => {
      await app.open(cache.home);
      await app.palette.choose('reclm', 'Reclaim');
      await expect(page.getByRole('main', { name: 'Reclaim' })).toBeVisible();
      await app.palette.choose('app:1', APP_1);
      await app.detail.shows(APP_1);
      await expect(app.images.row(APP_1)).toBeFocused();
      const { diffIds } = cache.image(ALPINE);
      await app.palette.choose(diffIds[0]!.slice(7, 27), diffIds[0]!);
      await expect(page.getByRole('main', { name: 'Layers' })).toBeVisible();
      await app.palette.choose('settings', 'Settings…');
      await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
    });

    test('removes by the palette only through its question', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.images.open(APP_1);
      await app.palette.choose('remove images', /^Remove images/);
      await app.removal.asks(`Remove ${APP_1}?`);
      await app.removal.close();
      await app.palette.choose('prune', 'Prune unused images…');
      await expect(app.reclaim.preview).toBeVisible();
      await expect(app.page.getByRole('radio', { name: /^Prune unused images/ })).toBeChecked();
      await app.counts('5 images');
    });
  });
}

test.describe('with motion', () => {
  test.use({ contextOptions: { reducedMotion: 'no-preference' } });

  test('hears a shortcut while a dialog is still on its way out', async ({ cache, app, page }) => {
    await app.open(cache.home);
    await expect(app.images.row(ALPINE)).toBeVisible();
    // Long enough to press a key in between on the slowest machine.
    await page.evaluate(() => document.documentElement.style.setProperty('--quick', '2s'));
    await app.openSettings();
    await page.keyboard.press('Escape');
    await expect(page.locator('[role=dialog][data-closed]')).toHaveCount(1);
    await page.keyboard.press('?');
    const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(shortcuts).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(1);
    await expect(shortcuts.locator(':focus')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(shortcuts).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Settings' })).toBeFocused();
  });
});

test('lists what was used last first, and says why something cannot be done', async ({
  cache,
  app,
  page,
}) => {
  await app.open(cache.home);
  await app.palette.choose('dark', 'Dark theme');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(app.images.row(ALPINE)).toBeVisible();
  await app.palette.open();
  await expect(app.palette.options.first()).toContainText('Dark theme');
  await expect(app.palette.options.first()).toContainText('The theme is dark already.');
  await expect(app.palette.dialog.getByRole('group', { name: 'Recently used' })).toBeVisible();
  await page.keyboard.type('undo the last');
  const undo = app.palette.option(/^Undo the last removal/);
  await expect(undo).toHaveAttribute('aria-disabled', 'true');
  await expect(undo).toContainText('There is no removal that can be undone.');
  await page.keyboard.press('Enter');
  await expect(app.palette.dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(app.palette.dialog).toBeHidden();
});

test('marks what was typed, counts what was found, and leaves an input method alone', async ({
  cache,
  app,
  page,
}) => {
  await app.open(cache.home);
  await app.images.open(PYTHON);
  await app.palette.open();
  await expect.poll(() => app.palette.active()).toBe(await app.palette.options.first().textContent());
  await page.keyboard.type('3.12 pyth');
  await expect(app.palette.option(PYTHON).locator('mark')).toHaveText(['pyth', '3.12']);
  await expect(app.palette.dialog.getByRole('status')).toHaveText('1 result: Images 1.');
  await expectAccessible(page);

  // A key that belongs to a composition: it ends the composition and chooses nothing.
  await app.palette.field.dispatchEvent('keydown', {
    key: 'Enter',
    keyCode: 229,
    which: 229,
    isComposing: true,
  });
  await expect(app.palette.dialog).toBeVisible();

  await page.keyboard.type(' nothing has this');
  await expect(app.palette.options).toHaveCount(0);
  await expect(app.palette.dialog.getByRole('status')).toHaveText('Nothing found.');
  await page.keyboard.press('Escape');
  await expect(app.palette.dialog).toBeHidden();
  await expect(app.images.row(PYTHON)).toHaveAttribute('aria-current', 'true');
});

test('lists every shortcut, and each does what it says', async ({ cache, app, page }) => {
  await app.open(cache.home);
  await expect(app.images.row(ALPINE)).toBeVisible();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(list.getByRole('heading', { level: 3 })).toHaveText([
    'Anywhere',
    'In the list of images',
    'On a heading of that list',
    'In lists and trees',
  ]);
  await expect(list.getByText('Find images').locator('..')).toContainText('CtrlF or CtrlK or /');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await page.keyboard.press('/');
  await expect(app.images.findField).toBeFocused();
  await page.keyboard.type('?');
  await expect(app.images.findField).toHaveValue('?');
  await expect(list).toBeHidden();
  await page.keyboard.press('F1');
  await expect(app.palette.field).toBeFocused();
});

test('filters and pins', async ({ cache, app, page }) => {
  await app.open(cache.home);
  await app.images.open(PYTHON);
  await app.palette.choose('same digest', 'Show images of the same digest');
  await app.images.lists([PYTHON, 'docker.io/library/python:3']);
  await app.palette.choose('show all', 'Show all images');
  await app.images.select(ALPINE, PYTHON);
  await app.palette.choose('pin', 'Pin images: never prune them');
  await expect(app.images.row(ALPINE).getByLabel('Pinned:')).toBeVisible();
  await expect(app.images.row(PYTHON).getByLabel('Pinned:')).toBeVisible();
  await app.palette.choose('unpin', 'Unpin images: let prune take them');
  await expect(app.images.grid.getByLabel('Pinned:')).toHaveCount(0);
  await app.palette.choose('pinned', 'Pinned images…');
  await expect(page.getByRole('dialog', { name: 'Pinned images' })).toBeVisible();
});

test('opens caches that were opened before, also in another page, until they are forgotten', async ({
  cache,
  app,
  page,
}) => {
  const other = await makeCache({ images: standardImages().slice(0, 1) });
  const noted = page.waitForResponse((response) => response.url().endsWith('/ipc/home.recent'));
  await app.open(cache.home);
  await noted;
  await app.openNext(other.home);
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await app.counts('2 images');
  await app.palette.choose(cache.home, cache.home);
  await app.counts('5 images');
  await app.palette.choose('forget', 'Forget the recent caches');
  await app.hand.press(page.getByRole('button', { name: /^Cache: / }));
  await expect(page.getByRole('menuitem', { name: 'Open another folder…' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: other.home })).toHaveCount(0);
  other.dispose();
});

test('says what it is made of', async ({ cache, app, page }) => {
  await app.open(cache.home);
  await app.palette.choose('about', 'About Strata');
  const about = page.getByRole('dialog', { name: 'About Strata' });
  await expect(about).toContainText(/Node24\./);
  await expect(about).toContainText(/SQLite3\.\d+/);
  await expect(about).toContainText('msb 0.6');
  await about.getByText('Licence of the fonts').click();
  await expect(about).toContainText('SIL OPEN FONT LICENSE Version 1.1');
  await expectAccessible(page);
});

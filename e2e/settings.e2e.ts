import { expectAccessible } from './fixtures/accessibility.ts';
import { HANDS } from './fixtures/hand.ts';
import { expect, test } from './fixtures/test.ts';
import { SettingsDialog } from './pages/settings-dialog.ts';

const ALPINE = 'alpine';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('applies theme and units at once and keeps them', async ({ cache, app, page }) => {
      const settings = new SettingsDialog(page, app.hand);
      await app.open(cache.home);
      await settings.open();
      await settings.choose('Appearance', 'Dark');
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
      await settings.choose('Sizes', 'Binary');
      await expect(app.usage('Shared layers')).toContainText('KiB');
      await settings.close();
      await page.reload();
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
      await expect(app.usage('Shared layers')).toContainText('KiB');
    });

    test('shows the columns that are chosen, and keeps them', async ({ cache, app, page }) => {
      const headings = () => app.images.grid.getByRole('columnheader').allInnerTexts();
      await app.open(cache.home);
      await app.images.sortBy('On disk');
      await app.hand.chooseItem(
        app.button('Columns'),
        page.getByRole('menuitemcheckbox', { name: 'On disk' }),
      );
      await expect
        .poll(headings)
        .toEqual(['Select all', 'Image', 'Layers', 'Platform', 'Used by', 'Created']);
      await expect(app.images.grid).toHaveAttribute('aria-colcount', '6');
      await expect(page.getByRole('menuitemcheckbox', { name: 'Last used' })).toContainText('no room now');
      await app.hand.key('Escape');
      await expect(app.images.grid.getByRole('columnheader', { name: 'Created' })).toHaveAttribute(
        'aria-sort',
        'descending',
      );
      await page.reload();
      await expect.poll(headings).toContain('Layers');
      expect(await headings()).not.toContain('On disk');
      await app.palette.choose('columns', 'Choose columns…');
      const all = page.getByRole('menuitem', { name: 'Show all columns' });
      await expect(all).toBeVisible();
      if (app.hand.isMouse) await all.click();
      else {
        await app.hand.walk(all, 'ArrowUp');
        await app.hand.key('Enter');
      }
      await expect.poll(headings).toContain('On disk');
    });

    test('pins an image where it is shown, and no prune takes it', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.images.open(ALPINE);
      const pin = app.detail.pane.getByRole('button', { name: 'Pin', exact: true });
      await app.hand.toggle(pin);
      await expect(app.detail.pane.getByRole('button', { name: 'Pinned' })).toHaveAttribute(
        'aria-pressed',
        'true',
      );
      await app.showReclaim();
      await app.reclaim.choose('Prune unused images');
      await expect(app.main.getByRole('button', { name: '1 pinned' })).toBeVisible();
    });
  });
}

test('keeps pins when the page is opened again', async ({ cache, app, page }) => {
  await app.open(cache.home);
  await app.images.open(ALPINE);
  const kept = page.waitForResponse((response) => response.url().endsWith('/ipc/settings.set'));
  await app.detail.pane.getByRole('button', { name: 'Pin', exact: true }).click();
  await kept;
  await page.reload();
  await app.images.open(ALPINE);
  await expect(app.detail.pane.getByRole('button', { name: 'Pinned' })).toBeVisible();
});

test('checks all images, and one deeply, and says what cannot be proven', async ({ cache, app, page }) => {
  await app.open(cache.home);
  await app.images.open(ALPINE);
  await app.button('Check all images').click();
  const dialog = page.getByRole('dialog', { name: 'Check all images' });
  await expect(dialog).toContainText('Nothing wrong was found in 5 images.');
  await dialog.getByText('What this check cannot tell').click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await app.detail.section('Health').getByRole('button', { name: 'Check deeply' }).click();
  await expect(app.detail.section('Health')).toContainText('Nothing wrong was found.');
  await expect(app.detail.section('If it is removed')).toContainText(/archive|registry|pull/i);
  await expectAccessible(page);
});

test('the settings are accessible', async ({ cache, app, page }) => {
  const settings = new SettingsDialog(page, app.hand);
  await app.open(cache.home);
  await settings.open();
  await settings.turnUndoOn();
  await expectAccessible(page);
});

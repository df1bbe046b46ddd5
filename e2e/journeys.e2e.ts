import type { Locator } from 'playwright/test';
import { expect, test } from './fixtures/test.ts';
import { SettingsDialog } from './pages/settings-dialog.ts';

const APP_1 = 'ghcr.io/acme/app:1';

test.use({ hand: 'keyboard' });

test('finds an image, opens it, reads a file of it, removes it and undoes that, by keyboard alone', async ({
  cache,
  app,
  page,
}) => {
  test.slow();
  const settings = new SettingsDialog(page, app.hand);
  await app.open(cache.home);
  await settings.open();
  await settings.turnUndoOn();
  await settings.close();

  await app.images.find('app:1');
  await app.images.lists([APP_1]);
  await page.keyboard.press('ArrowDown');
  await expect(app.images.row(APP_1)).toBeFocused();
  await page.keyboard.press('Enter');
  await app.detail.shows(APP_1);

  await app.detail.choose('Files');
  const tree = app.detail.pane.getByRole('treegrid');
  await app.hand.reach(tree);
  await page.keyboard.press('*');
  await expect(tree.getByRole('row', { name: /added app-1\.conf/ })).toBeVisible();
  await page.keyboard.press('Home');
  for (let steps = 0; steps < 30 && !(await activeRow(tree)).includes('app-1.conf'); steps += 1) {
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await expect(app.detail.pane.getByRole('region', { name: 'Preview of app-1.conf' })).toContainText(
    'name = app-1',
  );

  await app.images.goTo(APP_1);
  await page.keyboard.press('Delete');
  await app.removal.asks(`Remove ${APP_1}?`);
  await app.removal.confirm('Remove');
  await app.removal.reports();
  await app.removal.close();
  await app.counts('4 images');

  await app.palette.choose('undo the last', 'Undo the last removal');
  await app.counts('5 images');
  await expect(page.getByRole('status').filter({ hasText: 'Brought back' })).toBeAttached();
});

/** The text of the row that a screen reader is told to be at. */
async function activeRow(tree: Locator): Promise<string> {
  const id = await tree.getAttribute('aria-activedescendant');
  return id === null ? '' : ((await tree.locator(`[id="${id}"]`).textContent()) ?? '');
}

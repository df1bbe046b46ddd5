import { checkHeldImages } from '../test-support/check-cache.ts';
import { addGarbage } from '../test-support/garbage.ts';
import { expectAccessible } from './fixtures/accessibility.ts';
import { occupiedBytes } from './fixtures/disk.ts';
import { HANDS } from './fixtures/hand.ts';
import { expect, test } from './fixtures/test.ts';
import { ActivityPage } from './pages/activity-page.ts';
import { SettingsDialog } from './pages/settings-dialog.ts';

const ALPINE = 'alpine';
const APP_1 = 'ghcr.io/acme/app:1';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('tells what was removed, how many bytes, and each file with its reason', async ({
      cache,
      app,
      page,
    }) => {
      const activity = new ActivityPage(page, app.hand);
      await app.open(cache.home);
      await activity.show();
      await expect(activity.main.getByRole('heading', { name: 'Nothing was removed yet' })).toBeVisible();
      await activity.leave();
      await app.images.askToRemove(ALPINE);
      await app.removal.confirm('Remove');
      await app.removal.reports();
      await app.removal.close();
      await activity.show();
      await activity.unfold(`Removed ${ALPINE}`);
      const entry = activity.entry(`Removed ${ALPINE}`);
      await expect(entry).toContainText(' freed');
      await expect(entry.getByRole('region', { name: 'What went' })).toContainText(ALPINE);
    });

    test('brings a removed image back, byte for byte', async ({ cache, app, page }) => {
      const activity = new ActivityPage(page, app.hand);
      const settings = new SettingsDialog(page, app.hand);
      await app.open(cache.home);
      await settings.open();
      await settings.turnUndoOn();
      await settings.close();
      await app.images.askToRemove(APP_1);
      await app.removal.confirm('Remove');
      await app.removal.reports();
      await app.removal.close();
      await expect(page.getByRole('region', { name: 'Image cache' })).toContainText('not yet freed');
      await activity.show();
      await activity.undo(`Removed ${APP_1}`);
      await expect(activity.entry(`Undone: removed ${APP_1}`)).toBeVisible();
      await activity.leave();
      await expect(app.images.row(APP_1)).toBeVisible();
      expect(checkHeldImages(cache.home)).toEqual([]);
    });
  });
}

test('frees what was set aside when a person says so', async ({ cache, app, page }) => {
  const activity = new ActivityPage(page, app.hand);
  const settings = new SettingsDialog(page, app.hand);
  await app.open(cache.home);
  await settings.open();
  await settings.turnUndoOn();
  await settings.close();
  await app.images.askToRemove(APP_1);
  await app.removal.confirm('Remove');
  await app.removal.reports();
  await app.removal.close();
  const before = occupiedBytes(cache.cacheDir);
  await activity.show();
  await expectAccessible(page);
  await activity.empty(`Removed ${APP_1}`);
  await expect(activity.entry(`Freed for good: removed ${APP_1}`)).toBeVisible();
  expect(occupiedBytes(cache.cacheDir)).toBeLessThan(before);
  await app.occupies(occupiedBytes(cache.cacheDir));
});

test('offers to undo a removal at its result', async ({ cache, app, page }) => {
  const settings = new SettingsDialog(page, app.hand);
  await app.open(cache.home);
  await settings.open();
  await settings.turnUndoOn();
  await settings.close();
  await app.images.askToRemove(ALPINE);
  await app.removal.confirm('Remove');
  await app.removal.reports();
  await expectAccessible(page);
  await app.removal.dialog.getByRole('button', { name: 'Undo' }).click();
  await expect(app.removal.dialog).toContainText('nothing of this removal is set aside any more');
  await app.removal.close();
  await expect(app.images.row(ALPINE)).toBeVisible();
});

test('remembers collections and is accessible unfolded', async ({ cache, app, page }) => {
  await addGarbage(cache.home, ['orphan-layer']);
  const activity = new ActivityPage(page, app.hand);
  await app.open(cache.home);
  await app.showReclaim();
  await app.reclaim.choose('Collect orphaned layers');
  await app.reclaim.announcedBytes();
  await app.reclaim.reclaim();
  await app.reclaim.reports();
  await activity.show();
  await activity.unfold('Collected orphaned layers');
  await expectAccessible(page);
});

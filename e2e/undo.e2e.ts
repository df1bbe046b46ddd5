import { checkHeldImages } from '../test-support/check-cache.ts';
import { addGarbage } from '../test-support/garbage.ts';
import { listTree } from '../test-support/list-tree.ts';
import { msbImageList } from '../test-support/oracle.ts';
import { expectAccessible } from './fixtures/accessibility.ts';
import { occupiedBytes } from './fixtures/disk.ts';
import { HANDS } from './fixtures/hand.ts';
import { expectSound } from './fixtures/sound.ts';
import { expect, test } from './fixtures/test.ts';

// Whoever has chosen nothing can undo for ten minutes.
test.use({ settings: {} });

const APP_1 = 'ghcr.io/acme/app:1';
const KEEP = /^Keep for undo for 10 minutes$/;
const FREE = /^Free the space at once$/;
const SET_ASIDE = /set aside now, freed at (?:\d+ \w+,? (?:at )?)?\d\d:\d\d or when you empty it/;

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('sets a removal aside, says so everywhere, and brings row and files back', async ({
      cache,
      app,
    }) => {
      await app.open(cache.home);
      const files = listTree(cache.cacheDir);
      const before = occupiedBytes(cache.cacheDir);
      await app.images.askToRemove(APP_1);
      await app.removal.asks(`Remove ${APP_1}?`);
      await expect(app.removal.dialog.getByRole('radio', { name: KEEP })).toBeChecked();
      await expect(app.removal.dialog).toContainText(SET_ASIDE);
      const announced = (await app.removal.announcedBytes()).toLocaleString('en-US');
      await app.removal.confirm('Remove');
      await expect(app.removal.dialog).toHaveAccessibleName('Done');
      await expect(app.removal.dialog).toContainText(`${announced} bytes, not yet freed`);
      await expect(app.removal.dialog).toContainText('Exactly as announced.');
      await expect(app.removal.button('Free now…')).toBeVisible();
      await app.removal.close();
      await expect(app.images.row(APP_1)).toBeHidden();
      expect(occupiedBytes(cache.cacheDir)).toBeGreaterThanOrEqual(before);
      expect(checkHeldImages(cache.home)).toEqual([]);
      const listed = await msbImageList(cache.home);
      expect(listed.map(({ reference }) => reference)).not.toContain(APP_1);

      await expect(app.statusBar).toContainText(/ set aside, not yet freed/);
      await app.hand.press(app.statusBar.getByRole('button', { name: 'Undo' }));
      await expect(app.images.row(APP_1)).toBeVisible();
      await expect(app.statusBar).not.toContainText('not yet freed');
      expect(listTree(cache.cacheDir)).toEqual(files);
      expect(await expectSound(cache)).toContain(APP_1);
    });

    test('frees at once when that is chosen for one removal', async ({ cache, app }) => {
      await app.open(cache.home);
      const before = occupiedBytes(cache.cacheDir);
      await app.images.askToRemove(APP_1);
      await app.removal.asks(`Remove ${APP_1}?`);
      await app.removal.chooseSpace(FREE);
      await expect(app.removal.dialog).not.toContainText('set aside');
      const announced = await app.removal.announcedBytes();
      await app.removal.confirm('Remove');
      expect(await app.removal.reports()).toBe(announced);
      await app.removal.close();
      expect(before - occupiedBytes(cache.cacheDir)).toBe(announced);
      await expect(app.statusBar).not.toContainText('not yet freed');

      await app.images.askToRemove('alpine');
      await expect(app.removal.dialog.getByRole('radio', { name: KEEP })).toBeChecked();
      await app.removal.close();
    });

    test('sets a collection aside, and frees it from the status bar', async ({ cache, app, page }) => {
      await addGarbage(cache.home, ['orphan-layer', 'orphan-layer-file']);
      await app.open(cache.home);
      await app.showReclaim();
      await app.reclaim.choose('Collect orphaned layers');
      await expect(app.reclaim.preview).toContainText(SET_ASIDE);
      const announced = await app.reclaim.announcedBytes();
      const before = occupiedBytes(cache.cacheDir);
      await app.reclaim.reclaim();
      await expect(app.reclaim.result).toContainText(
        `${announced.toLocaleString('en-US')} bytes, not yet freed`,
      );
      await expectAccessible(page);
      await app.hand.press(app.statusBar.getByRole('button', { name: 'Free now…' }));
      const question = page.getByRole('alertdialog');
      await expect(question).toContainText('No removal can be undone afterwards.');
      await app.hand.press(question.getByRole('button', { name: 'Free now' }));
      await expect(question).toBeHidden();
      await expect(app.statusBar).not.toContainText('not yet freed');
      expect(before - occupiedBytes(cache.cacheDir)).toBe(announced);
      await expectSound(cache);
    });
  });
}

test('starts from what the settings say', async ({ cache, app, page }) => {
  await addGarbage(cache.home, ['orphan-layer']);
  await app.open(cache.home);
  await app.openSettings();
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await expect(settings.getByRole('textbox', { name: 'Minutes a removal can be undone' })).toHaveValue('10');
  const undo = settings.getByRole('checkbox', { name: 'Undo removals' });
  await undo.click();
  await expect(undo).not.toBeChecked();
  await settings.getByRole('button', { name: 'Done' }).click();
  await app.showReclaim();
  await app.reclaim.choose('Collect all garbage');
  await expect(app.reclaim.preview.getByRole('radio', { name: FREE })).toBeChecked();
  await app.reclaim.chooseSpace(KEEP);
  await expect(app.reclaim.preview).toContainText(SET_ASIDE);
});

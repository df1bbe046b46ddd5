import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Locator } from 'playwright/test';
import { expectAccessible } from './fixtures/accessibility.ts';
import { HANDS } from './fixtures/hand.ts';
import { runSql } from './fixtures/sql.ts';
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
        .toEqual(['Select all', 'Image', 'Layers', 'Platform', 'Used by', 'Created', 'Last used']);
      await expect(app.images.grid).toHaveAttribute('aria-colcount', '7');
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

    test('makes columns wider, narrower and fitting, keeps that, and takes it back', async ({
      cache,
      app,
      page,
    }) => {
      await page.setViewportSize({ width: 1600, height: 900 });
      await app.open(cache.home);
      const platform = await app.images.widthOf('Platform');
      const image = await app.images.widthOf('Image');
      const created = (await app.images.heading('Created').boundingBox())!;
      const kept = page.waitForResponse((response) => response.url().endsWith('/ipc/settings.set'));
      await app.images.widen('Platform', 48);
      expect(await app.images.widthOf('Platform')).toBe(platform + 48);
      expect(await app.images.widthOf('Image')).toBe(image - 48);
      expect(await app.images.heading('Created').boundingBox()).toEqual(created);
      await expect(app.images.heading('Created')).toHaveAttribute('aria-sort', 'descending');
      await expect(app.images.heading('Platform')).not.toHaveAttribute('aria-sort');
      await kept;

      await page.reload();
      await expect.poll(() => app.images.widthOf('Platform')).toBe(platform + 48);
      await app.images.widen('Platform', -320);
      await expect.poll(() => app.images.widthOf('Platform')).toBe(64);
      await app.images.fit('Platform');
      const fitting = await app.images.widthOf('Platform');
      expect(fitting).toBeGreaterThan(64);
      const text = app.images.cell(ALPINE, 'Platform');
      expect(await text.evaluate((cell) => cell.scrollWidth - cell.clientWidth)).toBe(0);

      await app.palette.choose('reset width', 'Reset the widths of the columns');
      await expect.poll(() => app.images.widthOf('Platform')).toBe(platform);
      await page.reload();
      await expect.poll(() => app.images.widthOf('Platform')).toBe(platform);
    });

    test('shows rows compactly, and keeps that', async ({ cache, app, page }) => {
      const settings = new SettingsDialog(page, app.hand);
      const height = async () => (await app.images.row(ALPINE).boundingBox())?.height;
      await app.open(cache.home);
      expect(await height()).toBe(44);
      await settings.open();
      await settings.choose('Rows', 'Compact');
      await settings.close();
      expect(await height()).toBe(32);
      await page.reload();
      await expect.poll(height).toBe(32);
      const tops = await app.images.grid
        .getByRole('checkbox')
        .evaluateAll((boxes) => boxes.map((box) => box.getBoundingClientRect().top));
      expect(tops.slice(1).map((top, index) => top - tops[index]!)).toEqual([32, 32, 32, 32]);
      await app.images.open(ALPINE);
      await app.detail.choose('Files');
      const heightOf = async (row: Locator) => (await row.boundingBox())?.height;
      const files = app.detail.pane.getByRole('treegrid').getByRole('row');
      await expect.poll(() => heightOf(files.nth(1))).toBe(24);
      await app.showReclaim();
      await app.reclaim.choose('Prune unused images');
      await expect.poll(() => heightOf(app.reclaim.rows.first())).toBe(28);
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

test('says at the start which settings could not be used, and writes over none of them', async ({
  cache,
  app,
  page,
}) => {
  const settings = new SettingsDialog(page, app.hand);
  const asked = page.waitForResponse((response) => response.url().endsWith('/ipc/settings.get'));
  await app.open(cache.home);
  const answer = JSON.parse(await (await asked).text()) as { value: { file: string } };
  const { file } = answer.value;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '{"theme":"pink","undoMinutes":5}');
  await page.reload();
  await expect(app.notices).toContainText('Part of the settings file could not be used.');
  await expect(app.notices).toContainText('theme');
  expect(readFileSync(file, 'utf8')).toBe('{"theme":"pink","undoMinutes":5}');
  writeFileSync(file, '{"theme":"dark"');
  await page.reload();
  await expect(app.notices).toContainText('it is not a JSON object');
  await app.hand.press(app.notices.getByRole('button', { name: 'Settings…' }));
  await settings.choose('Sizes', 'Binary');
  await expect(app.notices).toBeHidden();
  expect(readFileSync(`${file}.damaged`, 'utf8')).toBe('{"theme":"dark"');
});

test('asks once under a newer schema, keeps the answer, and asks again on demand', async ({
  cache,
  app,
  page,
}) => {
  const settings = new SettingsDialog(page, app.hand);
  runSql(cache.home, `INSERT INTO seaql_migrations VALUES ('m20991231_000001_later', 1)`);
  const question = app.removal.dialog.getByRole('checkbox', { name: /^I understand/ });
  await app.open(cache.home);
  await app.images.askToRemove(ALPINE);
  await question.check();
  await app.removal.confirm('Remove');
  await app.removal.reports();
  await app.removal.close();
  await page.reload();
  await app.images.askToRemove('ghcr.io/acme/app:1');
  await app.removal.asks('Remove ghcr.io/acme/app:1?');
  await expect(question).toBeHidden();
  await page.keyboard.press('Escape');
  await settings.open();
  await app.hand.press(settings.dialog.getByRole('button', { name: 'Ask them again' }));
  await settings.close();
  await app.images.askToRemove('ghcr.io/acme/app:1');
  await expect(question).toBeVisible();
});

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

test('has a menu on each heading that does what dragging does', async ({ cache, app, page }) => {
  await page.setViewportSize({ width: 1600, height: 900 });
  await app.open(cache.home);
  const before = await app.images.widthOf('Used by');
  const item = (name: string) => page.getByRole('menuitem', { name });
  await app.images.heading('Used by').click({ button: 'right' });
  await expectAccessible(page);
  await item('Wider').click();
  expect(await app.images.widthOf('Used by')).toBe(before + 16);
  await app.images.heading('Used by').click({ button: 'right' });
  await item('Reset the widths').click();
  expect(await app.images.widthOf('Used by')).toBe(before);
  await app.images.heading('Image').click({ button: 'right' });
  await expect(item('Sort by this column')).toBeVisible();
  await expect(item('Wider')).toBeHidden();
  await page.keyboard.press('Escape');
  await app.images.heading('Used by').click({ button: 'right' });
  await item('Hide this column').click();
  await expect(app.images.heading('Used by')).toBeHidden();
});

test('the settings are accessible', async ({ cache, app, page }) => {
  const settings = new SettingsDialog(page, app.hand);
  await app.open(cache.home);
  await settings.open();
  await settings.turnUndoOn();
  await expectAccessible(page);
});

import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathSafe } from '../test-support/database.ts';
import { ALL_GARBAGE, addGarbage } from '../test-support/garbage.ts';
import { layer, standardImages } from '../test-support/images.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { addSnapshot } from '../test-support/snapshots.ts';
import { expectAccessible } from './fixtures/accessibility.ts';
import { runSql } from './fixtures/sql.ts';
import { expect, test } from './fixtures/test.ts';

const ALPINE = 'alpine';
const APP_1 = 'ghcr.io/acme/app:1';
const PYTHON = 'python:3.12';

test('the image list, with every sort of holder and damage', async ({ cache, app, page }) => {
  addSandbox(cache.home, { name: 'agent-7', reference: PYTHON, status: 'Running' });
  addSandbox(cache.home, { name: 'scratch', reference: ALPINE });
  addSnapshot(cache.home, { name: 'warm', reference: APP_1 });
  const own = cache.image(APP_1).diffIds[1]!;
  rmSync(join(cache.cacheDir, 'layers', `${pathSafe(own)}.erofs`));
  await app.open(cache.home);
  await app.images.open(APP_1);
  await app.images.select(ALPINE);
  await expectAccessible(page);
  await app.images.groupTags();
  await app.images.find('nothing has this');
  await expect(app.main.getByRole('heading', { name: 'No image matches' })).toBeVisible();
  await expectAccessible(page);
});

for (const tab of ['Overview', 'Config', 'Layers', 'Files', 'JSON'] as const) {
  test(`the ${tab} tab of an image`, async ({ cache, app, page }) => {
    addSandbox(cache.home, { name: 'agent-7', reference: PYTHON, status: 'Running' });
    await app.open(cache.home);
    await app.images.open(PYTHON);
    await app.detail.choose(tab);
    if (tab === 'Layers') await app.detail.unfold('apt-get');
    await expectAccessible(page);
  });
}

test('the questions and results of a removal', async ({ cache, app, page }) => {
  addSandbox(cache.home, { name: 'agent-7', reference: PYTHON, status: 'Running' });
  await app.open(cache.home);
  await app.images.askToRemove(PYTHON);
  await expect(app.removal.dialog).toHaveAccessibleName(`${PYTHON} is in use`);
  await expectAccessible(page);
  await app.removal.close();
  await app.images.askToRemove(APP_1);
  await app.removal.asks(`Remove ${APP_1}?`);
  await expectAccessible(page);
  await app.removal.confirm('Remove');
  await app.removal.reports();
  await expectAccessible(page);
});

test('a plan that no longer holds', async ({ cache, app, page }) => {
  await app.open(cache.home);
  await app.images.askToRemove(APP_1);
  await app.removal.asks(`Remove ${APP_1}?`);
  const app1 = standardImages().find(({ references }) => references.includes(APP_1))!;
  await cache.load([{ references: ['above:1'], layers: [...app1.layers, layer('RUN more', 'more')] }]);
  await app.removal.confirm('Remove');
  await expect(app.removal.dialog.getByRole('alert')).toContainText('The cache changed');
  await expectAccessible(page);
});

test('the ways to take space back', async ({ cache, app, page }) => {
  await addGarbage(cache.home, ALL_GARBAGE);
  runSql(cache.home, `UPDATE image_ref SET updated_at = '2026-01-02 03:04:05'`);
  addSandbox(cache.home, { name: 'agent-7', reference: ALPINE });
  await app.open(cache.home);
  await app.showReclaim();
  await app.reclaim.choose('Prune unused images');
  await app.reclaim.announcedBytes();
  await page.getByRole('button', { name: 'All conditions' }).click();
  await expectAccessible(page);
  await app.reclaim.choose('Collect all garbage');
  await app.reclaim.announcedBytes();
  await expectAccessible(page);
  await app.reclaim.reclaim();
  await app.reclaim.reports();
  await expectAccessible(page);
});

test('the layers', async ({ cache, app, page }) => {
  const [orphan] = await addGarbage(cache.home, ['orphan-layer']);
  await app.open(cache.home);
  await app.showLayers();
  await app.layers.open(orphan!.digest!);
  await expectAccessible(page);
});

for (const view of ['Disk map', 'Find a file', 'Compare', 'Activity'] as const) {
  test(`the view "${view}"`, async ({ cache, app, page }) => {
    await app.open(cache.home);
    await app.show(view);
    await expectAccessible(page);
  });
}

test('the settings', async ({ cache, app, page }) => {
  await app.open(cache.home);
  await app.openSettings();
  await expectAccessible(page);
});

test('the images that can be pinned', async ({ cache, app, page }) => {
  await app.open(cache.home);
  await app.showReclaim();
  await app.reclaim.choose('Prune unused images');
  await page.getByRole('button', { name: 'pinned images' }).click();
  await expect(page.getByRole('dialog').getByRole('checkbox')).toHaveCount(5);
  await expectAccessible(page);
});

test('the menu of caches and the question for a folder', async ({ cache, app, page }) => {
  await app.open(cache.home);
  await page.getByRole('button', { name: /^Cache: / }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('menuitem', { name: 'Open another folder…' }).click();
  await app.openFolder('/no/such/folder');
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
  await expectAccessible(page);
});

test('a cache that can only be read', async ({ cache, app, page }) => {
  runSql(cache.home, 'ALTER TABLE layer RENAME COLUMN blob_digest TO digest');
  await app.open(cache.home);
  await expect(app.notices).toContainText('Nothing can be removed from this cache.');
  await expectAccessible(page);
});

test('a cache that is away, and one that was moved', async ({ cache, app, page }) => {
  const away = join(scratchDir('moved'), 'home');
  await app.open(cache.home);
  await expect(app.images.row(ALPINE)).toBeVisible();
  renameSync(cache.home, away);
  await expect(app.main.getByRole('heading', { name: 'The cache is not there any more' })).toBeVisible();
  await expectAccessible(page);
  await app.hand.press(app.button('Open another folder…'));
  await app.openFolder(away);
  await expect(app.notices).toContainText('This cache was moved or copied here.');
  await app.hand.press(app.button('Columns'));
  await expect(page.getByRole('menuitemcheckbox')).toHaveCount(6);
  await expectAccessible(page);
  renameSync(away, cache.home);
});

test('no cache at all', async ({ app, page }) => {
  await app.open(join(scratchDir('nowhere'), 'microsandbox'));
  await expect(app.button('Open the sample cache')).toBeVisible();
  await expectAccessible(page);
});

test('what is being read, which is seen without moving', async ({ cache, app, page }) => {
  await page.route('**/ipc/images.inspect', () => undefined);
  await app.open(cache.home);
  await expect(app.detail.pane.getByText('Reading the image')).toBeVisible();
  expect(await page.evaluate(() => document.getAnimations().length)).toBeGreaterThan(0);
  await expectAccessible(page);
});

test('nobody admitted', async ({ cache, app, page }) => {
  app.console.expects(/401 \(Unauthorized\)/);
  await app.openWithToken(cache.home, null);
  await expect(app.main.getByRole('heading', { name: 'This page is not admitted' })).toBeVisible();
  await expectAccessible(page);
});

import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCache } from '../test-support/cache.ts';
import { metadataKey, pathSafe } from '../test-support/database.ts';
import { layer } from '../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../test-support/list-tree.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { HANDS } from './fixtures/hand.ts';
import { runSql } from './fixtures/sql.ts';
import { expect, test } from './fixtures/test.ts';

const ALPINE = 'alpine';
const APP_1 = 'ghcr.io/acme/app:1';
const APP_2 = 'ghcr.io/acme/app:2';
const PYTHON = 'python:3.12';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('offers the sample where there is no cache, and every button of it works', async ({ app }) => {
      const home = join(scratchDir('nowhere'), 'microsandbox');
      await app.open(home);
      await expect(app.main.getByRole('heading', { name: 'No microsandbox here yet' })).toBeVisible();
      await expect(app.main).toContainText(home);
      await app.hand.press(app.button('Open the sample cache'));
      await expect(app.notices).toContainText('This is the sample cache');
      await expect(app.images.grid.getByRole('checkbox').first()).toBeVisible();
      await app.showReclaim();
      await app.reclaim.choose('Collect all garbage');
      const announced = await app.reclaim.announcedBytes();
      await app.reclaim.reclaim();
      expect(await app.reclaim.reports()).toBe(announced);
    });

    test('says what is missing in a home that msb has hardly used, and makes nothing in it', async ({
      app,
    }) => {
      const home = scratchDir('home');
      await app.open(home);
      await expect(app.main.getByRole('heading', { name: 'No image cache here yet' })).toBeVisible();
      expect(listTree(home)).toEqual({});

      const used = await makeCache();
      const before = listTree(used.home, { ignore: SQLITE_SIDE_FILES });
      await app.hand.press(app.button('Open another folder…'));
      await app.openFolder(used.home);
      await expect(app.main.getByRole('heading', { name: 'Nothing is cached yet' })).toBeVisible();
      expect(listTree(used.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
    });

    test('opens another folder, refuses what is none, and finds the way back', async ({ cache, app }) => {
      const other = await makeCache({
        version: '0.7.2',
        images: [{ references: ['other:1'], layers: [layer('RUN other', 'other')] }],
      });
      await app.open(cache.home);
      await app.chooseInCacheMenu('Open another folder…');
      await app.openFolder('/no/such/folder');
      const dialog = app.page.getByRole('dialog', { name: 'Open another folder' });
      await expect(dialog.getByRole('alert')).toContainText('There is no microsandbox cache here.');
      await app.openFolder('not/absolute');
      await expect(dialog.getByRole('alert')).toContainText('absolute');
      await app.openFolder(other.home);
      await expect(dialog).toBeHidden();
      await app.images.lists(['other:1']);
      await expect(app.statusBar).toContainText('msb 0.7');
      await app.chooseInCacheMenu('Open another folder…');
      await app.openFolder(cache.home);
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
      await app.chooseInCacheMenu(other.home);
      await app.images.lists(['other:1']);
    });

    test('keeps its place while the cache is away, and goes on where it was', async ({ cache, app }) => {
      const away = `${cache.home}.away`;
      await app.open(cache.home);
      await app.images.open(PYTHON);
      await app.detail.choose('Layers');
      await app.images.select(APP_1, ALPINE);
      renameSync(cache.home, away);
      await expect(app.main.getByRole('heading', { name: 'The cache is not there any more' })).toBeVisible();
      await expect(app.main).toContainText(cache.home);
      await expect(app.statusBar).toContainText('Waiting for the cache to come back');
      await expect(app.images.grid).toBeHidden();
      mkdirSync(cache.home);
      await expect(app.main.getByRole('heading', { name: 'The cache is not there any more' })).toBeVisible();
      rmdirSync(cache.home);
      renameSync(away, cache.home);
      await expect(app.images.row(PYTHON)).toHaveAttribute('aria-current', 'true');
      await expect(app.images.row(APP_1)).toHaveAttribute('aria-selected', 'true');
      await expect(app.images.selectionBar).toContainText('2 selected');
      if (!app.hand.isMouse) await expect(app.images.row(ALPINE)).toBeFocused();
      await expect(app.detail.strata).toHaveCount(2);
      await app.counts('5 images');
    });

    test('says that a cache was moved, and where its disks still point', async ({ cache, app }) => {
      const moved = join(scratchDir('moved'), 'home');
      renameSync(cache.home, moved);
      await app.open(moved);
      await expect(app.notices).toContainText('This cache was moved or copied here.');
      await expect(app.notices).toContainText(cache.cacheDir);
      await app.hand.press(app.notices.getByRole('button', { name: 'Put this notice away' }));
      await expect(app.notices).toBeHidden();
      renameSync(moved, cache.home);
    });

    test('shows which images are damaged and how, and goes on with the others', async ({ cache, app }) => {
      const file = (reference: string, position: number) =>
        join(cache.cacheDir, 'layers', `${pathSafe(cache.image(reference).diffIds[position]!)}.erofs`);
      rmSync(file(APP_1, 1));
      truncateSync(file(APP_2, 1), 5000);
      rmSync(join(cache.cacheDir, 'manifests', `${metadataKey(ALPINE)}.json`));
      await app.open(cache.home);
      await app.counts('2 damaged');
      await expect(app.images.cell(APP_1, 'Used by')).toContainText('Layer missing');
      await expect(app.images.cell(APP_2, 'Used by')).toContainText('cut short');
      await expect(app.images.cell(ALPINE, 'Used by')).toContainText('No metadata');
      await app.images.filterBy('Damaged');
      await app.images.lists([APP_2, APP_1]);
      await app.images.filterBy('Warning');
      await app.images.lists([ALPINE]);
      await app.images.filterBy('Damaged');

      await app.images.open(APP_1);
      await expect(app.detail.pane).toContainText('A layer file is missing.');
      await expect(app.detail.pane).toContainText('msb pull --force ghcr.io/acme/app:1');
      await app.detail.choose('Layers');
      await expect(app.detail.strata.first()).toContainText('file missing');
      await app.images.filterBy('All');
      await app.images.open(PYTHON);
      await expect(app.detail.strata).toHaveCount(2);
      await expect(app.detail.pane).not.toContainText('file missing');
    });

    test('removes a damaged image', async ({ cache, app }) => {
      const diffId = cache.image(APP_1).diffIds[1]!;
      rmSync(join(cache.cacheDir, 'layers', `${pathSafe(diffId)}.erofs`));
      await app.open(cache.home);
      await app.images.askToRemove(APP_1);
      await app.removal.asks(`Remove ${APP_1}?`);
      const announced = await app.removal.announcedBytes();
      await app.removal.confirm('Remove');
      expect(await app.removal.reports()).toBe(announced);
      await app.removal.close();
      await expect(app.images.row(APP_1)).toBeHidden();
      await app.counts('4 images');
    });

    test('only reads a cache that is not laid out as it knows', async ({ cache, app }) => {
      runSql(cache.home, 'ALTER TABLE layer RENAME COLUMN blob_digest TO digest');
      await app.open(cache.home);
      await expect(app.notices).toContainText('Nothing can be removed from this cache.');
      await expect(app.notices).toContainText('The column layer.blob_digest is missing.');
      await expect(app.statusBar).toContainText('Live · read only');
      await expect(app.reclaimShortcut).toBeDisabled();
      await app.images.open(ALPINE);
      await expect(app.detail.pane).toContainText('Read only');
      await expect(app.detail.pane.getByRole('button', { name: 'Remove…' })).toBeHidden();
      await app.showReclaim();
      await expect(app.reclaim.reclaimButton).toBeDisabled();
      await expect(app.reclaim.preview).toContainText('Read only');
      await app.hand.press(app.notices.getByRole('button', { name: 'Put this notice away' }));
      await expect(app.notices).toBeHidden();
    });

    test('says that a cache whose last image went is empty', async ({ cache, app }) => {
      await cache.msb(['image', 'prune', '-y']);
      await app.open(cache.home);
      await expect(app.main.getByRole('heading', { name: 'No images yet' })).toBeVisible();
      await app.counts('0 images · 0 digests · 0 layers');
      await cache.load([{ references: ['fresh:1'], layers: [layer('RUN fresh', 'fresh')] }]);
      await app.images.lists(['fresh:1']);
    });
  });
}

test('says once that the database is damaged, and goes on by itself when it is whole again', async ({
  cache,
  app,
}) => {
  const whole = readFileSync(cache.databaseFile);
  writeFileSync(cache.databaseFile, 'This is not a database. '.repeat(400));
  await app.open(cache.home);
  await expect(app.main.getByRole('alert')).toContainText('The cache database cannot be read');
  await expect(app.notices).toContainText('Nothing can be removed from this cache.');
  await expect(app.statusBar).toContainText('Live · read only');
  await expect(app.reclaimShortcut).toBeDisabled();
  writeFileSync(cache.databaseFile, whole);
  await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
  await expect(app.notices).toBeHidden();
  await expect(app.statusBar).not.toContainText('read only');
  await expect(app.reclaimShortcut).toBeEnabled();
});

test('admits nobody without the token, and says how to come in', async ({ cache, app }) => {
  app.console.expects(/401 \(Unauthorized\)/);
  for (const token of [null, 'not-the-token-0123']) {
    await app.openWithToken(cache.home, token);
    await expect(app.main.getByRole('heading', { name: 'This page is not admitted' })).toBeVisible();
    await expect(app.statusBar).toContainText('Not admitted');
    await expect(app.page.getByText('alpine')).toBeHidden();
    // A page that still loads what it may need later would complain that the host has gone.
    await app.page.goto('about:blank');
    await app.stopHost();
  }
});

test('takes the token out of the address and comes in again after a reload', async ({ cache, app }) => {
  await app.open(cache.home);
  expect(app.page.url()).not.toContain('token');
  await app.page.reload();
  await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
});

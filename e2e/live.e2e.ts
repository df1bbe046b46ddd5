import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCache } from '../test-support/cache.ts';
import { metadataKey, pathSafe } from '../test-support/database.ts';
import { holdLock } from '../test-support/hold-lock.ts';
import { layer } from '../test-support/images.ts';
import { startRegistry } from '../test-support/registry.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { HANDS } from './fixtures/hand.ts';
import { expect, test } from './fixtures/test.ts';

const ALPINE = 'alpine';
const APP_1 = 'ghcr.io/acme/app:1';
const PYTHON = 'python:3.12';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('follows what msb does outside, and keeps what is open and selected', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.images.open(PYTHON);
      await app.detail.choose('Layers');
      await app.images.select(APP_1, ALPINE);

      await cache.load([{ references: ['fresh:1'], layers: [layer('RUN fresh', 'fresh')] }]);
      await expect(app.images.row('fresh:1')).toBeVisible();
      await app.counts('6 images · 5 digests · 6 layers');
      await expect(app.images.row(PYTHON)).toHaveAttribute('aria-current', 'true');
      await expect(app.images.row(APP_1)).toHaveAttribute('aria-selected', 'true');
      await expect(app.detail.strata).toHaveCount(2);

      await cache.msb(['image', 'rm', ALPINE]);
      await expect(app.images.row(ALPINE)).toBeHidden();
      await expect(app.images.selectionBar).toContainText('1 selected');
      await app.counts('5 images · 4 digests · 5 layers');

      // The open image goes too: the pane closes, and the keyboard stays in the list.
      await cache.msb(['image', 'rm', PYTHON]);
      await expect(app.images.row(PYTHON)).toBeHidden();
      await expect(app.detail.pane).toContainText('No image chosen');
      await expect(app.images.row(APP_1)).toHaveAttribute('aria-selected', 'true');
    });

    test('shows a sandbox as soon as it holds an image', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.images.open(APP_1);
      await expect(app.detail.pane).toContainText('Nothing holds this image.');
      addSandbox(cache.home, { name: 'agent-7', reference: APP_1, status: 'Running' });
      await expect(app.detail.pane).toContainText('Held by agent-7 (running)');
      await expect(app.images.cell(APP_1, 'Used by')).toContainText('1 sandbox');
    });
  });
}

test('shows how far a pull is by what it writes, then its image and one that is loaded, and keeps the place and what is selected in a long list', async ({
  app,
}) => {
  const images = Array.from({ length: 60 }, (_, n) => ({
    references: [`many/image-${n}:1`],
    layers: [layer(`RUN ${n}`, `image-${n}`, 500)],
  }));
  const cache = await makeCache({ images });
  const registry = await startRegistry([
    {
      references: ['team/app:1'],
      layers: [layer('RUN big', 'big', 300_000), layer('RUN small', 'small', 1000)],
    },
  ]);
  const [pulled] = registry.references as [string];
  const watched = app.images.row('many/image-30:1');
  await app.open(cache.home);
  await app.counts('60 images');
  await app.images.grid.hover();
  await app.page.mouse.wheel(0, 1100);
  await expect(watched).toBeInViewport();
  await app.images.select('many/image-30:1');
  const place = await watched.boundingBox();

  registry.hold(100_000);
  const pull = cache.msb(['pull', '--quiet', '--insecure', pulled]);
  await expect(app.statusBar).toContainText('1 pull in progress · 1 layer ready · 100.0 kB written');
  const strip = app.page.getByRole('group').filter({ hasText: '1 pull in progress' });
  await strip.getByText('1 pull in progress').click();
  await expect(strip.getByRole('list', { name: 'What msb is writing' })).toContainText('Downloading blob');
  registry.release();
  await pull;
  await app.counts('61 images');
  await expect(app.statusBar).not.toContainText('in progress');
  await expect(strip).toBeHidden();
  expect(await watched.boundingBox()).toEqual(place);
  await cache.load([{ references: ['fresh:1'], layers: [layer('RUN fresh', 'fresh')] }]);
  await app.counts('62 images');
  expect(await watched.boundingBox()).toEqual(place);
  await expect(watched).toHaveAttribute('aria-selected', 'true');
  await app.page.mouse.wheel(0, -5000);
  await expect(app.images.row(pulled)).toBeVisible();
  await expect(app.images.row('fresh:1')).toBeVisible();
  await registry.close();
  cache.dispose();
});

test('counts as damaged what a check does, and says of what msb pulls again that it is being pulled', async ({
  cache,
  app,
}) => {
  const layerFile = join(cache.cacheDir, 'layers', `${pathSafe(cache.image(APP_1).diffIds[1]!)}.erofs`);
  const manifests = join(cache.cacheDir, 'manifests');
  rmSync(layerFile);
  rmSync(join(manifests, `${metadataKey(ALPINE)}.json`));
  await app.open(cache.home);
  const usedBy = app.images.cell(APP_1, 'Used by');
  await expect(usedBy).toContainText('Layer missing');
  await expect(app.images.filter('Damaged')).toHaveText('Damaged1');
  await expect(app.images.filter('Warning')).toHaveText('Warning1');
  await expect(app.statusBar).toContainText('1 damaged');
  await app.button('Check all images').click();
  const dialog = app.page.getByRole('dialog');
  await expect(dialog).toContainText('Of 5 images, 1 damaged and 1 with a warning.');

  const lockFile = join(manifests, `${metadataKey(APP_1)}.lock`);
  writeFileSync(lockFile, '');
  const lock = await holdLock(lockFile);
  await dialog.getByRole('button', { name: 'Check again' }).click();
  await expect(dialog).toContainText('Of 5 images, 2 with a warning.');
  await expect(dialog).toContainText('msb is pulling it now');
  await app.page.keyboard.press('Escape');
  await expect(usedBy).toContainText('Being pulled');
  await expect(usedBy).not.toContainText('missing');
  await expect(app.images.filter('Damaged')).toHaveText('Damaged0');
  await expect(app.statusBar).not.toContainText('damaged');
  await app.images.open(APP_1);
  await expect(app.detail.pane).toContainText('This image is not whole yet');
  await app.images.filterBy('Being pulled');
  await app.images.lists([APP_1]);
  await lock.release();
  await expect(app.main.getByRole('heading', { name: 'No image is being pulled again' })).toBeVisible();
  await app.images.filterBy('Damaged');
  await app.images.lists([APP_1]);
  await expect(usedBy).toContainText('Layer missing');
  await expect(app.images.filter('Being pulled')).toBeHidden();
  await expect(app.statusBar).toContainText('1 damaged');
});

test('says that the connection is lost, and takes up again where it was', async ({ cache, app }) => {
  await app.open(cache.home);
  await app.images.open(PYTHON);
  app.console.expects(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET/);
  await app.stopHost();
  await expect(app.statusBar).toContainText('Connection lost, trying again…');
  await expect(app.images.row(PYTHON)).toHaveAttribute('aria-current', 'true');

  await cache.msb(['image', 'rm', ALPINE]);
  await app.startHostAgain(cache.home);
  await expect(app.statusBar).toContainText('Live');
  await expect(app.images.row(ALPINE)).toBeHidden();
  await app.detail.shows(PYTHON);
});

import { layer } from '../test-support/images.ts';
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

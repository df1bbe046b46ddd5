import { addGarbage } from '../test-support/garbage.ts';
import { HANDS } from './fixtures/hand.ts';
import { expect, test } from './fixtures/test.ts';

const APP_1 = 'ghcr.io/acme/app:1';
const APP_2 = 'ghcr.io/acme/app:2';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('lists every layer with the images that share it, and leads to them', async ({ cache, app }) => {
      const [base, own] = cache.image(APP_1).diffIds;
      await app.open(cache.home);
      await app.showLayers();
      await app.layers.lists(5);
      await expect(app.layers.row(base!)).toContainText('4 images');
      await expect(app.layers.row(own!)).toContainText('acme/app:1');

      await app.layers.filterBy('Shared');
      await app.layers.lists(1);
      await app.layers.filterBy('All');
      await app.layers.find('acme/app:2');
      await app.layers.lists(2);
      await expect(app.layers.row(own!)).toBeHidden();

      await app.layers.open(base!);
      await app.hand.press(app.layers.detail.getByRole('button', { name: APP_2 }));
      await app.detail.shows(APP_2);
    });

    test('leads from an orphaned layer to its collection', async ({ cache, app }) => {
      const [orphan] = await addGarbage(cache.home, ['orphan-layer']);
      await app.open(cache.home);
      await app.showLayers();
      await app.layers.filterBy('Orphaned');
      await app.layers.lists(1);
      await app.layers.open(orphan!.digest!);
      await app.hand.press(app.layers.detail.getByRole('button', { name: 'Collect…' }));
      await expect(app.page.getByRole('radio', { name: 'Collect orphaned layers' })).toBeChecked();
      await app.reclaim.announcedBytes();
      await app.reclaim.reclaim();
      await app.reclaim.reports();
      await app.showLayers();
      await app.layers.lists(5);
    });
  });
}

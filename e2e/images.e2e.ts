import { msbImageList } from '../test-support/oracle.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { addSnapshot } from '../test-support/snapshots.ts';
import { HANDS } from './fixtures/hand.ts';
import { expect, test } from './fixtures/test.ts';

const ALPINE = 'alpine';
const APP_1 = 'ghcr.io/acme/app:1';
const APP_2 = 'ghcr.io/acme/app:2';
const PYTHON = 'python:3.12';
const PYTHON_TAG = 'docker.io/library/python:3';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('lists images newest first, as msb does, and sorts by any column', async ({ cache, app }) => {
      await app.open(cache.home);
      const newestFirst = (await msbImageList(cache.home)).map(({ reference }) => reference);
      expect(newestFirst).toHaveLength(5);
      await app.images.lists(newestFirst);

      await app.images.sortBy('Image');
      await app.images.lists([APP_1, APP_2, ALPINE, PYTHON_TAG, PYTHON]);
      await app.images.sortBy('Image');
      await app.images.lists([PYTHON, PYTHON_TAG, ALPINE, APP_2, APP_1]);
      await app.images.sortBy('On disk');
      await app.images.lists([
        ...newestFirst.filter((reference) => reference === PYTHON || reference === PYTHON_TAG),
        APP_2,
        APP_1,
        ALPINE,
      ]);

      await app.page.reload();
      await expect(app.images.grid.getByRole('columnheader', { name: 'On disk' })).toHaveAttribute(
        'aria-sort',
        'descending',
      );
      await app.images.sortBy('Created');
      await app.images.lists(newestFirst);
    });

    test('finds images by reference, digest and label', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.images.find('acme app:2');
      await app.images.lists([APP_2]);

      await app.images.clearFind();
      await app.images.find(cache.image(ALPINE).manifestDigest.slice(0, 30));
      await app.images.lists([ALPINE]);

      await app.images.clearFind();
      await app.images.find('github.com/docker-library');
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(2);
      await expect(app.images.row(PYTHON)).toBeVisible();
      await expect(app.images.row(PYTHON_TAG)).toBeVisible();

      await app.images.clearFind();
      await app.images.find('nothing has this');
      await expect(app.main.getByRole('heading', { name: 'No image matches' })).toBeVisible();
      await app.hand.press(app.button('Show all images'));
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
      await expect(app.images.findField).toHaveValue('');
    });

    test('filters by who needs an image', async ({ cache, app }) => {
      addSandbox(cache.home, { name: 'agent-7', reference: APP_1, status: 'Running' });
      addSnapshot(cache.home, { name: 'warm', reference: ALPINE });
      await app.open(cache.home);
      await expect(app.images.cell(APP_1, 'Used by')).toContainText('Held by agent-7 (running)');
      await expect(app.images.cell(ALPINE, 'Used by')).toContainText('Held by snapshot “warm”');

      await app.images.filterBy('In use');
      await app.images.lists([ALPINE, APP_1]);
      await app.images.filterBy('Unused');
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(3);
      await expect(app.images.row(APP_2)).toBeVisible();
      await app.images.filterBy('Same digest');
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(2);
      await expect(app.images.row(PYTHON)).toBeVisible();
      await app.images.filterBy('Damaged');
      await expect(app.main.getByRole('heading', { name: 'No image is damaged' })).toBeVisible();
      await app.images.filterBy('All');
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
    });

    test('groups tags that share a digest into one row', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.images.groupTags();
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(4);
      const group = app.images.grid.getByRole('row').filter({ hasText: '3.12' });
      await expect(group.locator('[data-column="1"]')).toContainText('3');
      await app.images.groupTags();
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5);
    });

    test('offers on each row what can be done with its image', async ({ cache, app, page }) => {
      await app.open(cache.home);
      await app.images.chooseInMenu(ALPINE, 'Copy reference');
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(ALPINE);
      await app.images.chooseInMenu(ALPINE, 'Pin: never prune it');
      await app.images.chooseInMenu(ALPINE, 'Let prune take it');
      await app.images.chooseInMenu(ALPINE, 'Remove…');
      await app.removal.asks(`Remove ${ALPINE}?`);
    });
  });
}

test('keeps selection, filter and chosen tab while another view shows', async ({ cache, app }) => {
  await app.open(cache.home);
  await app.images.open(PYTHON);
  await app.detail.choose('Layers');
  await app.images.select(APP_1);
  await app.images.filterBy('Unused');
  await app.show('Layers');
  await expect(app.images.selectionBar).toBeHidden();
  await app.show('Images');
  await expect(app.images.selectionBar).toContainText('1 selected');
  await expect(app.images.row(PYTHON)).toHaveAttribute('aria-current', 'true');
  await expect(app.detail.strata).toHaveCount(2);
  await expect(app.page.getByRole('button', { name: /^Unused/ })).toHaveAttribute('aria-pressed', 'true');
});

test('moves through list and details by keyboard alone, and gives the focus back', async ({ cache, app }) => {
  await app.open(cache.home);
  await expect(app.images.row(ALPINE)).toBeVisible();
  await app.page.keyboard.press('ControlOrMeta+k');
  await expect(app.images.findField).toBeFocused();
  await app.page.keyboard.press('ArrowDown');
  await expect(app.images.row(ALPINE)).toBeFocused();
  await app.page.keyboard.press('End');
  const last = app.images.grid.getByRole('row').last();
  await expect(last).toBeFocused();
  await app.page.keyboard.press('g');
  await expect(app.images.row(APP_2)).toBeFocused();
  await app.page.keyboard.press('Delete');
  await app.removal.asks(`Remove ${APP_2}?`);
  await app.page.keyboard.press('Escape');
  await expect(app.images.row(APP_2)).toBeFocused();
  await app.page.keyboard.press('ControlOrMeta+a');
  await expect(app.images.selectionBar).toContainText('5 selected');
  await app.page.keyboard.press('Escape');
  await expect(app.images.selectionBar).toBeHidden();
});

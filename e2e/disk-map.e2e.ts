import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addFlatDisk } from '../test-support/flat-disks.ts';
import { ALL_GARBAGE, addGarbage } from '../test-support/garbage.ts';
import { expectAccessible } from './fixtures/accessibility.ts';
import { occupiedBytes } from './fixtures/disk.ts';
import { HANDS } from './fixtures/hand.ts';
import { expect, test } from './fixtures/test.ts';
import { DiskMapPage } from './pages/disk-map-page.ts';

const ALPINE = 'alpine';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('leads from a cell of the map to the image', async ({ cache, app, page }) => {
      const map = new DiskMapPage(page, app.hand);
      await app.open(cache.home);
      await map.show();
      await map.choose(ALPINE);
      await app.detail.shows(ALPINE);
    });

    test('zooms into a kind, on to a layer, and out again', async ({ cache, app, page }) => {
      const map = new DiskMapPage(page, app.hand);
      await app.open(cache.home);
      await map.show();
      await map.drawBy('Kinds');
      await map.choose('Shared layers');
      await expect(map.cell('Layers of one image')).toBeHidden();
      await map.zoomOut();
      await map.choose('Shared layers');
      await expect(map.map.getByRole('option')).toHaveCount(1);
      const base = cache.image(ALPINE).diffIds[0]!;
      await map.drawBy('Layers');
      await map.choose(`${base.slice(0, base.indexOf(':') + 13)}…${base.slice(-8)}`);
      await expect(page.getByRole('complementary', { name: 'Layer details' })).toContainText(
        base.slice(7, 19),
      );
    });

    test('tells of a flat disk who needs it, of garbage why it goes, and that unknown files stay', async ({
      cache,
      app,
      page,
    }) => {
      addFlatDisk(cache.home, cache.image(ALPINE).manifestDigest, { contentBytes: 50_000 });
      writeFileSync(join(cache.cacheDir, 'notes.txt'), 'x'.repeat(9000));
      await addGarbage(cache.home, ['spool']);
      const map = new DiskMapPage(page, app.hand);
      await app.open(cache.home);
      await map.show();
      await map.drawBy('Kinds');
      await map.choose('Unknown files');
      await map.choose('notes.txt');
      await expect(map.file('Unknown file')).toContainText('never deletes it');
      await map.putFileAway();
      await map.zoomOut();
      await map.choose('Flat root disks');
      await map.chooseFirst();
      await expect(map.file('Flat root disk')).toContainText('No sandbox breaks');
      await map.putFileAway();
      await map.zoomOut();
      await map.choose('Garbage');
      await map.chooseFirst();
      await expectAccessible(page);
      await map.showInReclaim();
      await expect(page.getByRole('main', { name: 'Reclaim' })).toContainText('.spool');
    });
  });
}

test('adds up to every byte of the cache by image, layer and kind, garbage included', async ({
  cache,
  app,
  page,
}) => {
  await addGarbage(cache.home, ALL_GARBAGE);
  const map = new DiskMapPage(page, app.hand);
  await app.open(cache.home);
  await map.show();
  await map.showAs('Table');
  const bytes = occupiedBytes(cache.cacheDir);
  for (const cells of ['Images', 'Layers', 'Kinds'] as const) {
    await map.drawBy(cells);
    expect(await map.totalBytes(), `by ${cells}`).toBe(bytes);
    expect(await map.addedBytes(), `lines by ${cells}`).toBe(bytes);
  }
});

test('keeps cells in their places when the cache grows', async ({ cache, app, page }) => {
  const map = new DiskMapPage(page, app.hand);
  await app.open(cache.home);
  await map.show();
  const order = () =>
    map.map.getByRole('option').evaluateAll((cells) => cells.map((cell) => cell.ariaLabel?.split(' ')[0]));
  const before = await order();
  await cache.load([{ references: ['tiny:1'], layers: [{ createdBy: 'ADD tiny', entries: [] }] }]);
  await expect(map.cell('tiny:1')).toBeVisible();
  const after = (await order()).filter((name) => before.includes(name));
  expect(after).toEqual(before);
});

test('the table is accessible', async ({ cache, app, page }) => {
  const map = new DiskMapPage(page, app.hand);
  await app.open(cache.home);
  await map.show();
  await map.showAs('Table');
  await expectAccessible(page);
});

test('the map is accessible', async ({ cache, app, page }) => {
  await addGarbage(cache.home, ALL_GARBAGE);
  const map = new DiskMapPage(page, app.hand);
  await app.open(cache.home);
  await map.show();
  await expectAccessible(page);
  await map.drawBy('Kinds');
  await expectAccessible(page);
});

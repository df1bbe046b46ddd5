import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathSafe } from '../test-support/database.ts';
import { expectAccessible } from './fixtures/accessibility.ts';
import { PROVOKED } from './fixtures/provoked-errors.ts';
import { expect, test } from './fixtures/test.ts';

for (const [code, { provoke, says }] of Object.entries(PROVOKED)) {
  test(`says of ${code} what happened, to what, and the next step`, async ({ cache, app, page }) => {
    const where = await provoke(app, cache);
    for (const words of says) await expect(where).toContainText(words);
    await expectAccessible(page);
  });
}

test('says of a layer that cannot be read which it is, why, and the next step, in place of its files', async ({
  cache,
  app,
  page,
}) => {
  const [diffId] = cache.image('alpine').diffIds;
  writeFileSync(join(cache.cacheDir, 'layers', `${pathSafe(diffId!)}.erofs`), Buffer.alloc(8192, 0xa5));
  await app.open(cache.home);
  await app.images.open('alpine');
  await app.detail.choose('Files');
  for (const files of ['Merged', '0']) {
    await app.detail.pane.getByRole('button', { name: files, exact: true }).click();
    const alert = app.detail.pane.getByRole('alert');
    await expect(alert).toContainText(`Layer 0 (${diffId}) cannot be read.`);
    await expect(alert).toContainText('This is no EROFS image Strata can read: the magic number');
    await expect(alert).toContainText('Pull the image again to repair it, or remove it.');
  }
  await expectAccessible(page);
});

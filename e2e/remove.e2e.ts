import { join } from 'node:path';
import { shortenDigest } from '../src-shared/domain/digest.ts';
import { metadataKey, pathSafe } from '../test-support/database.ts';
import { holdDatabase } from '../test-support/hold-database.ts';
import { layer, standardImages } from '../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../test-support/list-tree.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { addSnapshot } from '../test-support/snapshots.ts';
import { occupiedBytes } from './fixtures/disk.ts';
import { HANDS } from './fixtures/hand.ts';
import { expectSound } from './fixtures/sound.ts';
import { runSql } from './fixtures/sql.ts';
import { expect, test } from './fixtures/test.ts';

const ALPINE = 'alpine';
const APP_1 = 'ghcr.io/acme/app:1';
const APP_2 = 'ghcr.io/acme/app:2';
const PYTHON = 'python:3.12';
const PYTHON_TAG = 'docker.io/library/python:3';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('removes an image, frees what it announced, and keeps what others need', async ({ cache, app }) => {
      const { manifestDigest, diffIds } = cache.image(APP_1);
      const [base, own] = diffIds;
      await app.open(cache.home);
      const before = occupiedBytes(cache.cacheDir);
      await app.occupies(before);

      await app.images.askToRemove(APP_1);
      await app.removal.asks(`Remove ${APP_1}?`);
      await app.removal.counts(6);
      await expect(app.removal.goes(APP_1)).toBeVisible();
      await expect(app.removal.goes(shortenDigest(manifestDigest))).toContainText('its last reference goes');
      await expect(app.removal.goes(shortenDigest(own!))).toContainText('no other image needs it');
      const file = pathSafe(manifestDigest).slice(0, 15);
      await expect(app.removal.goes(`fsmeta/${file}`)).toBeVisible();
      await expect(app.removal.goes(`vmdk/${file}`)).toBeVisible();
      await expect(app.removal.goes(`manifests/${metadataKey(APP_1).slice(0, 8)}`)).toBeVisible();
      await expect(app.removal.stays(shortenDigest(base!))).toContainText('used by');
      await expect(app.removal.dialog).toContainText('No sandbox and no snapshot is affected.');
      const announced = await app.removal.announcedBytes();

      await app.removal.confirm('Remove');
      expect(await app.removal.reports()).toBe(announced);
      await expect(app.removal.dialog).toContainText('Exactly as announced.');
      expect(before - occupiedBytes(cache.cacheDir)).toBe(announced);
      await app.removal.close();

      await app.counts('4 images · 3 digests · 4 layers');
      await app.occupies(before - announced);
      await expect(app.images.row(APP_1)).toBeHidden();
      expect(await expectSound(cache)).not.toContain(APP_1);
    });

    test('changes nothing when the question is put away', async ({ cache, app }) => {
      await app.open(cache.home);
      const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
      await app.images.askToRemove(ALPINE);
      await app.removal.asks(`Remove ${ALPINE}?`);
      await app.removal.close();
      await expect(app.images.row(ALPINE)).toBeVisible();
      expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
    });

    test('says who holds an image, and takes only its name by force', async ({ cache, app }) => {
      addSandbox(cache.home, { name: 'agent-7', reference: APP_1, status: 'Running' });
      addSandbox(cache.home, { name: 'old', reference: APP_1, status: 'Crashed', withRootfs: false });
      addSnapshot(cache.home, { name: 'warm', reference: APP_1 });
      await app.open(cache.home);
      const layers = listTree(join(cache.cacheDir, 'layers'));

      await app.images.askToRemove(APP_1);
      await expect(app.removal.dialog).toHaveAccessibleName(`${APP_1} is in use`);
      await expect(app.removal.button('Close')).toBeFocused();
      for (const holder of ['agent-7 (running)', 'old (crashed)', 'snapshot “warm”']) {
        await expect(app.removal.dialog).toContainText(holder);
      }
      await expect(app.removal.dialog).toContainText('msb stop agent-7');
      await expect(app.removal.dialog).toContainText('Nothing was changed.');
      expect(await expectSound(cache)).toContain(APP_1);

      await app.removal.confirm('Force remove…');
      await app.removal.asks(`Force remove ${APP_1}?`);
      await app.removal.counts(1);
      await expect(app.removal.dialog).toContainText('Only the name goes');
      await expect(app.removal.stays(shortenDigest(cache.image(APP_1).manifestDigest))).toContainText(
        'agent-7',
      );
      await app.removal.confirm('Force remove');
      await app.removal.reports();
      await app.removal.close();

      await expect(app.images.row(APP_1)).toBeHidden();
      expect(await expectSound(cache)).not.toContain(APP_1);
      expect(listTree(join(cache.cacheDir, 'layers'))).toEqual(layers);
    });

    test('removes many images at once', async ({ cache, app }) => {
      await app.open(cache.home);
      const before = occupiedBytes(cache.cacheDir);
      await app.images.select(APP_1, APP_2, ALPINE);
      await expect(app.images.selectionBar).toContainText('3 selected');
      await app.images.askToRemoveSelected();
      await app.removal.asks('Remove 3 images?');
      for (const reference of [APP_1, APP_2, ALPINE]) {
        await expect(app.removal.goes(reference)).toBeVisible();
      }
      const announced = await app.removal.announcedBytes();
      await app.removal.confirm('Remove 3 images');
      expect(await app.removal.reports()).toBe(announced);
      expect(before - occupiedBytes(cache.cacheDir)).toBe(announced);
      await app.removal.close();

      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(2);
      await expect(app.images.selectionBar).toBeHidden();
      expect((await expectSound(cache)).toSorted()).toEqual([PYTHON_TAG, PYTHON]);
    });

    test('leaves out the held ones of many', async ({ cache, app }) => {
      addSandbox(cache.home, { name: 'agent-7', reference: APP_1, status: 'Paused' });
      await app.open(cache.home);
      await app.images.select(APP_1, ALPINE);
      await app.images.askToRemoveSelected();
      await expect(app.removal.dialog).toHaveAccessibleName('1 of 2 images are in use');
      await expect(app.removal.dialog).toContainText('agent-7 (paused)');
      await app.removal.confirm('Remove only the other 1…');
      await app.removal.asks(`Remove ${ALPINE}?`);
      await app.removal.confirm('Remove');
      await app.removal.reports();
      await app.removal.close();
      const left = await expectSound(cache);
      expect(left).toContain(APP_1);
      expect(left).not.toContain(ALPINE);
    });

    test('takes only the name while another tag has the same digest', async ({ cache, app }) => {
      await app.open(cache.home);
      const layers = listTree(join(cache.cacheDir, 'layers'));
      await app.images.askToRemove(PYTHON);
      await app.removal.asks(`Remove ${PYTHON}?`);
      await expect(app.removal.dialog).toContainText('Only the name goes');
      await expect(app.removal.dialog).toContainText('1 other tag needs it');
      await app.removal.confirm('Remove');
      await app.removal.reports();
      await app.removal.close();
      await expect(app.images.row(PYTHON)).toBeHidden();
      await expect(app.images.row(PYTHON_TAG)).toBeVisible();
      expect(await expectSound(cache)).toContain(PYTHON_TAG);
      expect(listTree(join(cache.cacheDir, 'layers'))).toEqual(layers);
    });

    test('stops when the cache has changed, shows the difference and offers the new plan', async ({
      cache,
      app,
    }) => {
      const own = cache.image(APP_1).diffIds[1]!;
      await app.open(cache.home);
      await app.images.askToRemove(APP_1);
      await app.removal.asks(`Remove ${APP_1}?`);
      await expect(app.removal.goes(shortenDigest(own))).toBeVisible();
      const first = await app.removal.announcedBytes();

      // Another image on the same layers: the layer that was to go has to stay now.
      const app1 = standardImages().find(({ references }) => references.includes(APP_1))!;
      const above = { references: ['above:1'], layers: [...app1.layers, layer('RUN more', 'more')] };
      await cache.load([above]);
      const before = occupiedBytes(cache.cacheDir);
      await app.removal.confirm('Remove');

      const notice = app.removal.dialog.getByRole('alert');
      await expect(notice).toContainText('The cache changed, so nothing was removed');
      await expect(notice).toContainText(own.slice(0, 19));
      expect(occupiedBytes(cache.cacheDir)).toBe(before);
      expect(await expectSound(cache)).toContain(APP_1);
      await expect(app.removal.stays(shortenDigest(own))).toContainText('above:1');
      const second = await app.removal.announcedBytes();
      expect(second).toBeLessThan(first);

      await app.removal.confirm('Remove');
      expect(await app.removal.reports()).toBe(second);
      expect(before - occupiedBytes(cache.cacheDir)).toBe(second);
      await app.removal.close();
      const left = await expectSound(cache);
      expect(left).toContain('above:1');
      expect(left).not.toContain(APP_1);
    });

    test('says that the database is busy, and removes once it is free', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.images.askToRemove(ALPINE);
      await app.removal.asks(`Remove ${ALPINE}?`);
      const held = holdDatabase(cache.home);
      await app.removal.confirm('Remove');
      const alert = app.removal.dialog.getByRole('alert');
      await expect(alert).toContainText('Another program is writing to the cache database.');
      await expect(alert).toContainText('Nothing was changed.');
      held.release();
      expect(await expectSound(cache)).toContain(ALPINE);
      await app.hand.press(alert.getByRole('button', { name: 'Try again' }));
      await app.removal.asks(`Remove ${ALPINE}?`);
      await app.removal.confirm('Remove');
      await app.removal.reports();
      await app.removal.close();
      expect(await expectSound(cache)).not.toContain(ALPINE);
    });

    test('asks once more before the first removal from a cache newer than Strata', async ({ cache, app }) => {
      runSql(
        cache.home,
        'INSERT INTO seaql_migrations (version, applied_at) VALUES (?, ?)',
        'm20991231_000001_later',
        1,
      );
      await app.open(cache.home);
      await expect(app.notices).toContainText('A newer msb has used this cache than Strata knows.');
      await expect(app.notices).toContainText('m20991231_000001_later');
      await app.images.askToRemove(ALPINE);
      await app.removal.asks(`Remove ${ALPINE}?`);
      await expect(app.removal.button('Remove')).toBeDisabled();
      await app.hand.toggle(app.removal.dialog.getByRole('checkbox', { name: /^I understand/ }));
      await app.removal.confirm('Remove');
      await app.removal.reports();
      await app.removal.close();

      await app.images.askToRemove(APP_2);
      await app.removal.asks(`Remove ${APP_2}?`);
      await expect(app.removal.dialog.getByRole('checkbox')).toBeHidden();
      await expect(app.removal.button('Remove')).toBeEnabled();
      await app.removal.close();
    });
  });
}

test.describe('in a cache of msb 0.7.2', () => {
  test.use({ recipe: { version: '0.7.2', images: standardImages() } });

  test('names a grouped snapshot that holds an image, and removes another one', async ({ cache, app }) => {
    addSnapshot(cache.home, { name: 'warm', group: 'team', reference: APP_1 });
    await app.open(cache.home);
    await expect(app.statusBar).toContainText('msb 0.7');
    await app.images.askToRemove(APP_1);
    await expect(app.removal.dialog).toContainText('snapshot “team/warm”');
    await app.removal.close();

    const before = occupiedBytes(cache.cacheDir);
    await app.images.askToRemove(APP_2);
    await app.removal.asks(`Remove ${APP_2}?`);
    const announced = await app.removal.announcedBytes();
    await app.removal.confirm('Remove');
    expect(await app.removal.reports()).toBe(announced);
    expect(before - occupiedBytes(cache.cacheDir)).toBe(announced);
    await app.removal.close();
    const left = await expectSound(cache);
    expect(left).toContain(APP_1);
    expect(left).not.toContain(APP_2);
  });
});

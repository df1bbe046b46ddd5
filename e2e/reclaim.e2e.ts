import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatBytes } from '../src-shared/domain/format.ts';
import { age } from '../test-support/age.ts';
import { metadataKey, pathSafe, sha256 } from '../test-support/database.ts';
import { ALL_GARBAGE, addGarbage, type GarbageKind } from '../test-support/garbage.ts';
import { holdDatabase } from '../test-support/hold-database.ts';
import { holdLock } from '../test-support/hold-lock.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { occupiedBytes } from './fixtures/disk.ts';
import { HANDS } from './fixtures/hand.ts';
import { expectSound } from './fixtures/sound.ts';
import { runSql } from './fixtures/sql.ts';
import { expect, test } from './fixtures/test.ts';

const ALPINE = 'alpine';
const APP_1 = 'ghcr.io/acme/app:1';
const APP_2 = 'ghcr.io/acme/app:2';

const ORPHANS: readonly GarbageKind[] = ['orphan-layer', 'orphan-layer-row', 'orphan-layer-file'];
/** More than the engine takes between two looks at the cancel button. */
const SPOOLS = 4200;
/** What looks like garbage and stays. */
const STAYS: readonly GarbageKind[] = ['locks', 'unknown'];

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('collects orphaned layers and nothing else', async ({ cache, app }) => {
      const garbage = await addGarbage(cache.home, [...ORPHANS, 'spool']);
      const spool = garbage.find(({ kind }) => kind === 'spool')!.paths[0]!;
      await app.open(cache.home);
      await app.showReclaim();
      await app.reclaim.choose('Collect orphaned layers');
      const announced = await app.reclaim.announcedBytes();
      await expect(app.reclaim.card('Collect orphaned layers')).toContainText(
        `3 layers · ${formatBytes(announced)}`,
      );
      await expect(app.reclaim.rows).toHaveCount(3);
      const before = occupiedBytes(cache.cacheDir);
      await app.reclaim.reclaim();
      expect(await app.reclaim.reports()).toBe(announced);
      expect(before - occupiedBytes(cache.cacheDir)).toBe(announced);
      expect(existsSync(join(cache.cacheDir, spool))).toBe(true);

      await app.reclaim.putResultAway();
      await expect(app.reclaim.card('Collect orphaned layers')).toContainText('Nothing to collect');
      await expect(app.reclaim.card('Collect all garbage')).toContainText('1 item');
      await expectSound(cache);
    });

    test('goes on from a result to another choice', async ({ cache, app }) => {
      await addGarbage(cache.home, [...ORPHANS, 'spool']);
      await app.open(cache.home);
      await app.showReclaim();
      await app.reclaim.choose('Collect orphaned layers');
      await app.reclaim.reclaim();
      await app.reclaim.reports();
      await app.reclaim.choose('Collect all garbage');
      await expect(app.reclaim.result).toBeHidden();
      await expect(app.reclaim.rows).toHaveCount(1);
    });

    test('collects all garbage with what it announced; list, usage and status bar follow', async ({
      cache,
      app,
    }) => {
      const images = await expectSound(cache);
      const garbage = await addGarbage(cache.home, ALL_GARBAGE);
      await app.open(cache.home);
      const before = occupiedBytes(cache.cacheDir);
      await app.occupies(before);
      await app.showReclaim();
      await app.reclaim.choose('Collect all garbage');
      const announced = await app.reclaim.announcedBytes();
      await expect(app.usage('Garbage')).toContainText(formatBytes(announced));

      await app.reclaim.reclaim();
      expect(await app.reclaim.reports()).toBe(announced);
      await expect(app.reclaim.result).toContainText('Exactly as announced.');
      await app.reclaim.putResultAway();
      await expect(app.reclaim.preview).toContainText('Nothing to reclaim');
      const after = occupiedBytes(cache.cacheDir);
      expect(before - after).toBe(announced);
      await app.occupies(after);
      await expect(app.usage('Garbage')).toContainText('0 B');

      for (const { kind, paths } of garbage) {
        const left = paths.filter((path) => existsSync(join(cache.cacheDir, path)));
        if (STAYS.includes(kind)) expect(left, `${kind} stays`).toEqual(paths);
        else
          expect(
            left.filter((path) => !path.endsWith('.lock')),
            `${kind} goes`,
          ).toEqual([]);
      }
      expect(await expectSound(cache)).toEqual(images);
    });

    test('prunes by a rule, keeps what is pinned, newest or held', async ({ cache, app }) => {
      addSandbox(cache.home, { name: 'agent-7', reference: ALPINE });
      runSql(
        cache.home,
        `UPDATE image_ref SET updated_at = '2026-01-02 03:04:05' WHERE reference IN (?, ?, ?)`,
        ALPINE,
        APP_1,
        APP_2,
      );
      await app.open(cache.home);
      await app.showReclaim();
      await app.reclaim.choose('Prune unused images');
      // The first rule: unused for 14 days, and never the newest tag of a repository.
      await expect(app.reclaim.going(APP_1)).toBeVisible();
      await expect(app.reclaim.going(APP_2)).toBeHidden();
      await expect(app.reclaim.kept(APP_2)).toBeVisible();
      await expect(app.reclaim.kept(ALPINE)).toContainText('agent-7');

      await app.hand.press(app.reclaim.going(APP_1).getByRole('button', { name: 'Keep this image' }));
      await expect(app.reclaim.kept(APP_1)).toContainText('pinned');
      await app.hand.press(
        app.reclaim.kept(APP_1).getByRole('button', { name: 'Let the rule take this image' }),
      );
      await expect(app.reclaim.going(APP_1)).toBeVisible();

      await app.reclaim.pin(APP_1);
      await expect(app.reclaim.kept(APP_1)).toContainText('pinned');
      await app.reclaim.pin(APP_1);
      await expect(app.reclaim.going(APP_1)).toBeVisible();

      await app.reclaim.setRule('Days without use', 100_000);
      await expect(app.page.getByRole('spinbutton', { name: 'Days without use' })).toHaveAttribute(
        'aria-invalid',
        'true',
      );
      await app.reclaim.setRule('Days without use', 30_000);
      await expect(app.reclaim.going(APP_1)).toBeHidden();
      await app.reclaim.setRule('Days without use', 7);
      await expect(app.reclaim.going(APP_1)).toBeVisible();

      const announced = await app.reclaim.announcedBytes();
      const before = occupiedBytes(cache.cacheDir);
      await app.reclaim.reclaim();
      expect(await app.reclaim.reports()).toBe(announced);
      expect(before - occupiedBytes(cache.cacheDir)).toBe(announced);
      const left = await expectSound(cache);
      expect(left).toHaveLength(4);
      expect(left).not.toContain(APP_1);
      await app.reclaim.putResultAway();
      await app.counts('4 images');
    });

    test('leaves what a pull in progress may use, says so, and takes it afterwards', async ({
      cache,
      app,
    }) => {
      await addGarbage(cache.home, ['orphan-layer-file', 'blob']);
      const lockFile = join(cache.cacheDir, 'manifests', `${metadataKey('docker.io/library/node:22')}.lock`);
      closeSync(openSync(lockFile, 'w'));
      const pull = await holdLock(lockFile);
      await app.open(cache.home);
      await expect(app.statusBar).toContainText('1 pull in progress');
      await app.showReclaim();
      await app.reclaim.choose('Collect all garbage');
      await expect(app.reclaim.preview).toContainText('1 pull or load in progress');
      await expect(app.reclaim.rows).toHaveCount(2);
      await expect(app.reclaim.rows.filter({ hasText: 'kept:' })).toHaveCount(2);
      await expect(app.reclaim.reclaimButton).toBeDisabled();

      await pull.release();
      const announced = await app.reclaim.announcedBytes();
      await expect(app.statusBar).not.toContainText('in progress');
      await app.reclaim.reclaim();
      expect(await app.reclaim.reports()).toBe(announced);
      await expectSound(cache);
    });

    test('stops a collection under way, and collects the rest later', async ({ cache, app }) => {
      const spools = leaveSpools(cache.cacheDir, SPOOLS);
      await app.open(cache.home);
      await app.showReclaim();
      await app.reclaim.choose('Collect all garbage');
      const announced = await app.reclaim.announcedBytes();
      const busy = holdDatabase(cache.home);
      await app.reclaim.reclaim();
      await app.hand.press(app.reclaim.result.getByRole('button', { name: 'Stop' }));
      busy.release();
      await expect(app.reclaim.result).toContainText('Stopped');
      // The engine still finishes what was at hand when the stop arrived.
      await expect.poll(() => app.isRemoving()).toBe(false);
      await app.reclaim.putResultAway();
      await expectSound(cache);
      expect(spools().length).toBeGreaterThan(0);
      const rest = (announced / SPOOLS) * spools().length;
      await expect.poll(() => app.reclaim.announcedBytes()).toBe(rest);

      await app.reclaim.reclaim();
      expect(await app.reclaim.reports()).toBe(rest);
      expect(spools()).toEqual([]);
      await expectSound(cache);
    });

    test('keeps its list current while the cache changes outside', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.showReclaim();
      await app.reclaim.choose('Collect all garbage');
      await expect(app.reclaim.preview).toContainText('Nothing to reclaim');
      await addGarbage(cache.home, ['spool', 'blob']);
      await expect(app.reclaim.rows).toHaveCount(2);
      expect(await app.reclaim.announcedBytes()).toBeGreaterThan(0);
    });

    test('saves the list for the record', async ({ cache, app }) => {
      const [spool] = await addGarbage(cache.home, ['spool']);
      await app.open(cache.home);
      await app.showReclaim();
      await app.reclaim.choose('Collect all garbage');
      const announced = await app.reclaim.announcedBytes();
      const saved = app.page.waitForEvent('download');
      await app.hand.chooseItem(
        app.button('Export list'),
        app.page.getByRole('menuitem', { name: 'As JSON' }),
      );
      const list = JSON.parse(readFileSync(await (await saved).path(), 'utf8')) as Record<string, unknown>;
      expect(JSON.stringify(list)).toContain(spool!.paths[0]);
      expect(JSON.stringify(list)).toContain(String(announced));
      expect(JSON.stringify(list)).not.toContain('planId');
    });
  });
}

/** Leaves unpacking files of a killed pull; answers the way to list those that are left. */
function leaveSpools(cacheDir: string, count: number): () => string[] {
  for (let index = 0; index < count; index += 1) {
    const file = join(cacheDir, 'tmp', `${pathSafe(`sha256:${sha256(String(index))}`)}.spool`);
    writeFileSync(file, 'x');
    age(file, 10 * 86_400_000);
  }
  return () => readdirSync(join(cacheDir, 'tmp')).filter((name) => name.endsWith('.spool'));
}

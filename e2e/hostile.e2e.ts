import type { Page } from 'playwright/test';
import { addSandbox } from '../test-support/sandboxes.ts';
import { addSnapshot } from '../test-support/snapshots.ts';
import { file } from '../test-support/tar-entry.ts';
import { HANDS } from './fixtures/hand.ts';
import { expectSound } from './fixtures/sound.ts';
import { runSql } from './fixtures/sql.ts';
import { expect, test } from './fixtures/test.ts';

const ALPINE = 'alpine';

/** What stands in the database, and how it may be shown: as text, with what cannot be seen spelled out. */
const NAMES: readonly (readonly [stored: string, shown: string])[] = [
  ['<img src=x onerror="window.pwned=1">', '<img src=x onerror="window.pwned=1">'],
  ['"><script>window.pwned=1</script>', '"><script>window.pwned=1</script>'],
  ['acme/evil:\u202egnp.exe', 'acme/evil:\\u202egnp.exe'],
  ['acme/\u001b[31mred\u001b[0m:1', 'acme/\\x1b[31mred\\x1b[0m:1'],
  ['line\nbreak\ttab:1', 'line\\nbreak\\ttab:1'],
  ['../../../etc/passwd', '../../../etc/passwd'],
  [`acme/${'long'.repeat(1022)}:1`, `acme/${'long'.repeat(1022)}:1`],
  ['<b>', '<b>'],
];

const SCRIPT = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('shows hostile names as text, and removes exactly the one that was meant', async ({
      cache,
      app,
    }) => {
      for (const [stored] of NAMES) {
        runSql(
          cache.home,
          `INSERT INTO image_ref (reference, manifest_id, created_at, updated_at)
           SELECT ?, manifest_id, created_at, updated_at FROM image_ref WHERE reference = 'alpine'`,
          stored,
        );
      }
      await app.open(cache.home);
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(5 + NAMES.length);
      for (const [, shown] of NAMES) await expect(app.images.row(shown)).toBeVisible();
      await expectHarmless(app.page);

      const [, longest] = NAMES.at(-2)!;
      await app.images.open(longest);
      await app.detail.choose('Overview');
      await expectHarmless(app.page);

      const [stored, shown] = NAMES[0]!;
      await app.images.askToRemove(shown);
      await app.removal.asks(`Remove ${shown}?`);
      await expect(app.removal.goes(shown)).toBeVisible();
      await expectHarmless(app.page);
      await app.removal.confirm('Remove');
      await app.removal.reports();
      await app.removal.close();
      await expect(app.images.row(shown)).toBeHidden();
      await expect(app.images.grid.getByRole('checkbox')).toHaveCount(4 + NAMES.length);
      const left = await expectSound(cache);
      expect(left).not.toContain(stored);
      expect(left).toContain(ALPINE);

      await app.showReclaim();
      await app.reclaim.choose('Prune unused images');
      await app.reclaim.setRule('Days without use', 0);
      await expect(app.reclaim.rows.first()).toBeVisible();
      await expectHarmless(app.page);
    });
  });
}

test.describe('from the image itself', () => {
  test.use({
    recipe: {
      images: [
        {
          references: ['evil:1'],
          layers: [{ entries: [file('a', 'a')], createdBy: `RUN ${SCRIPT} \u001b[2J\u202e` }],
          config: {
            author: SCRIPT,
            env: [`HTML=${SCRIPT}`, 'TERMINAL=\u001b]0;title\u0007', `LONG=${'x'.repeat(200_000)}`],
            labels: { [SCRIPT]: SCRIPT, 'rtl\u202e': '\u202etxt.exe' },
            cmd: [SCRIPT, '\u001b[31m'],
            user: SCRIPT,
            workingDir: `/${'deep/'.repeat(700)}`,
          },
        },
      ],
    },
  });

  test('shows a hostile configuration and hostile holders as text', async ({ cache, app }) => {
    addSandbox(cache.home, { name: '<b>box</b>\u202e', reference: 'evil:1', status: '<i>Running</i>' });
    addSnapshot(cache.home, { name: '<u>snap', reference: 'evil:1' });
    await app.open(cache.home);
    await app.images.open('evil:1');
    const { pane } = app.detail;
    await expect(pane).toContainText('<b>box</b>\\u202e');
    await expect(pane).toContainText('<u>snap');

    await app.detail.choose('Config');
    await expect(app.detail.pair('Environment', 'HTML')).toHaveText(SCRIPT);
    await expect(app.detail.pair('Environment', 'TERMINAL')).toHaveText('\\x1b]0;title\\x07');
    await expect(app.detail.pair('Environment', 'LONG')).toContainText('Show more');
    await expect(app.detail.pair('Labels', SCRIPT)).toHaveText(SCRIPT);
    await expect(app.detail.pair('Labels', 'rtl\\u202e')).toHaveText('\\u202etxt.exe');

    await app.detail.choose('Layers');
    await app.detail.unfold('RUN <img');
    await expect(pane).toContainText('\\x1b[2J\\u202e');
    await app.detail.choose('JSON');
    await expect(app.detail.section('config JSON')).toContainText('<script>');

    await app.images.askToRemove('evil:1');
    await expect(app.removal.dialog).toHaveAccessibleName('evil:1 is in use');
    await expect(app.removal.dialog).toContainText('<b>box</b>\\u202e (<i>running</i>)');
    await expectHarmless(app.page);
  });
});

/** Nothing from the cache has become markup, has run, or has made the window scroll sideways. */
async function expectHarmless(page: Page): Promise<void> {
  await expect(page.locator('img, script:not([src])')).toHaveCount(0);
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
}

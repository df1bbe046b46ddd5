import { readFileSync } from 'node:fs';
import { addSandbox } from '../test-support/sandboxes.ts';
import { addSnapshot } from '../test-support/snapshots.ts';
import { file } from '../test-support/tar-entry.ts';
import { HANDS } from './fixtures/hand.ts';
import { expectHarmless } from './fixtures/harmless.ts';
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

/** What of a name is an escape, and told from its letters by its colour. */
const MARKED: readonly (readonly [shown: string, escapes: readonly string[]])[] = [
  ['acme/evil:\\u202egnp.exe', ['\\u202e']],
  ['acme/\\x1b[31mred\\x1b[0m:1', ['\\x1b', '\\x1b']],
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
      for (const [shown, escapes] of MARKED) {
        const marked = app.images.row(shown).locator('[data-column="1"] [class*="mark"]');
        await expect(marked).toHaveText(escapes);
      }
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

test('says of an image whose name was lost which one it is, and removes it', async ({ cache, app }) => {
  const { manifestDigest } = cache.image(ALPINE);
  const shown = `no name (${manifestDigest.slice(0, 19)})`;
  runSql(cache.home, `UPDATE image_ref SET reference = '' WHERE reference = ?`, ALPINE);
  await app.open(cache.home);
  await expect(app.images.row(shown)).toContainText(shown);
  await app.images.row(shown).locator('[data-column="1"]').click();
  await expect(app.detail.title).toHaveText('no name');
  await app.detail.askToRemove();
  await app.removal.asks('Remove the image without a name?');
  await app.removal.confirm('Remove');
  await app.removal.reports();
  await app.removal.close();
  await expect(app.images.row(shown)).toBeHidden();
  await expectSound(cache);
});

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

/** The header of a picture of 65,000 by 65,000 pixels: four bytes each would be sixteen gigabytes. */
function pictureBomb(): string {
  const bytes = Buffer.alloc(200);
  bytes.write('\x89PNG\r\n\x1a\n', 'latin1');
  bytes.writeUInt32BE(13, 8);
  bytes.write('IHDR', 12);
  bytes.writeUInt32BE(65_000, 16);
  bytes.writeUInt32BE(65_000, 20);
  return bytes.toString('latin1');
}

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const BEACON = 'http://127.0.0.1:9/beacon';

test.describe('from the files of an image', () => {
  test.use({
    recipe: {
      images: [
        {
          references: ['files:1'],
          layers: [
            {
              createdBy: 'COPY files',
              entries: [
                file(
                  'a.svg',
                  `<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned=1"><image href="${BEACON}"/></svg>`,
                ),
                file(
                  'b.html',
                  `<script>window.pwned=1</script><img src="${BEACON}"><meta http-equiv=refresh content="0;url=${BEACON}">`,
                ),
                file('c.pdf', `%PDF-1.7\n1 0 obj<</OpenAction<</S/URI/URI(${BEACON})>>>>endobj\n\x00\x01`),
                file('d.png', Buffer.from(pictureBomb(), 'latin1')),
                file('e.png', Buffer.from(PIXEL, 'base64')),
                file('f.css', `@import url(${BEACON}); body { background: url(${BEACON}) }`),
                file('g.txt', `see ${BEACON} and javascript:window.pwned=1 \u202efdp.exe`),
              ],
            },
          ],
        },
      ],
    },
  });

  test('previews them as text, bytes or a picture that was looked at first, and loads nothing', async ({
    cache,
    app,
  }) => {
    const elsewhere: string[] = [];
    await app.open(cache.home);
    const { origin } = new URL(app.page.url());
    app.page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith(`blob:${origin}/`))
        elsewhere.push(request.url());
    });
    app.page.on('popup', (popup) => elsewhere.push(`a window: ${popup.url()}`));
    await app.images.open('files:1');
    await app.detail.choose('Files');
    const preview = (name: string) => app.detail.pane.getByRole('region', { name: `Preview of ${name}` });
    const open = async (name: string) => {
      await app.detail.pane.getByRole('row', { name: new RegExp(`^${name}`) }).click();
      await expect(preview(name)).toBeVisible();
    };
    for (const [name, shown] of [
      ['a.svg', '<svg xmlns='],
      ['b.html', '<script>window.pwned=1</script>'],
      ['f.css', '@import url('],
      ['g.txt', 'javascript:window.pwned=1 \\u202efdp.exe'],
    ] as const) {
      await open(name);
      await expect(preview(name).getByRole('region', { name: 'Text of the file' })).toContainText(shown);
      await expectHarmless(app.page);
    }
    for (const name of ['c.pdf', 'd.png']) {
      await open(name);
      await expect(preview(name).getByRole('region', { name: 'Bytes of the file' })).toBeVisible();
      await expectHarmless(app.page);
    }
    await open('e.png');
    const picture = preview('e.png').locator('img');
    await expect(picture).toHaveAttribute('src', new RegExp(`^blob:${origin}/`));
    expect(elsewhere).toEqual([]);
    expect(app.page.url().startsWith(`${origin}/`)).toBe(true);
    expect(await app.page.evaluate(() => 'pwned' in window)).toBe(false);
  });
});

test('shows rows of millions of characters, text that is none and damage as deep as memory, and stays usable', async ({
  cache,
  app,
}) => {
  test.slow();
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const labels = Object.fromEntries(
    Array.from({ length: 64 }, (_, index) => [`label-${index}\u202e`, `${'v'.repeat(1000)}\u001b[31m`]),
  );
  const env = [`HUGE=${'e'.repeat(1_000_000)}`, `RTL=\u202egnp.exe`, '=', 'NO-VALUE', '\ud83d'];
  runSql(
    cache.home,
    `UPDATE config SET env = ?, labels = ?, cmd = ? WHERE manifest_id =
       (SELECT manifest_id FROM image_ref WHERE reference = 'alpine')`,
    JSON.stringify(env),
    JSON.stringify(labels),
    deep,
  );
  await app.open(cache.home);
  await app.images.open(ALPINE);
  await app.detail.choose('Config');
  await expect(app.detail.pair('Environment', 'HUGE')).toContainText('Show more');
  await expect(app.detail.pair('Labels', 'label-7\\u202e')).toContainText('\\x1b[31m');
  await expectHarmless(app.page);
  await app.detail.choose('JSON');
  await app.detail.pane.getByRole('button', { name: 'Inspection' }).click();
  await expect(app.detail.section('inspection JSON')).toContainText('"reference"');
  await expectHarmless(app.page);
  await app.images.find('label-7');
  await app.images.lists([ALPINE]);
  await app.images.clearFind();
  await app.images.open('python:3.12');
  await app.detail.choose('Layers');
  await expect(app.detail.strata).toHaveCount(2);
});

test('keeps hostile names text in exports and in the log of what was removed', async ({ cache, app }) => {
  const names = [
    '=HYPERLINK("http://127.0.0.1:9")',
    '+cmd|calc',
    '-2+3',
    '@SUM(1)',
    'x\u202egnp.exe',
    '"quoted"',
  ];
  for (const name of names) {
    runSql(
      cache.home,
      `INSERT INTO image_ref (reference, manifest_id, created_at, updated_at)
       SELECT ?, manifest_id, created_at, updated_at FROM image_ref WHERE reference = 'alpine'`,
      name,
    );
  }
  await app.open(cache.home);
  await app.showReclaim();
  await app.reclaim.choose('Prune unused images');
  await app.reclaim.setRule('Days without use', 0);
  await expect(app.reclaim.rows.first()).toBeVisible();
  await expectHarmless(app.page);
  const saved = app.page.waitForEvent('download');
  await app.hand.chooseItem(app.button('Export list'), app.page.getByRole('menuitem', { name: 'As CSV' }));
  const csv = readFileSync(await (await saved).path(), 'utf8');
  for (const cell of csv.split(/[,\r\n]/)) expect(cell.replace(/^"+/, '')).not.toMatch(/^[=+\-@]/);
  expect(csv).toContain(`'-2+3`);
  await app.show('Images');
  await app.images.askToRemove('x\\u202egnp.exe');
  await app.removal.confirm('Remove');
  await app.removal.reports();
  await expectHarmless(app.page);
  await app.removal.close();
  await app.show('Activity');
  await app.page.getByRole('button', { expanded: false, name: 'x\\u202egnp.exe' }).click();
  await expect(app.page.getByRole('region', { name: 'What went' })).toContainText('x\\u202egnp.exe');
  await expectHarmless(app.page);
});

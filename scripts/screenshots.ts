import { mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import { launchOptions } from '../e2e/fixtures/launch.ts';
import { layoutProblems } from '../e2e/fixtures/layout.ts';
import { PROVOKED } from '../e2e/fixtures/provoked-errors.ts';
import { runSql } from '../e2e/fixtures/sql.ts';
import { App } from '../e2e/pages/app.ts';
import { DiskMapPage } from '../e2e/pages/disk-map-page.ts';
import { makeCache, openTestCache, type TestCache } from '../test-support/cache.ts';
import { metadataKey, pathSafe } from '../test-support/database.ts';
import { ALL_GARBAGE, addGarbage } from '../test-support/garbage.ts';
import { layer, standardImages } from '../test-support/images.ts';
import { makeLargeCache } from '../test-support/large-cache.ts';
import { startRegistry } from '../test-support/registry.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { scratchDir } from '../test-support/scratch.ts';

// Pictures of every screen and state, in both colour schemes, three sizes and at a zoom of 200 %, for people to look at;
// what a machine sees wrong in them is printed: `npm run screenshots`, or `npm run screenshots -- reclaim layers` for the ones whose name has a word.
// With --forced-colors and --contrast they are made again as such a system shows them, at one size.
// docs/images.png, which the README shows, is one of them.

interface Scene {
  /** What the files are called. */
  readonly name: string;
  /** Brings the app there; gives back how to end what goes on meanwhile, if anything does. */
  readonly show: (app: App) => Promise<void | (() => Promise<void>)>;
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDER = join(ROOT, 'screenshots');
const SIZES = [
  { name: '1100x700', width: 1100, height: 700 },
  { name: '1440x900', width: 1440, height: 900 },
  { name: '2560x1440', width: 2560, height: 1440 },
  // What a page has of 1440 x 900 at 200 %; the picture is half as large.
  { name: 'zoom-200', width: 720, height: 450 },
];
const SCHEMES = ['light', 'dark'] as const;

/** A system setting beside the colour scheme. */
interface Variant {
  /** After the scheme in the names of the files. */
  readonly name: string;
  readonly media: Parameters<Page['emulateMedia']>[0];
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  '--forced-colors': { name: '-forced', media: { forcedColors: 'active' } },
  '--contrast': { name: '-contrast', media: { contrast: 'more' } },
};

const AGENT = 'ghcr.io/acme/agent-runtime:v1.61.0-rc.52';
const PYTHON = 'docker.io/library/python:3.12-slim';
const REDIS = 'docker.io/library/redis:8';
const UBUNTU = 'docker.io/library/ubuntu:24.04';
const APP_1 = 'ghcr.io/acme/app:1';

const SCENES: readonly Scene[] = [
  { name: 'images', show: sample },
  ...(['Overview', 'Config', 'Layers', 'Files', 'JSON'] as const).map((tab) => ({
    name: `image-${tab.toLowerCase()}`,
    show: async (app: App) => {
      await sample(app);
      await app.images.open(AGENT);
      await app.detail.choose(tab);
      if (tab === 'Layers') await app.detail.strata.nth(2).click();
    },
  })),
  {
    name: 'images-grouped-selected',
    show: async (app) => {
      await sample(app);
      await app.images.groupTags();
      await app.images.select(UBUNTU, REDIS);
    },
  },
  {
    name: 'images-row-menu',
    show: async (app) => {
      await sample(app);
      await app.images.row(UBUNTU).locator('[data-column="1"]').click({ button: 'right' });
      await app.page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'images-compact',
    show: async (app) => {
      await sample(app);
      await app.palette.choose('compact', 'Compact rows');
      await app.images.widen('Used by', 48);
    },
  },
  {
    name: 'images-heading-menu',
    show: async (app) => {
      await sample(app);
      await app.images.heading('On disk').click({ button: 'right' });
      await app.page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'images-none-found',
    show: async (app) => {
      await sample(app);
      await app.images.find('nothing has this');
    },
  },
  {
    name: 'images-damaged',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      rmSync(layerFile(cache, APP_1, 1));
      truncateSync(layerFile(cache, 'ghcr.io/acme/app:2', 1), 5000);
      rmSync(join(cache.cacheDir, 'manifests', `${metadataKey('alpine')}.json`));
      await app.open(cache.home);
      await app.images.open(APP_1);
    },
  },
  {
    name: 'images-many',
    show: async (app) => {
      await app.open((await makeLargeCache({ images: 2000, files: 'all', heldImages: 3 })).home);
      await app.images.filterBy('In use');
      await app.images.filterBy('All');
      await app.detail.pane.getByRole('tablist').waitFor();
    },
  },
  {
    name: 'images-loading',
    show: async (app) => {
      await app.page.route('**/ipc/images.*', () => undefined);
      await app.openSample();
      await app.page.getByRole('status').filter({ hasText: 'Reading the images' }).waitFor();
    },
  },
  { name: 'images-pull', show: pulling },
  {
    name: 'connection-lost',
    show: async (app) => {
      app.console.expects(/ERR_/);
      await sample(app);
      await app.stopHost();
      await app.statusBar.getByText('Connection lost').waitFor();
    },
  },
  {
    name: 'database-damaged',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      writeFileSync(cache.databaseFile, 'This is not a database. '.repeat(400));
      await app.open(cache.home);
      await app.notices.getByText('Nothing can be removed from this cache.').waitFor();
    },
  },
  {
    name: 'images-hostile',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      for (const reference of HOSTILE) {
        runSql(
          cache.home,
          `INSERT INTO image_ref (reference, manifest_id, created_at, updated_at)
           SELECT ?, manifest_id, created_at, updated_at FROM image_ref WHERE reference = 'alpine'`,
          reference,
        );
      }
      addSandbox(cache.home, { name: '<b>box</b>\u202e', reference: 'alpine', status: 'Running' });
      await app.open(cache.home);
      await app.counts('10 images');
      await app.detail.pane.getByRole('tablist').waitFor();
    },
  },
  { name: 'remove-asks', show: (app) => askToRemove(app, UBUNTU) },
  { name: 'remove-in-use', show: (app) => askToRemove(app, AGENT) },
  {
    name: 'remove-forced',
    show: async (app) => {
      await askToRemove(app, AGENT);
      await app.removal.confirm('Force remove…');
      await app.removal.asks(`Force remove ${AGENT}?`);
    },
  },
  {
    name: 'remove-many',
    show: async (app) => {
      await sample(app);
      await app.images.select(UBUNTU, REDIS, PYTHON);
      await app.images.askToRemoveSelected();
    },
  },
  {
    name: 'remove-done',
    show: async (app) => {
      await askToRemove(app, UBUNTU);
      await app.removal.confirm('Remove');
      await app.removal.reports();
    },
  },
  {
    name: 'remove-world-changed',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      await app.open(cache.home);
      await app.images.askToRemove(APP_1);
      await app.removal.asks(`Remove ${APP_1}?`);
      const app1 = standardImages().find(({ references }) => references.includes(APP_1))!;
      await cache.load([{ references: ['above:1'], layers: [...app1.layers, layer('RUN more', 'more')] }]);
      await app.removal.confirm('Remove');
      await app.removal.dialog.getByRole('alert').waitFor();
    },
  },
  { name: 'reclaim-garbage', show: (app) => reclaim(app, 'Collect all garbage') },
  { name: 'reclaim-layers', show: (app) => reclaim(app, 'Collect orphaned layers') },
  {
    name: 'reclaim-prune',
    show: async (app) => {
      await reclaim(app, 'Prune unused images');
      await app.page.getByRole('button', { name: 'All conditions' }).click();
    },
  },
  {
    name: 'reclaim-pins',
    show: async (app) => {
      await reclaim(app, 'Prune unused images');
      await app.page.getByRole('button', { name: 'pinned images' }).click();
    },
  },
  {
    name: 'reclaim-done',
    show: async (app) => {
      await reclaim(app, 'Collect all garbage');
      await app.reclaim.reclaim();
      await app.reclaim.reports();
    },
  },
  {
    name: 'reclaim-every-garbage',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      await addGarbage(cache.home, ALL_GARBAGE);
      await app.open(cache.home);
      await app.showReclaim();
    },
  },
  {
    name: 'layers',
    show: async (app) => {
      await sample(app);
      await app.showLayers();
      await app.layers.grid.getByRole('row').nth(1).click();
    },
  },
  {
    name: 'disk-map',
    show: async (app) => {
      await sample(app);
      await app.show('Disk map');
      await new DiskMapPage(app.page, app.hand).map.waitFor();
    },
  },
  ...(['Find a file', 'Compare', 'Activity'] as const).map((view) => ({
    name: view.toLowerCase().replaceAll(' ', '-'),
    show: async (app: App) => {
      await sample(app);
      await app.show(view);
    },
  })),
  {
    name: 'find-a-file-found',
    show: async (app) => {
      await sample(app);
      await app.show('Find a file');
      await app.page.getByLabel('Path inside the images').fill('/etc/passwd');
      await app.page.keyboard.press('Enter');
      await app.main.getByText('/etc/passwd is in 10 images').waitFor();
    },
  },
  {
    name: 'compare-two',
    show: async (app) => {
      await sample(app);
      await app.images.select(AGENT, PYTHON);
      await app.page.getByRole('button', { name: 'Compare' }).last().click();
      await app.main.getByRole('region', { name: 'Configuration' }).waitFor();
    },
  },
  {
    name: 'activity-removed',
    show: async (app) => {
      await askToRemove(app, UBUNTU);
      await app.removal.confirm('Remove');
      await app.removal.reports();
      await app.removal.close();
      await app.show('Activity');
      await app.main.getByText(UBUNTU).first().waitFor();
    },
  },
  {
    name: 'disk-map-file',
    show: async (app) => {
      await sample(app);
      await app.show('Disk map');
      const map = new DiskMapPage(app.page, app.hand);
      await map.drawBy('Kinds');
      await map.choose('Flat root disks');
      await map.chooseFirst();
      await map.file('Flat root disk').getByText('No sandbox breaks').waitFor();
    },
  },
  {
    name: 'health',
    show: async (app) => {
      await sample(app);
      await checkAll(app);
    },
  },
  {
    name: 'health-findings',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      rmSync(layerFile(cache, APP_1, 1));
      truncateSync(layerFile(cache, 'ghcr.io/acme/app:2', 1), 5000);
      rmSync(join(cache.cacheDir, 'manifests', `${metadataKey('alpine')}.json`));
      await app.open(cache.home);
      await checkAll(app);
    },
  },
  {
    name: 'settings',
    show: async (app) => {
      await sample(app);
      await app.openSettings();
    },
  },
  {
    name: 'palette',
    show: async (app) => {
      await sample(app);
      await app.palette.open();
    },
  },
  {
    name: 'palette-found',
    show: async (app) => {
      await sample(app);
      await app.palette.open();
      await app.page.keyboard.type('rem');
      await app.palette.option(/^Remove images/).waitFor();
    },
  },
  {
    name: 'palette-many',
    show: async (app) => {
      await app.open((await makeLargeCache({ images: 2000, files: 'all', heldImages: 3 })).home);
      await app.images.grid.getByRole('checkbox').first().waitFor();
      await app.palette.open();
      await app.page.keyboard.type('service 12');
      await app.palette.options.first().waitFor();
    },
  },
  {
    name: 'shortcuts',
    show: async (app) => {
      await sample(app);
      await app.page.keyboard.press('?');
      await app.page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'about',
    show: async (app) => {
      await sample(app);
      await app.palette.choose('about', 'About Strata');
      await app.page.getByRole('dialog').getByText('linux').waitFor();
    },
  },
  {
    name: 'cache-menu',
    show: async (app) => {
      await sample(app);
      await app.page.getByRole('button', { name: /^Cache: / }).click();
    },
  },
  {
    name: 'open-folder-refused',
    show: async (app) => {
      await sample(app);
      await app.chooseInCacheMenu('Open another folder…');
      await app.openFolder('/no/such/folder');
      await app.page.getByRole('dialog').getByRole('alert').waitFor();
    },
  },
  {
    name: 'read-only',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      runSql(cache.home, 'ALTER TABLE layer RENAME COLUMN blob_digest TO digest');
      await app.open(cache.home);
      await app.images.open('alpine');
    },
  },
  {
    name: 'newer-schema',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      runSql(cache.home, `INSERT INTO seaql_migrations VALUES ('m20991231_000001_later', 1)`);
      await app.open(cache.home);
      await app.images.askToRemove('alpine');
      await app.removal.asks('Remove alpine?');
    },
  },
  {
    name: 'columns',
    show: async (app) => {
      await sample(app);
      await app.page.getByRole('button', { name: 'Columns' }).click();
      await app.page.getByRole('menuitemcheckbox').first().waitFor();
    },
  },
  {
    name: 'vanished',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      await app.open(cache.home);
      await app.images.open(APP_1);
      renameSync(cache.home, `${cache.home}.away`);
      await app.page.getByRole('heading', { name: 'The cache is not there any more' }).waitFor();
    },
  },
  {
    name: 'moved',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      const moved = join(scratchDir('moved'), 'microsandbox');
      renameSync(cache.home, moved);
      await app.open(moved);
      await app.images.open(APP_1);
    },
  },
  ...Object.entries(PROVOKED).map(([code, { provoke }]) => ({
    name: `error-${code}`,
    show: async (app: App) => {
      const cache = await makeCache({ images: standardImages() });
      await provoke(app, cache);
    },
  })),
  { name: 'no-home', show: (app) => app.open(join(scratchDir('nowhere'), 'microsandbox')) },
  { name: 'no-cache', show: async (app) => app.open((await makeCache()).home) },
  {
    name: 'no-images',
    show: async (app) => {
      const cache = await makeCache({ images: standardImages() });
      await cache.msb(['image', 'prune', '-y']);
      await app.open(cache.home);
      await app.page.getByRole('heading', { name: 'No images yet' }).waitFor();
    },
  },
  {
    name: 'not-admitted',
    show: async (app) => {
      app.console.expects(/401/);
      await app.openWithToken(scratchDir('home'), null);
    },
  },
];

const HOSTILE = [
  '<img src=x onerror="window.pwned=1">',
  'acme/evil:\u202egnp.exe',
  'acme/\u001b[31mred\u001b[0m:1',
  'line\nbreak\ttab:1',
  `acme/${'long'.repeat(1022)}:1`,
];

async function sample(app: App): Promise<void> {
  await app.openSample();
  await app.button('Put this notice away').click();
  await app.detail.shows(PYTHON);
}

/** A pull of a known image whose one lost layer comes slowly. */
async function pulling(app: App): Promise<() => Promise<void>> {
  const cache = await makeCache({ images: standardImages() });
  const layers = [layer('RUN base', 'base', 500_000), layer('RUN more', 'more', 800_000)];
  const registry = await startRegistry([{ references: ['team/app:2.1'], layers }]);
  const pull = () => cache.msb(['pull', '--quiet', '--insecure', registry.references[0]!]);
  await pull();
  rmSync(layerFile(openTestCache(cache.home), registry.references[0]!, 1));
  registry.hold(300_000);
  const pulled = pull();
  await app.open(cache.home);
  const strip = app.page.getByRole('group').filter({ hasText: '1 of 2 layers' });
  await strip.getByText('1 pull in progress').click();
  return async () => {
    registry.release();
    await pulled;
    await registry.close();
  };
}

async function checkAll(app: App): Promise<void> {
  await app.images.grid.getByRole('checkbox').first().waitFor();
  await app.button('Check all images').click();
  await app.page.getByRole('dialog').getByRole('button', { name: 'Check again' }).waitFor();
}

async function askToRemove(app: App, reference: string): Promise<void> {
  await sample(app);
  await app.images.askToRemove(reference);
  await app.removal.dialog.getByRole('button', { name: /^(Remove|Force remove…)$/ }).waitFor();
}

async function reclaim(app: App, choice: Parameters<App['reclaim']['choose']>[0]): Promise<void> {
  await sample(app);
  await app.showReclaim();
  await app.reclaim.choose(choice);
  await app.reclaim.announcedBytes();
}

function layerFile(cache: TestCache, reference: string, position: number): string {
  const diffId = cache.image(reference).diffIds[position]!;
  return join(cache.cacheDir, 'layers', `${pathSafe(diffId)}.erofs`);
}

async function photograph(
  browser: Browser,
  { name, show }: Scene,
  variants: readonly Variant[],
): Promise<void> {
  const context = await browser.newContext({ viewport: SIZES[1]!, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const app = new App(page, 'mouse');
  try {
    const end = await show(app);
    if (variants.length === 0) await photographSizes(app, name);
    for (const variant of variants) await photographVariant(app, name, variant);
    await end?.();
    await app.close();
  } finally {
    await context.close();
  }
}

async function photographSizes(app: App, name: string): Promise<void> {
  const { page } = app;
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await settle(app);
      if (colorScheme === 'light') {
        for (const problem of await layoutProblems(page)) console.log(`${name}, ${size.name}: ${problem}`);
      }
      await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}-${size.name}.png`) });
      if (name === 'image-layers' && colorScheme === 'light' && size === SIZES[1]) {
        await app.detail.strata.nth(2).click();
        await page.mouse.move(0, 0);
        await page.screenshot({ path: join(ROOT, 'docs', 'images.png') });
        await app.detail.strata.nth(2).click();
      }
    }
  }
}

async function photographVariant(app: App, name: string, variant: Variant): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await app.page.emulateMedia({ colorScheme, forcedColors: null, contrast: null, ...variant.media });
    await settle(app);
    await app.page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}${variant.name}.png`) });
  }
}

/** Fonts are there, and two frames have been drawn since the last change. */
async function settle(app: App): Promise<void> {
  await app.page.mouse.move(0, 0);
  await app.page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

const given = process.argv.slice(2);
const variants = given.flatMap((word) => VARIANTS[word] ?? []);
const words = given.filter((word) => VARIANTS[word] === undefined);
const scenes = SCENES.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch(await launchOptions());
for (const scene of scenes) {
  await photograph(browser, scene, variants);
  console.log(scene.name);
}
await browser.close();

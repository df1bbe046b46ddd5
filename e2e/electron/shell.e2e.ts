import { type ElectronApplication, expect, type Page, test } from 'playwright/test';
import { launchApp, makeDataDir, obstacle } from './launch-app.ts';

const reason = obstacle();
if (reason !== null && process.env.TEST_WORKER_INDEX === undefined) {
  console.log(`The Electron tests are skipped. ${reason}`);
}
test.skip(reason !== null, reason ?? '');

let dataDir: string;
let app: ElectronApplication;
let page: Page;

test.beforeEach(async () => {
  dataDir = makeDataDir();
  app = await launchApp(dataDir, ['--sample']);
  page = await app.firstWindow();
});

test.afterEach(() => app.close());

test('shows the images of the sample cache', async () => {
  await expect(page.getByRole('contentinfo').last()).toContainText('Live');
  await expect(page).toHaveURL('app://strata/index.html');
  await expect(page.getByRole('main', { name: 'Images' })).toBeVisible();
});

test('gives the page the bridge and nothing of Node', async () => {
  const globals = await page.evaluate(() => ({
    node: [typeof globalThis.process, 'require' in globalThis, 'module' in globalThis],
    bridge: Object.keys((globalThis as unknown as { strata: object }).strata).sort(),
  }));
  expect(globals).toEqual({ node: ['undefined', false, false], bridge: ['onMessage', 'send', 'shell'] });
});

test('runs the page in a sandbox, isolated', async () => {
  const preferences = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getLastWebPreferences(),
  );
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  });
});

test('lets the page go nowhere, open nothing and load nothing', async () => {
  const outcome = await page.evaluate(async () => {
    const opened = window.open('https://example.com');
    const fetched = await fetch('https://example.com').then(
      () => 'fetched',
      () => 'refused',
    );
    const script = document.createElement('script');
    script.textContent = 'window.ranInline = true';
    document.body.append(script);
    location.href = 'https://example.com';
    return { opened: opened !== null, fetched, ranInline: 'ranInline' in window };
  });
  expect(outcome).toEqual({ opened: false, fetched: 'refused', ranInline: false });
  await expect(page).toHaveURL('app://strata/index.html');
  expect(app.windows()).toHaveLength(1);
});

test('hands a second start over to the first', async () => {
  const second = await launchApp(dataDir, ['strata://image/alpine']).catch(() => null);
  await second?.close().catch(() => {});
  expect(app.windows()).toHaveLength(1);
  const third = app.waitForEvent('window');
  await launchApp(dataDir, ['--home', dataDir]).catch(() => null);
  await expect(await third).toHaveURL('app://strata/index.html');
});

test('quits by itself when its last window is closed', async () => {
  test.skip(process.platform === 'darwin', 'apps stay there without a window');
  const ended = new Promise((resolve) => app.process().once('exit', resolve));
  await page.close();
  expect(await ended).toBe(0);
});

/**
 * Runs the built app, out/main/main.js with out/preload/preload.cjs, in plain Node on the stand-in for
 * electron, plays its page, quits, and prints what happened as JSON:
 *
 *     node scripts/fake-electron/run-built.ts [the app's options]
 *
 * Finds what tests of the sources cannot: chunks that look for each other in the wrong place, modules in the
 * wrong format, a worker that does not start.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { StrataBridge } from '../../src-shared/ipc/bridge.ts';
import type { ServerMessage } from '../../src-shared/ipc/contract.ts';
import * as electron from './electron.ts';
import { loadBuilt } from './load-built.ts';
import { runPreload } from './page.ts';

const { app, BrowserWindow, protocol } = electron;
type Window = InstanceType<typeof BrowserWindow>;

/** Makes calls through the bridge, as the page's client does. */
function createCaller(bridge: StrataBridge): (call: string, input?: object) => Promise<unknown> {
  const waiting = new Map<number, (result: unknown) => void>();
  bridge.onMessage(({ id, line, isLast }: ServerMessage) => {
    if (isLast) waiting.get(id)?.(JSON.parse(line));
  });
  let lastId = 0;
  return (call, input = {}) =>
    new Promise((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      bridge.send({ kind: 'start', id: lastId, call, input });
    });
}

async function fetchFromApp(url: string) {
  const response = (await protocol.handlers.get('app')?.(new Request(url))) as Response;
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}

const exited = new Promise<number>((resolve) => app.once('exited', resolve));
void exited.then((code) => process.exit(code));
const hasQuit = new Promise<void>((resolve) => app.once('will-quit', () => resolve()));

// What a page says of itself: it has the bridge, and nothing of Node.
app.on('web-contents-created', (_event, contents: electron.FakeWebContents) => {
  contents.evaluate = (code) => (code.includes('strata') ? true : 'undefinedundefined');
});

await loadBuilt(process.argv.slice(2));
app.becomeReady();
while (BrowserWindow.all[0]?.isShown !== true) await delay(10);

const [window] = BrowserWindow.all as [Window];
const { required, bridge, exposed } = runPreload(window);
const call = createCaller(bridge);
const happened = {
  exposed,
  required,
  versions: bridge.shell.versions,
  webPreferences: window.options.webPreferences,
  pageUrl: window.webContents.mainFrame.url,
  page: await fetchFromApp('app://strata/index.html'),
  outside: await fetchFromApp('app://strata/../main/main.js'),
  home: await call('home.get'),
  images: await call('images.list'),
  refused: await call('images.get', { reference: 7 }),
};
if (!process.argv.includes('--smoke')) app.quit();
await hasQuit;
process.stdout.write(`${JSON.stringify(happened)}\n`);

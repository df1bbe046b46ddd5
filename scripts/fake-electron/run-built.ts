/**
 * Runs the built app, out/main/main.js with out/preload/preload.cjs, in plain Node on the stand-in for
 * electron, plays its page, quits, and prints what happened as JSON:
 *
 *     node scripts/fake-electron/run-built.ts [the app's options]
 *
 * Finds what tests of the sources cannot: chunks that look for each other in the wrong place, modules in the
 * wrong format, a worker that does not start.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import type { StrataBridge } from '../../src-shared/ipc/bridge.ts';
import type { ServerMessage } from '../../src-shared/ipc/contract.ts';
import * as electron from './electron.ts';

const STAND_IN = new URL('./electron.ts', import.meta.url).href;
const MAIN = new URL('../../out/main/main.js', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: STAND_IN, shortCircuit: true } : next(specifier, context),
});

const { app, BrowserWindow, protocol } = electron;
type Window = InstanceType<typeof BrowserWindow>;

/** Runs the preload script as Electron's sandbox does: one file, `electron` its only module. */
function runPreload({ webContents, options }: Window) {
  const required: string[] = [];
  const exposed: Record<string, unknown> = {};
  const ipcRenderer = {
    send: (channel: string, ...parameters: unknown[]) => webContents.receive(channel, parameters),
    invoke: (channel: string, request: unknown) => webContents.receiveInvoke(channel, request),
    on: (channel: string, listener: (event: object, payload: unknown) => void) => {
      webContents.on('sent', (sentTo: string, payload: unknown) => {
        if (sentTo === channel) listener({}, payload);
      });
    },
    off: () => {},
  };
  const contextBridge = {
    exposeInMainWorld: (name: string, api: unknown) => {
      exposed[name] = api;
    },
  };
  const { preload, additionalArguments } = options.webPreferences as {
    preload: string;
    additionalArguments: string[];
  };
  const require = (name: string) => {
    required.push(name);
    return { contextBridge, ipcRenderer };
  };
  const sandbox = { require, exports: {}, module: {}, process: { ...process, argv: additionalArguments } };
  runInNewContext(readFileSync(preload, 'utf8'), sandbox, { filename: preload });
  return { required, bridge: exposed.strata as StrataBridge, exposed: Object.keys(exposed) };
}

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

process.argv = [process.execPath, MAIN, ...process.argv.slice(2)];
const exited = new Promise<number>((resolve) => app.once('exited', resolve));
void exited.then((code) => process.exit(code));
const hasQuit = new Promise<void>((resolve) => app.once('will-quit', () => resolve()));

// What a page says of itself: it has the bridge, and nothing of Node.
app.on('web-contents-created', (_event, contents: electron.FakeWebContents) => {
  contents.evaluate = (code) => (code.includes('strata') ? true : 'undefinedundefined');
});

await import(MAIN);
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

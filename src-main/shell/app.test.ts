import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as electron from '../../scripts/fake-electron/electron.ts';
import { CHANNELS } from '../../src-shared/ipc/channels.ts';
import { startEngineWorker } from '../ipc/engine-worker.ts';
import type { Log } from '../ipc/incident.ts';
import { CONTENT_SECURITY_POLICY } from '../ipc/security-headers.ts';
import type { Launch } from '../ipc/start-engine.ts';

vi.mock('electron', () => import('../../scripts/fake-electron/electron.ts'));
vi.mock('../ipc/start-engine.ts', () => ({
  strataFolder: () => join(dir, 'data'),
  startEngine: ({ home, sample }: Launch, log: Log) =>
    startEngineWorker({
      engine: {
        homeOption: home ?? '/default',
        startWithSample: sample,
        env: {},
        userHome: dir,
        sampleArchive: '',
        scratchDir: dir,
        dataDir: dir,
      },
      workerUrl: new URL('../ipc/fixtures/stub-engine.ts', import.meta.url),
      log,
    }),
}));
vi.mock('../ipc/incident.ts', async (original) => ({
  ...(await original<typeof import('../ipc/incident.ts')>()),
  logToStderr: () => {},
}));
vi.mock('../ipc/program-files.ts', () => ({
  RENDERER_DIR: join(dir, 'renderer'),
  PRELOAD_FILE: '/app/out/preload/preload.cjs',
  ICON_FILE: '/app/resources/icon/linux/256x256.png',
}));

const { app, BrowserWindow, dialog, Menu, nativeTheme, Notification, protocol, session, shell } = electron;
const { dir } = vi.hoisted(() => ({ dir: `${process.env.TMPDIR ?? '/tmp'}/strata-test-app-${process.pid}` }));

// Workers start in these tests, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

function eventually<T>(check: () => T): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000 });
}

type FakeWindow = InstanceType<typeof BrowserWindow>;

/** The window opened last. */
function lastWindow(): FakeWindow {
  return BrowserWindow.all.at(-1) as FakeWindow;
}

let lastId = 0;

/** A call as the page's bridge makes it; gives the result. */
async function call(
  window: FakeWindow,
  name: string,
  input: object = {},
): Promise<{ ok: boolean; value?: unknown }> {
  const id = ++lastId;
  window.webContents.receive(CHANNELS.start, [id, name, JSON.stringify(input)]);
  return eventually(() => {
    const line = linesOf(window, id).find((one) => one.isLast);
    if (line === undefined) throw new Error('no answer yet');
    return JSON.parse(line.line);
  });
}

function linesOf(window: FakeWindow, id: number): { id: number; line: string; isLast: boolean }[] {
  return window.webContents.sent
    .filter(({ channel }) => channel === CHANNELS.line)
    .map(({ payload }) => payload as { id: number; line: string; isLast: boolean })
    .filter((line) => line.id === id);
}

function commandsTo(window: FakeWindow): unknown[] {
  return window.webContents.sent
    .filter(({ channel }) => channel === CHANNELS.command)
    .map(({ payload }) => payload);
}

async function openAnother(home: string): Promise<FakeWindow> {
  const count = BrowserWindow.all.length;
  app.emit('second-instance', {}, [], '', { argv: ['--home', home], cwd: '/' });
  expect(BrowserWindow.all).toHaveLength(count + 1);
  const window = lastWindow();
  await call(window, 'home.get');
  return window;
}

let first: FakeWindow;

beforeAll(async () => {
  mkdirSync(join(dir, 'renderer'), { recursive: true });
  writeFileSync(join(dir, 'renderer', 'index.html'), '<title>Strata</title>');
  process.argv = ['electron', '.', '--home', '/first', 'strata://image/alpine'];
  const { startApp } = await import('./app.ts');
  startApp();
  app.becomeReady();
  await eventually(() => expect(lastWindow()?.isShown).toBe(true));
  first = lastWindow();
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('before the app is ready', () => {
  it('keeps its profile in the data folder and takes the lock, handing over its arguments', () => {
    expect(app.paths.get('userData')).toBe(join(dir, 'data', 'browser'));
    expect(app.lockData).toEqual({
      argv: ['.', '--home', '/first', 'strata://image/alpine'],
      cwd: process.cwd(),
    });
  });

  it('sandboxes every process, gives its scheme an origin and sends no crash dumps anywhere', () => {
    expect(app.isSandboxEnabled).toBe(true);
    expect(protocol.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    expect(electron.crashReporter.options).toEqual({ uploadToServer: false });
  });
});

describe('a window', () => {
  it('gives its page nothing of Node and nothing that is not written down', () => {
    expect(first.options.webPreferences).toEqual({
      preload: '/app/out/preload/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      plugins: false,
      navigateOnDragDrop: false,
      disableDialogs: true,
      spellcheck: false,
      devTools: true,
      additionalArguments: ['--strata-version=1.2.3'],
    });
  });

  it('opens hidden, in the colour of its theme, and shows itself once there is something to see', () => {
    expect(first.options).toMatchObject({ show: false, backgroundColor: '#f7f7f5', minWidth: 900 });
    expect(first.isShown).toBe(true);
    nativeTheme.shouldUseDarkColors = true;
    nativeTheme.emit('updated');
    expect(first.background).toBe('#161615');
  });

  it('loads the page from the app’s own scheme', () => {
    expect(first.webContents.mainFrame.url).toBe('app://strata/index.html');
  });

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    'refuses %s',
    (name) => {
      const event = electron.fakeEvent(first.webContents);
      first.webContents.emit(name, event, 'https://example.com');
      expect(event.isPrevented).toBe(true);
    },
  );

  it('opens no other window for its page', () => {
    for (const url of ['https://example.com', 'app://strata/index.html', 'about:blank']) {
      expect(first.webContents.windowOpenHandler({ url })).toEqual({ action: 'deny' });
    }
  });
});

describe('the app protocol', () => {
  async function ask(url: string, method = 'GET'): Promise<Response> {
    return (await protocol.handlers.get('app')?.(new Request(url, { method }))) as Response;
  }

  it('serves the interface with the content security policy', async () => {
    const page = await ask('app://strata/index.html');
    expect(await page.text()).toBe('<title>Strata</title>');
    expect(page.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    'app://strata/../../etc/passwd',
    'app://strata/%2e%2e/package.json',
    'app://strata/nothing.js',
    'app://strata/index.html?x=1',
    'app://other/index.html',
  ])('has nothing at %s', async (url) => {
    const reply = await ask(url);
    expect(reply.status).toBe(404);
    expect(reply.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
  });

  it('only reads', async () => {
    expect((await ask('app://strata/index.html', 'POST')).status).toBe(405);
  });
});

describe('the session', () => {
  const { defaultSession } = session;

  function isGranted(permission: string, requestingUrl = 'app://strata/index.html'): unknown {
    let granted: unknown = null;
    const decide = (answer: unknown): void => {
      granted = answer;
    };
    const request = defaultSession.onPermissionRequest as (...parameters: unknown[]) => void;
    request(null, permission, decide, { requestingUrl });
    const check = defaultSession.onPermissionCheck as (...parameters: unknown[]) => unknown;
    expect(check(null, permission, requestingUrl, {})).toBe(granted);
    return granted;
  }

  it.each([
    'media',
    'geolocation',
    'notifications',
    'midi',
    'clipboard-read',
    'fullscreen',
    'openExternal',
    'usb',
    'hid',
  ])('denies %s', (permission) => {
    expect(isGranted(permission)).toBe(false);
  });

  it('lets our own page copy text, and no other', () => {
    expect(isGranted('clipboard-sanitized-write')).toBe(true);
    expect(isGranted('clipboard-sanitized-write', 'https://example.com/')).toBe(false);
  });

  it('has no devices', () => {
    expect((defaultSession.onDevicePermission as () => unknown)()).toBe(false);
  });

  it.each([
    ['app://strata/assets/index.js', false],
    ['data:image/png;base64,AA==', false],
    ['https://example.com/a.js', true],
    ['http://127.0.0.1:8080/', true],
    ['ws://example.com/', true],
    ['file:///etc/passwd', true],
    ['app://other/', true],
  ])('for %s: cancelled is %s', (url, isCancelled) => {
    const decisions: unknown[] = [];
    const filter = defaultSession.onBeforeRequest as (...parameters: unknown[]) => void;
    filter({ url }, (decision: unknown) => void decisions.push(decision));
    expect(decisions).toEqual([{ cancel: isCancelled }]);
  });

  it('downloads nothing but what the page made itself', () => {
    const isRefused = (url: string): boolean => {
      const event = electron.fakeEvent(first.webContents);
      defaultSession.emit('will-download', event, { getURL: () => url });
      return event.isPrevented;
    };
    expect(isRefused('https://example.com/x')).toBe(true);
    expect(isRefused('blob:https://example.com/1')).toBe(true);
    expect(isRefused('blob:app://strata/1')).toBe(false);
  });
});

describe('calls of a page', () => {
  it('reach the engine of the window, which shows the home it was started with', async () => {
    expect(await call(first, 'home.get')).toEqual({ ok: true, value: { home: '/first', isSample: false } });
    expect(first.title).toBe('/first — Strata');
  });

  it('keep their window’s title from the page', () => {
    const event = electron.fakeEvent(first.webContents);
    first.emit('page-title-updated', event, 'Your bank');
    expect(event.isPrevented).toBe(true);
  });

  it.each([
    ['a frame that is gone', null],
    ['a child frame', { url: 'app://strata/index.html', parent: {} as never, detached: false }],
    ['a frame that navigated', { url: 'https://example.com/', parent: null, detached: false }],
    ['a page that was replaced', { url: 'app://strata/index.html', parent: null, detached: true }],
  ])('from %s are not heard', async (_title, frame) => {
    const { webContents } = first;
    webContents.receive(CHANNELS.start, [9001, 'images.list', '{}'], frame);
    await expect(webContents.receiveInvoke(CHANNELS.shell, { kind: 'choose-home' }, frame)).rejects.toThrow();
    await call(first, 'images.list');
    expect(linesOf(first, 9001)).toEqual([]);
  });

  it.each([
    [['1', 'images.list', '{}']],
    [[1.5, 'images.list', '{}']],
    [[Number.NaN, 'images.list', '{}']],
    [[9002, 7, '{}']],
    [[9002, 'images.list', {}]],
    [[9002, 'images.list']],
    [[]],
  ])('with %j are not heard', async (parameters) => {
    const before = first.webContents.sent.length;
    first.webContents.receive(CHANNELS.start, parameters);
    first.webContents.receive(CHANNELS.cancel, parameters);
    await call(first, 'images.list');
    expect(first.webContents.sent).toHaveLength(before + 1);
  });

  it('that are not in the contract are answered so', async () => {
    expect(await call(first, 'shell.run')).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
  });

  it('end when the page is loaded again, whose own calls may have the same ids', async () => {
    const { webContents } = first;
    webContents.receive(CHANNELS.start, [7001, 'cache.watch', '{}']);
    await eventually(() => expect(linesOf(first, 7001)).toHaveLength(1));
    webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    webContents.receive(CHANNELS.start, [7001, 'images.list', '{}']);
    await eventually(() => expect(linesOf(first, 7001)).toHaveLength(2));
    expect(linesOf(first, 7001)[1]?.line).toBe('{"ok":true,"value":[]}');
    expect(existsSync(join(dir, 'watch-ended'))).toBe(true);
  });
});

describe('what the bridge asks of the shell', () => {
  const ask = (request: unknown, window = first): Promise<unknown> =>
    window.webContents.receiveInvoke(CHANNELS.shell, request);

  it('lets a person choose a home, and opens nothing', async () => {
    dialog.chosen = { canceled: true, filePaths: [] };
    expect(await ask({ kind: 'choose-home' })).toBeNull();
    dialog.chosen = { canceled: false, filePaths: ['/chosen'] };
    expect(await ask({ kind: 'choose-home' })).toBe('/chosen');
    expect(await call(first, 'home.get')).toMatchObject({ value: { home: '/first' } });
  });

  it('opens no more windows than a person can want, however many a page or a start asks for', async () => {
    const isOpen = () => BrowserWindow.all.filter(({ isClosed }) => !isClosed);
    const before = isOpen();
    for (let count = 0; count < 50; count += 1) await ask({ kind: 'open-window', home: `/many/${count}` });
    app.emit('second-instance', {}, [], '', { argv: ['--home', '/one/more'], cwd: '/' });
    expect(isOpen()).toHaveLength(16);
    for (const window of isOpen()) if (!before.includes(window)) window.close();
    first.focus();
  });

  it('follows the theme that was chosen', async () => {
    await ask({ kind: 'set-theme', theme: 'dark' });
    expect(nativeTheme.themeSource).toBe('dark');
  });

  it('shows places of the cache that is open, and says when there is none', async () => {
    const home = join(dir, 'shown');
    mkdirSync(home);
    const window = await openAnother(home);
    expect(await ask({ kind: 'reveal', target: { kind: 'home' } }, window)).toBe(true);
    expect(shell.shown).toEqual([home]);
    expect(await ask({ kind: 'reveal', target: { kind: 'home' } })).toBe(false);
    window.close();
  });

  it.each([
    { kind: 'run', path: '/bin/sh' },
    { kind: 'choose-home', more: 1 },
    { kind: 'open-window', home: 'relative' },
    { kind: 'open-window', home: '/a\0b' },
    { kind: 'open-window' },
    { kind: 'reveal', target: { kind: 'cache-file', path: 7 } },
    { kind: 'reveal', target: '/etc/passwd' },
    { kind: 'set-theme', theme: 'red' },
    'choose-home',
    null,
  ])('refuses %j', async (request) => {
    await expect(ask(request)).rejects.toThrow('The window cannot do that');
  });
});

describe('commands', () => {
  it('wait for a page that does not listen yet: the deep link of the start', () => {
    expect(commandsTo(first)).toEqual([]);
    first.webContents.receive(CHANNELS.listening, []);
    expect(commandsTo(first)).toEqual([{ kind: 'show-image', reference: 'alpine' }]);
  });

  it('of the menu go to the window in front', async () => {
    const second = await openAnother('/second');
    second.webContents.receive(CHANNELS.listening, []);
    second.focus();
    const items = (Menu.template as { submenu?: { label?: string; click?: () => void }[] }[]).flatMap(
      ({ submenu }) => submenu ?? [],
    );
    items.find(({ label }) => label === 'Find')?.click?.();
    first.focus();
    items.find(({ label }) => label === 'Collect Garbage…')?.click?.();
    expect(commandsTo(second)).toEqual([{ kind: 'menu', command: 'find' }]);
    expect(commandsTo(first).at(-1)).toEqual({ kind: 'menu', command: 'collect-garbage' });
    second.close();
  });

  it('of a deep link go to the window in front, and nothing goes for a hostile link', () => {
    const event = electron.fakeEvent(first.webContents);
    const before = commandsTo(first).length;
    app.emit('open-url', event, 'strata://image/busybox:1.36');
    app.emit('open-url', event, 'strata://image/<script>');
    app.emit('open-url', event, 'strata://remove/busybox');
    expect(event.isPrevented).toBe(true);
    expect(commandsTo(first).slice(before)).toEqual([{ kind: 'show-image', reference: 'busybox:1.36' }]);
  });
});

describe('a second start', () => {
  it('brings the window forward when it asks for nothing', () => {
    first.hasFocus = false;
    const count = BrowserWindow.all.length;
    app.emit('second-instance', {}, [], '', { argv: ['.'], cwd: '/' });
    expect(first.hasFocus).toBe(true);
    expect(BrowserWindow.all).toHaveLength(count);
  });

  it('opens another cache in a window with an engine of its own', async () => {
    const second = await openAnother('/second');
    expect(await call(second, 'home.get')).toMatchObject({ value: { home: '/second' } });
    expect(await call(first, 'home.get')).toMatchObject({ value: { home: '/first' } });
    second.close();
  });

  it('shows a home whose name would hide or turn round its window’s title as text', async () => {
    const window = await openAnother('/evil\u202e/gnp\u200f');
    expect(window.title).toBe('/evil\\u{202e}/gnp\\u{200f} — Strata');
    window.close();
  });

  it('brings the window forward that shows the cache already', () => {
    const count = BrowserWindow.all.length;
    app.emit('second-instance', {}, [], '', { argv: ['--home', '/first'], cwd: '/' });
    expect(BrowserWindow.all).toHaveLength(count);
  });

  it.each([null, { argv: [], cwd: 'x' }, { argv: ['--home'], cwd: '/' }])('does nothing for %j', (data) => {
    first.hasFocus = false;
    app.emit('second-instance', {}, [], '', data);
    expect(first.hasFocus).toBe(false);
  });
});

describe('windows with different caches', () => {
  it('hear nothing of each other', async () => {
    const one = await openAnother('/one');
    const other = await openAnother('/other');
    for (const window of [one, other])
      window.webContents.receive(CHANNELS.start, [8001, 'cache.watch', '{}']);
    await eventually(() => expect(linesOf(one, 8001)).toHaveLength(1));
    await eventually(() => expect(linesOf(other, 8001)).toHaveLength(1));
    const before = other.webContents.sent.length;
    expect(await call(one, 'images.get', { reference: 'only-in-one' })).toMatchObject({ ok: true });
    await call(other, 'images.list');
    expect(other.webContents.sent).toHaveLength(before + 1);
    expect(JSON.stringify(other.webContents.sent)).not.toContain('only-in-one');
    one.close();
    other.close();
  });

  it('get the link that a second start brings for their cache, whichever is in front', async () => {
    const one = await openAnother('/one');
    one.webContents.receive(CHANNELS.listening, []);
    first.focus();
    const argv = ['--home', '/one', 'strata://image/alpine:3'];
    app.emit('second-instance', {}, [], '', { argv, cwd: '/' });
    expect(commandsTo(one)).toEqual([{ kind: 'show-image', reference: 'alpine:3' }]);
    expect(commandsTo(first)).not.toContainEqual({ kind: 'show-image', reference: 'alpine:3' });
    one.close();
  });

  it('are not opened twice for one cache, not even before the first one’s page has asked', () => {
    const count = BrowserWindow.all.length;
    const start = { argv: ['--home', '/slow'], cwd: '/' };
    app.emit('second-instance', {}, [], '', start);
    app.emit('second-instance', {}, [], '', start);
    expect(BrowserWindow.all).toHaveLength(count + 1);
    lastWindow().close();
  });

  it('are remembered for the menu, and a folder the system hands over opens in one', async () => {
    const event = electron.fakeEvent(first.webContents);
    app.emit('open-file', event, '/handed-over');
    expect(event.isPrevented).toBe(true);
    await call(lastWindow(), 'home.get');
    await call(lastWindow(), 'home.recent');
    const file = (
      Menu.template as { label?: string; submenu?: { label?: string; submenu?: { label?: string }[] }[] }[]
    )
      .flatMap(({ submenu }) => submenu ?? [])
      .find(({ label }) => label === 'Open Recent');
    expect(file?.submenu?.[0]?.label).toBe('/handed-over');
    lastWindow().close();
  });
});

describe('an engine that dies', () => {
  it('leaves a report under the number the page is told, and the next call starts another on the same cache', async () => {
    const window = await openAnother('/dying');
    const died = await call(window, 'images.get', { reference: 'crash' });
    expect(died).toMatchObject({ ok: false, error: { code: 'internal' } });
    const { incident } = (died as unknown as { error: { incident: string } }).error;
    const crashes = join(dir, 'data', 'crashes');
    const reports = readdirSync(crashes).map((name) => readFileSync(join(crashes, name), 'utf8'));
    expect(reports.join()).toContain(`incident ${incident} in the engine`);
    expect(await call(window, 'home.get')).toMatchObject({ ok: true, value: { home: '/dying' } });
    window.close();
  });
});

describe('an operation', () => {
  it('shows its progress on the window', async () => {
    const { webContents } = first;
    webContents.receive(CHANNELS.start, [5001, 'cache.gc', '{}']);
    await eventually(() => expect(first.progress.at(-1)).toBe(0.25));
    webContents.receive(CHANNELS.cancel, [5001]);
    await eventually(() => expect(first.progress.at(-1)).toBe(-1));
  });

  it('says that it ended when it took long and nobody was looking', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    first.hasFocus = false;
    Notification.shown.length = 0;
    first.webContents.receive(CHANNELS.start, [5002, 'cache.gc', '{}']);
    await eventually(() => expect(first.progress.at(-1)).toBe(0.25));
    vi.setSystemTime(Date.now() + 6000);
    first.webContents.receive(CHANNELS.cancel, [5002]);
    await eventually(() => expect(Notification.shown).toHaveLength(1));
    vi.useRealTimers();
    expect(Notification.shown[0]?.options).toEqual({
      title: 'Strata',
      body: 'Stopped. 1 item removed, 10 B freed.',
    });
    Notification.shown[0]?.emit('click');
    expect(first.hasFocus).toBe(true);
  });
});

describe('a page that crashes', () => {
  it('leaves a report on this machine and is loaded again when the person wants', async () => {
    const window = await openAnother('/crashing');
    dialog.response = 0;
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 11 });
    await eventually(() => expect(window.webContents.reloads).toBe(1));
    expect(JSON.stringify(dialog.messages.at(-1))).toContain(join(dir, 'data', 'crashes'));
    dialog.response = 1;
    window.webContents.emit('render-process-gone', {}, { reason: 'oom', exitCode: 1 });
    await eventually(() => expect(window.isClosed).toBe(true));
  });
});

describe('closing a window during a removal', () => {
  async function busyWindow(): Promise<FakeWindow> {
    const window = await openAnother('/removing');
    window.webContents.receive(CHANNELS.start, [1, 'cache.gc', '{}']);
    await eventually(() => expect(window.progress.at(-1)).toBe(0.25));
    return window;
  }

  it('asks, and stays, or waits for the end, as the person wants', async () => {
    const window = await busyWindow();
    dialog.response = 2;
    window.close();
    await eventually(() =>
      expect(dialog.messages.at(-1)).toMatchObject({
        message: 'A removal is under way.',
        buttons: ['Finish, Then Close', 'Stop and Close', 'Cancel'],
        cancelId: 2,
      }),
    );
    // The answer comes a turn later.
    await new Promise(setImmediate);
    expect(window.isClosed).toBe(false);
    dialog.response = 0;
    const asked = dialog.messages.length;
    window.close();
    await eventually(() => expect(dialog.messages).toHaveLength(asked + 1));
    expect(window.isClosed).toBe(false);
    window.webContents.receive(CHANNELS.cancel, [1]);
    await eventually(() => expect(window.isClosed).toBe(true));
  });

  it('stops it where it is safe when that is wanted', async () => {
    rmSync(join(dir, 'stopped-safely'), { force: true });
    const window = await busyWindow();
    dialog.response = 1;
    window.close();
    await eventually(() => expect(window.isClosed).toBe(true));
    await eventually(() => expect(existsSync(join(dir, 'stopped-safely'))).toBe(true));
  });
});

describe('quitting', () => {
  it('remembers where a window stood when it is closed', async () => {
    const window = await openAnother('/closing');
    window.close();
    expect(existsSync(join(dir, 'data', 'windows.json'))).toBe(true);
  });

  it('waits until an operation has stopped where it is safe, in a closed window too', async () => {
    rmSync(join(dir, 'stopped-safely'), { force: true });
    const window = await openAnother('/busy');
    window.webContents.receive(CHANNELS.start, [1, 'cache.gc', '{}']);
    await eventually(() => expect(window.progress.at(-1)).toBe(0.25));
    dialog.response = 2;
    const asked = dialog.messages.length;
    app.quit();
    await eventually(() => expect(dialog.messages).toHaveLength(asked + 1));
    expect(dialog.messages.at(-1)).toMatchObject({
      buttons: ['Finish, Then Quit', 'Stop and Quit', 'Cancel'],
    });
    expect(existsSync(join(dir, 'stopped-safely'))).toBe(false);
    expect(app.hasQuit).toBe(false);
    dialog.response = 1;
    window.close();
    await eventually(() => expect(window.isClosed).toBe(true));
    app.quit();
    app.quit();
    expect(app.hasQuit).toBe(false);
    await eventually(() => expect(app.hasQuit).toBe(true));
    expect(existsSync(join(dir, 'stopped-safely'))).toBe(true);
  });
});

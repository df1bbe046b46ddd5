import { join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, nativeTheme, screen } from 'electron';
import type { HomeState } from '../../src-shared/domain/home.ts';
import { type Log, reportIncident } from '../ipc/incident.ts';
import { type Launch, startEngine } from '../ipc/start-engine.ts';
import { askBeforeEnding } from './ask-before-ending.ts';
import { contextMenuTemplate } from './context-menu.ts';
import { keepCrashReport } from './crash-report.ts';
import type { OwnPages } from './own-pages.ts';
import { backgroundColor, windowOptions } from './window.ts';
import { placeWindow, rememberPlace } from './window-place.ts';
import { readWindowPlaces, writeWindowPlaces } from './window-places-file.ts';
import { startSession, type WindowSession } from './window-session.ts';

export interface WindowsOptions {
  readonly pages: OwnPages;
  /** Strata's own folder. */
  readonly dataDir: string;
  /** Where reports of crashes are kept. */
  readonly crashDir: string;
  readonly log: Log;
  /** A window shows another home. */
  readonly onHome: (home: HomeState) => void;
  /** The homes shown last in any window, the latest first. */
  readonly onRecent: (homes: readonly string[]) => void;
}

export interface Windows {
  /** Another window, with an engine of its own; or the one that already shows the home asked for, or the last of many. */
  open(launch: Launch): WindowSession;
  /** The window used last; null when none is open. */
  readonly front: WindowSession | null;
  /** A window with a removal under way; null when there is none. */
  readonly busy: WindowSession | null;
  /** Resolves once no open window has a removal under way. */
  whenIdle(): Promise<void>;
  /** Stops what is under way where it is safe, in open windows and in closed ones; ends every engine. */
  stopEngines(): Promise<void>;
}

/** Each has an engine's thread: neither a page nor other programs may open them without end. */
const MAX_WINDOWS = 16;

export function createWindows({ pages, dataDir, crashDir, log, onHome, onRecent }: WindowsOptions): Windows {
  const placesFile = join(dataDir, 'windows.json');
  /** The one used last is last. */
  let sessions: readonly WindowSession[] = [];
  const stopping = new Set<Promise<void>>();
  /** Those whose person is being asked what closing may do. */
  const asking = new Set<WindowSession>();

  function open(launch: Launch): WindowSession {
    const known = launch.home === null ? undefined : sessions.find(({ home }) => home === launch.home);
    const shown = known ?? (sessions.length < MAX_WINDOWS ? undefined : sessions.at(-1));
    if (shown !== undefined) {
      bringToFront(shown.window);
      return shown;
    }
    const window = createWindow(sessions.length);
    const session = startSession({
      window,
      engine: startEngine(launch, log),
      launchHome: launch.home,
      onHome,
      onRecent,
      pages,
      openWindow: (home) => void open({ home, sample: false }),
    });
    sessions = [...sessions, session];
    follow(session);
    window.loadURL(pages.start).catch((error: unknown) => {
      reportIncident('loading the page', error, log);
    });
    return session;
  }

  function createWindow(alreadyOpen: number): BrowserWindow {
    const places = readWindowPlaces(placesFile);
    const place = placeWindow(places, screen.getAllDisplays(), screen.getPrimaryDisplay(), alreadyOpen);
    const window = new BrowserWindow(
      windowOptions({
        place,
        isDark: nativeTheme.shouldUseDarkColors,
        platform: process.platform,
        version: app.getVersion(),
        hasDevTools: !app.isPackaged,
      }),
    );
    window.once('ready-to-show', () => {
      if (place.isMaximized) window.maximize();
      window.show();
    });
    return window;
  }

  function follow(session: WindowSession): void {
    const { window } = session;
    window.on('focus', () => {
      sessions = [...sessions.filter((one) => one !== session), session];
    });
    window.on('close', (event) => {
      remember(window);
      if (!session.isBusy) return;
      event.preventDefault();
      void closeBusy(session);
    });
    window.on('closed', () => {
      sessions = sessions.filter((one) => one !== session);
      const stopped = stop(session).finally(() => stopping.delete(stopped));
      stopping.add(stopped);
    });
    window.webContents.on('context-menu', (_event, params) => {
      const template = contextMenuTemplate(params);
      if (template.length > 0) Menu.buildFromTemplate(template).popup({ window });
    });
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit') return;
      session.renewPage();
      void offerReload(session, `The page ended: ${reason}, exit code ${exitCode}`);
    });
  }

  async function closeBusy(session: WindowSession): Promise<void> {
    if (asking.has(session)) return;
    asking.add(session);
    const answer = await askBeforeEnding(session.window, 'close');
    asking.delete(session);
    if (answer === 'stay') return;
    if (answer === 'finish') await session.whenIdle();
    // Stops the engine where that is safe.
    if (!session.window.isDestroyed()) session.window.destroy();
  }

  function remember(window: BrowserWindow): void {
    const bounds = window.getNormalBounds();
    const place = { ...bounds, isMaximized: window.isMaximized() };
    const display = screen.getDisplayMatching(bounds);
    writeWindowPlaces(placesFile, rememberPlace(readWindowPlaces(placesFile), display, place), log);
  }

  async function offerReload({ window }: WindowSession, what: string): Promise<void> {
    const report = keepCrashReport(crashDir, what);
    const { response } = await dialog.showMessageBox(window, {
      type: 'error',
      message: 'This window stopped working.',
      detail: [
        'A removal that was under way has been stopped where it is safe.',
        report === null ? '' : `What is known of it is kept in ${report}; nothing is sent anywhere.`,
      ].join('\n'),
      buttons: ['Reload', 'Close Window'],
      defaultId: 0,
      cancelId: 1,
    });
    if (window.isDestroyed()) return;
    if (response === 0) window.webContents.reload();
    else window.destroy();
  }

  async function stop(session: WindowSession): Promise<void> {
    try {
      await session.close();
    } catch (error) {
      reportIncident('closing an engine', error, log);
    }
  }

  nativeTheme.on('updated', () => {
    const color = backgroundColor(nativeTheme.shouldUseDarkColors);
    for (const { window } of sessions) window.setBackgroundColor(color);
  });

  return {
    open,
    get front() {
      return sessions.at(-1) ?? null;
    },
    get busy() {
      return sessions.findLast(({ isBusy }) => isBusy) ?? null;
    },
    whenIdle: async () => {
      await Promise.all(sessions.map((session) => session.whenIdle()));
    },
    stopEngines: async () => {
      await Promise.all([...sessions.map(stop), ...stopping]);
    },
  };
}

export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

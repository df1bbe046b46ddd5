import { type BrowserWindow, dialog, Notification, nativeTheme, shell } from 'electron';
import type { HomeState } from '../../src-shared/domain/home.ts';
import type { ShellCommand, ShellRequest } from '../../src-shared/ipc/bridge.ts';
import { CHANNELS } from '../../src-shared/ipc/channels.ts';
import type { EngineClient, EngineWorker } from '../ipc/engine-worker.ts';
import { plainText } from '../ipc/plain-text.ts';
import { findPlace } from './cache-places.ts';
import { followHome } from './follow-home.ts';
import { followOperations } from './follow-operations.ts';
import type { OwnPages } from './own-pages.ts';
import { parseShellRequest } from './shell-request.ts';
import { isTrustedSender, type SenderEvent } from './trusted-sender.ts';

export interface SessionOptions {
  readonly window: BrowserWindow;
  /** This window's own: several windows may show several caches. */
  readonly engine: EngineWorker;
  readonly pages: OwnPages;
  readonly openWindow: (home: string | null) => void;
  /** What the engine was started with: the home until the page has asked. */
  readonly launchHome: string | null;
  /** The window shows another home. */
  readonly onHome: (home: HomeState) => void;
  /** The homes shown last in any window, the latest first. */
  readonly onRecent: (homes: readonly string[]) => void;
}

/** A window, its page and its engine. */
export interface WindowSession {
  readonly window: BrowserWindow;
  readonly engine: EngineWorker;
  /** The home the window shows; null for the default one until its page has asked. */
  readonly home: string | null;
  /** Whether a removal is under way. */
  readonly isBusy: boolean;
  /** Resolves once none is. */
  whenIdle(): Promise<void>;
  /** Gives the page a command, once it listens. */
  command(command: ShellCommand): void;
  /** Ends what the page had under way and serves its successor: after a crash, and by itself after a reload. */
  renewPage(): void;
  /** Stops an operation where it is safe and ends the engine. The window is the caller's. */
  close(): Promise<void>;
}

/** An operation shorter than this has been watched to its end. */
const LONG_MS = 5_000;
/** Commands a page that never listens may have waiting. */
const MAX_WAITING_COMMANDS = 16;

export function startSession(options: SessionOptions): WindowSession {
  const { window, engine, pages, openWindow, launchHome, onHome, onRecent } = options;
  const { webContents } = window;
  const waiting: ShellCommand[] = [];
  const waitingForIdle: (() => void)[] = [];
  let isListening = false;
  let client = connectPage();
  let closed: Promise<void> | null = null;

  const operations = followOperations({
    onProgress: (progress) => {
      if (operations.removals === 0) for (const resolve of waitingForIdle.splice(0)) resolve();
      if (!window.isDestroyed()) window.setProgressBar(progress);
    },
    onEnd: ({ words, tookMs }) => {
      if (tookMs >= LONG_MS && !window.isDestroyed() && !window.isFocused()) notify(window, words);
    },
  });

  const home = followHome({
    onChange: (state) => {
      if (window.isDestroyed()) return;
      window.setTitle(`${plainText(state.isSample ? 'Sample cache' : state.home)} — Strata`);
      onHome(state);
    },
    onRecent,
  });

  function connectPage(): EngineClient {
    return engine.connect((message) => {
      operations.sawLine(message);
      home.sawLine(message);
      if (!webContents.isDestroyed()) webContents.send(CHANNELS.line, message);
    });
  }

  /** A page counts its calls from one again, so the lines of the one before must not reach it. */
  function renewPage(): void {
    client.disconnect();
    operations.forget();
    isListening = false;
    client = connectPage();
  }

  function trusted<Rest extends unknown[]>(listener: (...rest: Rest) => void) {
    return (event: SenderEvent, ...rest: Rest): void => {
      if (isTrustedSender(event, pages)) listener(...rest);
    };
  }

  function start(id: unknown, call: unknown, input: unknown): void {
    if (!Number.isSafeInteger(id) || typeof call !== 'string' || typeof input !== 'string') return;
    operations.sawStart(id as number, call);
    home.sawStart(id as number, call);
    client.start(id as number, call, input);
  }

  async function answer(request: ShellRequest): Promise<unknown> {
    switch (request.kind) {
      case 'choose-home':
        return chooseHome(window, home.current?.home ?? null);
      case 'open-window':
        return openWindow(request.home);
      case 'set-theme':
        nativeTheme.themeSource = request.theme;
        return;
      case 'reveal': {
        const place = home.current === null ? null : await findPlace(home.current, request.target);
        // Shown in its folder, never opened: what lies there comes from strangers.
        if (place !== null) shell.showItemInFolder(place);
        return place !== null;
      }
    }
  }

  webContents.ipc.on(CHANNELS.start, trusted(start));
  webContents.ipc.on(
    CHANNELS.cancel,
    trusted((id: unknown) => client.cancel(id as number)),
  );
  webContents.ipc.on(
    CHANNELS.listening,
    trusted(() => {
      isListening = true;
      for (const command of waiting.splice(0)) webContents.send(CHANNELS.command, command);
    }),
  );
  webContents.ipc.handle(CHANNELS.shell, (event, request: unknown) => {
    if (!isTrustedSender(event, pages)) throw new Error('The window cannot do that');
    return answer(parseShellRequest(request));
  });
  webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) renewPage();
  });
  window.on('page-title-updated', (event) => event.preventDefault());

  return {
    window,
    engine,
    get home() {
      return home.current?.home ?? launchHome;
    },
    get isBusy() {
      return operations.removals > 0;
    },
    whenIdle: () =>
      operations.removals === 0
        ? Promise.resolve()
        : new Promise((resolve) => void waitingForIdle.push(resolve)),
    command: (command) => {
      if (isListening && !webContents.isDestroyed()) webContents.send(CHANNELS.command, command);
      else if (waiting.length < MAX_WAITING_COMMANDS) waiting.push(command);
    },
    renewPage,
    close: () => {
      closed ??= engine.close();
      return closed;
    },
  };
}

async function chooseHome(window: BrowserWindow, current: string | null): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: 'Open a microsandbox home',
    message: 'The folder that holds db and cache: .microsandbox, usually',
    buttonLabel: 'Open',
    properties: ['openDirectory', 'showHiddenFiles'],
    ...(current === null ? {} : { defaultPath: current }),
  });
  return canceled ? null : (filePaths[0] ?? null);
}

function notify(window: BrowserWindow, words: string): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title: 'Strata', body: words });
  notification.on('click', () => {
    if (window.isDestroyed()) return;
    window.show();
    window.focus();
  });
  notification.show();
}

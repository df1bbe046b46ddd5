import { EventEmitter } from 'node:events';

/**
 * A stand-in for the `electron` module in plain Node: the parts of it that src-main/shell uses, doing as
 * little as the real ones can do without a display and recording what they are told. Unit tests mock the
 * package with it; `run-built.ts` runs the built app on it.
 */

interface Frame {
  url: string;
  parent: Frame | null;
  detached: boolean;
}

export interface FakeEvent {
  readonly sender: FakeWebContents;
  readonly senderFrame: Frame | null;
  isPrevented: boolean;
  preventDefault(): void;
}

type Listener = (...parameters: never[]) => unknown;

class FakeIpc extends EventEmitter {
  readonly handlers = new Map<string, Listener>();
  handle(channel: string, handler: Listener): void {
    this.handlers.set(channel, handler);
  }
}

export class FakeWebContents extends EventEmitter {
  readonly mainFrame: Frame = { url: '', parent: null, detached: false };
  readonly ipc = new FakeIpc();
  /** What was sent to the page: channel and payload. */
  readonly sent: { readonly channel: string; readonly payload: unknown }[] = [];
  windowOpenHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  isGone = false;
  reloads = 0;
  /** What `executeJavaScript` answers, by code. */
  evaluate: (code: string) => unknown = () => undefined;
  #isLoading = false;

  send(channel: string, payload: unknown): void {
    if (this.isGone) throw new TypeError('Object has been destroyed');
    this.sent.push({ channel, payload });
    this.emit('sent', channel, payload);
  }
  isDestroyed(): boolean {
    return this.isGone;
  }
  isLoading(): boolean {
    return this.#isLoading;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
  executeJavaScript(code: string): Promise<unknown> {
    return Promise.resolve(this.evaluate(code));
  }
  reload(): void {
    this.reloads += 1;
    this.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
  }
  load(url: string): void {
    this.#isLoading = true;
    this.mainFrame.url = url;
    this.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    setImmediate(() => {
      this.#isLoading = false;
      this.emit('did-finish-load');
    });
  }

  /** A message as the page sends it, or as another frame does. */
  receive(channel: string, parameters: readonly unknown[], senderFrame: Frame | null = this.mainFrame): void {
    this.ipc.emit(channel, fakeEvent(this, senderFrame), ...parameters);
  }
  /** A question as the page asks it. */
  async receiveInvoke(channel: string, request: unknown, senderFrame: Frame | null = this.mainFrame) {
    const handler = this.ipc.handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return (handler as (...parameters: unknown[]) => unknown)(fakeEvent(this, senderFrame), request);
  }
}

export function fakeEvent(sender: FakeWebContents, senderFrame: Frame | null = sender.mainFrame): FakeEvent {
  return {
    sender,
    senderFrame,
    isPrevented: false,
    preventDefault() {
      this.isPrevented = true;
    },
  };
}

interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class BrowserWindow extends EventEmitter {
  static all: BrowserWindow[] = [];
  readonly webContents = new FakeWebContents();
  readonly options: Bounds & { readonly title: string; readonly webPreferences: Record<string, unknown> };
  readonly progress: number[] = [];
  title: string;
  background = '';
  isShown = false;
  isMax = false;
  hasFocus = false;
  isClosed = false;

  constructor(options: BrowserWindow['options']) {
    super();
    this.options = options;
    this.title = options.title;
    BrowserWindow.all.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  loadURL(url: string): Promise<void> {
    this.webContents.load(url);
    return new Promise((resolve) => {
      this.webContents.once('did-finish-load', () => {
        this.emit('ready-to-show');
        resolve();
      });
    });
  }
  show(): void {
    this.isShown = true;
  }
  focus(): void {
    for (const other of BrowserWindow.all) other.hasFocus = other === this;
    this.emit('focus');
  }
  isFocused(): boolean {
    return this.hasFocus;
  }
  isMinimized(): boolean {
    return false;
  }
  maximize(): void {
    this.isMax = true;
  }
  isMaximized(): boolean {
    return this.isMax;
  }
  getNormalBounds(): Bounds {
    const { x, y, width, height } = this.options;
    return { x, y, width, height };
  }
  setProgressBar(progress: number): void {
    this.progress.push(progress);
  }
  setTitle(title: string): void {
    this.title = title;
  }
  setBackgroundColor(color: string): void {
    this.background = color;
  }
  isDestroyed(): boolean {
    return this.isClosed;
  }
  close(): void {
    const event = fakeEvent(this.webContents);
    this.emit('close', event);
    if (!event.isPrevented) this.destroy();
  }
  destroy(): void {
    this.isClosed = true;
    this.webContents.isGone = true;
    this.emit('closed');
    if (BrowserWindow.all.every(({ isClosed }) => isClosed)) app.emit('window-all-closed');
  }
}

class FakeApp extends EventEmitter {
  readonly paths = new Map<string, string>();
  isPackaged = false;
  isSandboxEnabled = false;
  /** What the first start handed to the lock; null before. */
  lockData: unknown = null;
  hasLock = true;
  exitCode: number | null = null;
  hasQuit = false;
  recentDocuments: string[] = [];
  #isReady = false;

  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }
  getVersion(): string {
    return '1.2.3';
  }
  requestSingleInstanceLock(data: unknown): boolean {
    this.lockData = data;
    return this.hasLock;
  }
  enableSandbox(): void {
    this.isSandboxEnabled = true;
  }
  setAsDefaultProtocolClient(): boolean {
    return true;
  }
  addRecentDocument(path: string): void {
    this.recentDocuments.push(path);
  }
  clearRecentDocuments(): void {
    this.recentDocuments = [];
  }
  isReady(): boolean {
    return this.#isReady;
  }
  whenReady(): Promise<void> {
    return this.#isReady ? Promise.resolve() : new Promise((resolve) => this.once('ready', () => resolve()));
  }
  becomeReady(): void {
    this.#isReady = true;
    this.emit('ready');
  }
  quit(): void {
    const event = fakeEvent(new FakeWebContents());
    this.emit('before-quit', event);
    if (event.isPrevented || this.hasQuit) return;
    this.hasQuit = true;
    for (const window of BrowserWindow.all) if (!window.isClosed) window.close();
    this.emit('will-quit');
  }
  exit(code = 0): void {
    this.exitCode = code;
    this.emit('exited', code);
  }
}

export const app = new FakeApp();

type ProtocolHandler = (request: Request) => Response | Promise<Response>;

export const protocol = {
  schemes: [] as unknown[],
  handlers: new Map<string, ProtocolHandler>(),
  registerSchemesAsPrivileged(schemes: unknown[]): void {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged is too late');
    protocol.schemes.push(...schemes);
  },
  handle(scheme: string, handler: ProtocolHandler): void {
    protocol.handlers.set(scheme, handler);
  },
};

class FakeSession extends EventEmitter {
  onPermissionRequest: Listener | null = null;
  onPermissionCheck: Listener | null = null;
  onDevicePermission: Listener | null = null;
  onBeforeRequest: Listener | null = null;
  readonly webRequest = {
    onBeforeRequest: (listener: Listener): void => {
      this.onBeforeRequest = listener;
    },
  };
  setPermissionRequestHandler(handler: Listener): void {
    this.onPermissionRequest = handler;
  }
  setPermissionCheckHandler(handler: Listener): void {
    this.onPermissionCheck = handler;
  }
  setDevicePermissionHandler(handler: Listener): void {
    this.onDevicePermission = handler;
  }
}

export const session = { defaultSession: new FakeSession() };

export const Menu = {
  template: null as unknown,
  popups: 0,
  buildFromTemplate(template: unknown) {
    return {
      template,
      popup: () => {
        Menu.popups += 1;
      },
    };
  },
  setApplicationMenu(menu: { readonly template: unknown }): void {
    Menu.template = menu.template;
  },
};

export const dialog = {
  /** What the person will choose. */
  chosen: { canceled: true, filePaths: [] as string[] },
  response: 0,
  errors: [] as string[],
  messages: [] as unknown[],
  showOpenDialog: (): Promise<unknown> => Promise.resolve(dialog.chosen),
  showMessageBox: (_window: unknown, options: unknown): Promise<unknown> => {
    dialog.messages.push(options);
    return Promise.resolve({ response: dialog.response });
  },
  showErrorBox: (title: string): void => {
    dialog.errors.push(title);
  },
};

export const shell = {
  shown: [] as string[],
  showItemInFolder: (path: string): void => {
    shell.shown.push(path);
  },
};

export const nativeTheme = Object.assign(new EventEmitter(), {
  shouldUseDarkColors: false,
  themeSource: 'system',
});

const DISPLAY = {
  id: 1,
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 30, width: 1920, height: 1050 },
};

export const screen = {
  getAllDisplays: () => [DISPLAY],
  getPrimaryDisplay: () => DISPLAY,
  getDisplayMatching: () => DISPLAY,
};

export class Notification extends EventEmitter {
  static shown: Notification[] = [];
  readonly options: { readonly title: string; readonly body: string };
  static isSupported(): boolean {
    return true;
  }
  constructor(options: Notification['options']) {
    super();
    this.options = options;
  }
  show(): void {
    Notification.shown.push(this);
  }
}

export const crashReporter = {
  options: null as unknown,
  start: (options: unknown): void => {
    crashReporter.options = options;
  },
};

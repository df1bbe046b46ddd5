import type { CommandName } from './commands.ts';
import type { ClientMessage, ServerMessage } from './contract.ts';

/**
 * `window.strata`: all the renderer has of Electron, put there by the preload script. It is absent in the
 * browser host, where calls are `POST /ipc/<call>` instead.
 */
export interface StrataBridge {
  /** Starts or cancels a call. `message.input` has to be JSON. */
  send(message: ClientMessage): void;
  /** Lines of the calls of this window, in order per call. Returns the way to stop listening. */
  onMessage(listener: (message: ServerMessage) => void): () => void;
  readonly shell: ShellBridge;
}

/** What only a desktop can do. Nothing here touches the cache. */
export interface ShellBridge {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly versions: ShellVersions;
  /** Lets the person pick a home directory: its absolute path, null when they did not. Opens nothing. */
  chooseHome(): Promise<string | null>;
  /** Opens another window, with its own engine: on `home`, or on the default one for null. */
  openWindow(home: string | null): Promise<void>;
  /** Shows a place of this window's cache in the file manager: false when there is no such place (any more). */
  reveal(target: RevealTarget): Promise<boolean>;
  /** Follows the system, or not. Lasts until the app quits; keeping the choice is the renderer's. */
  setTheme(theme: ShellTheme): Promise<void>;
  /** Commands of menus and deep links. Returns the way to stop listening. */
  onCommand(listener: (command: ShellCommand) => void): () => void;
}

interface ShellVersions {
  readonly strata: string;
  readonly electron: string;
  readonly chrome: string;
  readonly node: string;
}

type ShellTheme = 'system' | 'light' | 'dark';

export type RevealTarget =
  | { readonly kind: 'home' }
  | { readonly kind: 'cache' }
  | { readonly kind: 'database' }
  /** `path` is relative to the cache, as plans and damages name files. */
  | { readonly kind: 'cache-file'; readonly path: string };

/** What the bridge asks of main for the functions of `ShellBridge`. */
export type ShellRequest =
  | { readonly kind: 'choose-home' }
  | { readonly kind: 'open-window'; readonly home: string | null }
  | { readonly kind: 'reveal'; readonly target: RevealTarget }
  | { readonly kind: 'set-theme'; readonly theme: ShellTheme };

export type ShellCommand =
  /** From a native menu. The renderer ignores what makes no sense on its screen. */
  | { readonly kind: 'menu'; readonly command: CommandName }
  /** A deep link or a second start: `reference` has msb's grammar, nothing says that it is cached. */
  | { readonly kind: 'show-image'; readonly reference: string };

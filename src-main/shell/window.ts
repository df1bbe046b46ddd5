import type { BrowserWindowConstructorOptions } from 'electron';
import { VERSION_ARGUMENT } from '../../src-shared/ipc/channels.ts';
import { ICON_FILE, PRELOAD_FILE } from '../ipc/program-files.ts';
import { MIN_HEIGHT, MIN_WIDTH, type WindowPlace } from './window-place.ts';

export interface WindowFacts {
  readonly place: WindowPlace;
  readonly isDark: boolean;
  readonly platform: string;
  readonly version: string;
  /** Whether the page may be inspected: never in what people install. */
  readonly hasDevTools: boolean;
}

/** The colour a window has until its page is drawn: the page's own, so that nothing flashes. */
export function backgroundColor(isDark: boolean): string {
  return isDark ? '#161615' : '#f7f7f5';
}

/** Everything a page could be given is written down, defaults included: an update must not open anything. */
export function windowOptions(facts: WindowFacts): BrowserWindowConstructorOptions {
  const { x, y, width, height } = facts.place;
  return {
    title: 'Strata',
    show: false,
    x,
    y,
    width,
    height,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    backgroundColor: backgroundColor(facts.isDark),
    // The interface keeps room for the window's buttons.
    ...(facts.platform === 'darwin' ? { titleBarStyle: 'hiddenInset' as const } : {}),
    // Elsewhere the program's own file has it.
    ...(facts.platform === 'linux' ? { icon: ICON_FILE } : {}),
    webPreferences: {
      preload: PRELOAD_FILE,
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
      // Chromium fetches dictionaries from the network.
      spellcheck: false,
      devTools: facts.hasDevTools,
      additionalArguments: [`${VERSION_ARGUMENT}${facts.version}`],
    },
  };
}

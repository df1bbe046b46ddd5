import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, crashReporter, dialog, Menu, protocol, session, shell } from 'electron';
import { ArgumentProblem } from '../ipc/arguments.ts';
import { logToStderr, reportIncident } from '../ipc/incident.ts';
import { RENDERER_DIR } from '../ipc/program-files.ts';
import { type Assets, readRendererAssets } from '../ipc/renderer-assets.ts';
import { strataFolder } from '../ipc/start-engine.ts';
import { registerAppScheme, serveAppProtocol } from './app-protocol.ts';
import { parseDeepLink } from './deep-link.ts';
import { guardContents } from './guard-contents.ts';
import { guardSession } from './guard-session.ts';
import { createIncidentLog } from './incident-log.ts';
import { endOnUncaughtErrors } from './last-words.ts';
import { handOver, type LaunchOptions, parseLaunchOptions, readHandedOver } from './launch-options.ts';
import { menuTemplate } from './menu.ts';
import { createOwnPages, type OwnPages } from './own-pages.ts';
import { stopBeforeQuitting } from './quit.ts';
import { smoke } from './smoke.ts';
import type { WindowSession } from './window-session.ts';
import { bringToFront, createWindows, type Windows } from './windows.ts';

const EXIT_PROBLEM = 1;
const EXIT_ARGUMENTS = 2;
const SMOKE_WITHIN_MS = 30_000;
const NOTHING_ASKED = { home: null, sample: false } as const;

/** Runs the desktop app, or hands over to the one that runs already. */
export function startApp(): void {
  const argv = process.argv.slice(1);
  const options = readOptions(argv);
  if (options === null) {
    app.exit(EXIT_ARGUMENTS);
    return;
  }
  const dataDir = strataFolder();
  // What Chromium keeps lies with the rest of ours, and two data folders are two apps.
  app.setPath('userData', join(dataDir, 'browser'));
  if (options.smoke || app.requestSingleInstanceLock(handOver(argv, process.cwd()))) {
    run(options, dataDir);
  } else {
    app.quit();
  }
}

/** All of this has to happen before the app is ready. */
function run(options: LaunchOptions, dataDir: string): void {
  // Dumps stay in the data folder.
  crashReporter.start({ uploadToServer: false });
  app.enableSandbox();
  registerAppScheme(protocol);
  if (app.isPackaged) app.setAsDefaultProtocolClient('strata');

  const pages = createOwnPages(app.isPackaged ? null : (process.env.ELECTRON_RENDERER_URL ?? null));
  const crashDir = join(dataDir, 'crashes');
  const log = createIncidentLog(crashDir);
  const windows = createWindows({
    pages,
    dataDir,
    crashDir,
    log,
    onHome: (home) => {
      if (home.isSample || home.status === 'no-home') return;
      if (process.platform === 'darwin') app.addRecentDocument(home.home);
    },
    onRecent: (homes) => {
      if (homes.length === 0) app.clearRecentDocuments();
      setMenu(windows, homes, crashDir);
    },
  });
  const links: string[] = options.reference === null ? [] : [options.reference];
  const folders: string[] = [];

  app.on('web-contents-created', (_event, contents) => guardContents(contents));
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    const asked = readHandedOver(data);
    if (asked !== null) showWhatIsAsked(windows, asked);
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const reference = parseDeepLink(url);
    if (reference === null) return;
    if (app.isReady()) showWhatIsAsked(windows, { ...NOTHING_ASKED, reference });
    else links.push(reference);
  });
  // A recent cache of the Dock, or a folder dropped on it.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    if (app.isReady()) showWhatIsAsked(windows, { ...NOTHING_ASKED, home: path, reference: null });
    else folders.push(path);
  });
  app.on('activate', () => {
    if (windows.front === null) windows.open(NOTHING_ASKED);
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  stopBeforeQuitting(windows);
  endOnUncaughtErrors(process, { crashDir, stop: windows.stopEngines });

  app
    .whenReady()
    .then(() => {
      // Which caches were open before is known once a page has asked.
      setMenu(windows, [], crashDir);
      return begin(windows, pages, options, { links, folders });
    })
    .catch((error: unknown) => {
      reportIncident('starting', error, log);
      app.exit(EXIT_PROBLEM);
    });
}

function readOptions(argv: readonly string[]): LaunchOptions | null {
  try {
    return parseLaunchOptions(argv, process.cwd());
  } catch (error) {
    if (!(error instanceof ArgumentProblem)) throw error;
    logToStderr(`strata: ${error.message}`);
    return null;
  }
}

async function begin(
  windows: Windows,
  pages: OwnPages,
  options: LaunchOptions,
  { links, folders }: { readonly links: readonly string[]; readonly folders: readonly string[] },
): Promise<void> {
  const assets = readInterface();
  if (assets === null) {
    app.exit(EXIT_PROBLEM);
    return;
  }
  guardSession(session.defaultSession, pages);
  serveAppProtocol(protocol, assets);
  const first = windows.open(options);
  for (const reference of links) first.command({ kind: 'show-image', reference });
  for (const home of folders) windows.open({ home, sample: false });
  if (options.smoke) await runSmoke(first);
}

function readInterface(): Assets | null {
  try {
    return readRendererAssets(RENDERER_DIR);
  } catch (error) {
    reportIncident('reading the interface', error, logToStderr);
    dialog.showErrorBox(
      'Strata cannot start',
      'Its interface is missing. Install it again, or run npm run build.',
    );
    return null;
  }
}

function setMenu(windows: Windows, recentHomes: readonly string[], crashDir: string): void {
  const inFront = (): WindowSession => windows.front ?? windows.open(NOTHING_ASKED);
  const template = menuTemplate(
    { platform: process.platform, hasDevTools: !app.isPackaged, recentHomes },
    {
      command: (command) => inFront().command({ kind: 'menu', command }),
      newWindow: () => void windows.open(NOTHING_ASKED),
      openHome: (home) => void windows.open({ home, sample: false }),
      showReports: () => {
        mkdirSync(crashDir, { recursive: true, mode: 0o700 });
        shell.showItemInFolder(crashDir);
      },
    },
  );
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** A second start opens what it names; one that names nothing brings the app forward. */
function showWhatIsAsked(windows: Windows, { home, sample, reference }: Omit<LaunchOptions, 'smoke'>): void {
  const { front } = windows;
  const isNew = front === null || home !== null || sample;
  const { window, command } = isNew ? windows.open({ home, sample }) : front;
  if (!isNew) bringToFront(window);
  if (reference !== null) command({ kind: 'show-image', reference });
}

async function runSmoke(first: WindowSession): Promise<void> {
  const tooLong = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('The page did not load in time')), SMOKE_WITHIN_MS);
  });
  await Promise.race([smoke(first), tooLong]);
  process.stdout.write('Strata works here\n');
  app.quit();
}

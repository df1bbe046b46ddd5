// Finds the Chromium the end-to-end tests drive, and gets one where there is none.
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const DOWNLOAD_MS = 300_000;

/**
 * An executable: the machine's own, else Playwright's, else on Debian as root the distribution's package.
 * `run` starts a program and answers its exit code.
 */
export async function findChromium(run) {
  const named = process.env.STRATA_CHROMIUM;
  if (named !== undefined && isExecutable(named)) return named;
  const own = onMachine();
  if (own !== null) return own;
  const playwright = await ofPlaywright();
  if (playwright !== null) return playwright;
  console.log('No Chromium found: fetching one for the end-to-end tests.');
  if ((await run('playwright', ['install', 'chromium'], { quiet: true, timeout: DOWNLOAD_MS })) === 0) {
    const fetched = await ofPlaywright();
    if (fetched !== null) return fetched;
  }
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    await run('apt-get', ['update', '-qq'], { quiet: true });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { quiet: true });
    const packaged = onMachine();
    if (packaged !== null) return packaged;
  }
  console.error('The end-to-end tests need a Chromium: install one, or name it in STRATA_CHROMIUM.');
  process.exit(1);
}

function onMachine() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))).find(isExecutable);
  return found ?? PLACES.find(isExecutable) ?? null;
}

/** Playwright's own download, if it is there. */
async function ofPlaywright() {
  const { chromium } = await import('playwright');
  const file = chromium.executablePath();
  return isExecutable(file) ? file : null;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ElectronApplication, _electron as electron } from 'playwright/test';
import { scratchDir } from '../../test-support/scratch.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ELECTRON = join(ROOT, 'node_modules', 'electron');

/** Why the desktop app cannot be driven here, as a sentence; null when it can. */
export function obstacle(): string | null {
  const pathFile = join(ELECTRON, 'path.txt');
  const binary = existsSync(pathFile) ? join(ELECTRON, 'dist', readFileSync(pathFile, 'utf8')) : null;
  if (binary === null || !existsSync(binary))
    return 'Electron’s binary has not been fetched: npx install-electron';
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY)
    return 'There is no display: xvfb-run helps';
  return null;
}

/** A folder of its own for everything the app keeps, so that the person's own Strata has no part in the test. */
export function makeDataDir(): string {
  return scratchDir('electron');
}

/** Starts the built app. Two starts with one `dataDir` are two starts of the same app. */
export function launchApp(dataDir: string, options: readonly string[]): Promise<ElectronApplication> {
  return electron.launch({ args: [...switches(), ROOT, ...options], env: environment(dataDir) });
}

function environment(dataDir: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    STRATA_DATA_DIR: dataDir,
    HOME: dataDir,
  };
}

/** Chromium's sandbox needs an ordinary user and, in continuous integration, a kernel that lets it be. */
function switches(): string[] {
  return process.getuid?.() === 0 || process.env.CI !== undefined ? ['--no-sandbox'] : [];
}

import { isAbsolute, join } from 'node:path';

interface Machine {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userHome: string;
}

/**
 * Strata's own folder: settings, journal, window places. `STRATA_DATA_DIR`, else the platform's place:
 * `$XDG_DATA_HOME/strata` or `~/.local/share/strata`, `~/Library/Application Support/Strata`, `%APPDATA%\Strata`.
 * Relative values are ignored, as the XDG base directory specification asks. Nothing is created.
 */
export function dataFolder({ platform, env, userHome }: Machine): string {
  const chosen = absolute(env.STRATA_DATA_DIR);
  if (chosen !== null) return chosen;
  switch (platform) {
    case 'darwin':
      return join(userHome, 'Library', 'Application Support', 'Strata');
    case 'win32':
      return join(absolute(env.APPDATA) ?? join(userHome, 'AppData', 'Roaming'), 'Strata');
    default:
      return join(absolute(env.XDG_DATA_HOME) ?? join(userHome, '.local', 'share'), 'strata');
  }
}

function absolute(path: string | undefined): string | null {
  return path !== undefined && isAbsolute(path) ? path : null;
}

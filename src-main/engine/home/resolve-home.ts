import path from 'node:path';
import { absolutePath, refuse } from './absolute-path.ts';
import { readConfigFile } from './config-file.ts';
import type { HomePaths } from './paths.ts';

/** What decides where the cache is, as plain values: nothing here reads the process's own environment. */
export interface HomeOptions {
  /** `--home`; null when it was not given. */
  readonly homeOption: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home directory: `$HOME`, or the user profile on Windows. */
  readonly userHome: string;
}

/**
 * Where microsandbox keeps its data, in its own order: the home is `--home`, else `MSB_HOME` (empty counts as
 * unset), else `.microsandbox` in the user's home. `config.json`, at `MSB_CONFIG_PATH` or in that home, may then move
 * everything with `home`, and the cache, sandboxes and snapshots on their own with `paths`. A missing `config.json`
 * changes nothing; null counts as absent; other keys are not ours. Nothing is created.
 *
 * msb takes relative paths as relative to each process's working directory, so one file can mean several places:
 * they are refused.
 *
 * @throws CacheFailure `invalid-input`; `path` names the option, the variable or the file, `message` what is wrong.
 */
export function resolveHome({ homeOption, env, userHome }: HomeOptions): HomePaths {
  const base = firstHome(homeOption, env, userHome);
  const file = configPath(base, env);
  const config = file === null ? {} : readConfigFile(file);
  const at = (key: string, value: unknown, fallback: string) =>
    value === undefined || value === null ? fallback : configuredPath(file!, key, value);
  const home = at('home', config.home, base);
  const paths = pathsSection(file, config.paths);
  return {
    home,
    databaseFile: path.join(home, 'db', 'msb.db'),
    cacheDir: at('paths.cache', paths.cache, path.join(home, 'cache')),
    snapshotsDir: at('paths.snapshots', paths.snapshots, path.join(home, 'snapshots')),
    sandboxesDir: at('paths.sandboxes', paths.sandboxes, path.join(home, 'sandboxes')),
    runDir: path.join(home, 'run'),
  };
}

function firstHome(homeOption: string | null, env: HomeOptions['env'], userHome: string): string {
  if (homeOption !== null) return absolutePath('--home', 'the home directory', homeOption);
  if (env.MSB_HOME) return absolutePath('MSB_HOME', 'the home directory', env.MSB_HOME);
  return path.join(absolutePath('HOME', "the user's home directory", userHome), '.microsandbox');
}

/** Null when the variable is set but empty: msb then looks for a file without a name, and finds none. */
function configPath(home: string, env: HomeOptions['env']): string | null {
  if (env.MSB_CONFIG_PATH === undefined) return path.join(home, 'config.json');
  if (env.MSB_CONFIG_PATH === '') return null;
  return absolutePath('MSB_CONFIG_PATH', 'the configuration file', env.MSB_CONFIG_PATH);
}

function pathsSection(file: string | null, section: unknown): Readonly<Record<string, unknown>> {
  if (section === undefined || section === null) return {};
  if (typeof section === 'object' && !Array.isArray(section)) return { ...section };
  throw refuse(file!, '"paths" is not an object');
}

function configuredPath(file: string, key: string, value: unknown): string {
  if (typeof value !== 'string') throw refuse(file, `"${key}" is not a text`);
  return absolutePath(file, `"${key}"`, value);
}

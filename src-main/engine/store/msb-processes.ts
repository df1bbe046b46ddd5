import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { resolveHome } from '../home/index.ts';
import type { HomePaths } from '../home/paths.ts';
import { startOf } from './processes.ts';

/** An `msb` that may be at work on our cache. */
export interface MsbProcess {
  readonly pid: number;
  /** Milliseconds since 1970; tells it from a later process of the same id. */
  readonly startedMs: number;
}

/**
 * The `msb` processes there are now whose home, by their own environment, has this cache, or does not tell. Null on
 * systems that do not list processes in `/proc`. Programs that use microsandbox's SDK are not among them.
 */
export function listMsbProcesses(paths: HomePaths): readonly MsbProcess[] | null {
  if (process.platform !== 'linux') return null;
  try {
    return readdirSync('/proc').flatMap((name) => processAt(name, paths) ?? []);
  } catch {
    return null;
  }
}

/** Whether this very process is still there. */
export function isStillThere({ pid, startedMs }: MsbProcess): boolean {
  const started = startOf(pid);
  return started !== null && Math.abs(started - startedMs) < SAME_START_MS;
}

/**
 * Whether another process has the database open: in write-ahead mode each holds a shared lock on `msb.db-shm` for as
 * long as it does. Null where the kernel does not list its locks.
 */
export function isDatabaseOpenElsewhere({ databaseFile }: HomePaths): boolean | null {
  if (process.platform !== 'linux') return null;
  try {
    const { ino } = statSync(`${databaseFile}-shm`, { bigint: true });
    const lines = readFileSync('/proc/locks', 'utf8').split('\n');
    return lines.some((line) => {
      const match = POSIX_LOCK.exec(line);
      return match !== null && match[2] === `${ino}` && Number(match[1]) !== process.pid;
    });
  } catch {
    return false;
  }
}

/** The clock's own rounding; no process id comes again that soon. */
const SAME_START_MS = 50;
/** `5: POSIX  ADVISORY  READ 1234 fe:00:786441 128 128` (proc_locks(5)). */
const POSIX_LOCK = /^\d+: (?:POSIX|OFDLCK)\s+\S+\s+(?:READ|WRITE)\s+(-?\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/;

function processAt(name: string, paths: HomePaths): MsbProcess | null {
  if (!/^[0-9]+$/.test(name)) return null;
  try {
    if (readFileSync(`/proc/${name}/comm`, 'utf8') !== 'msb\n') return null;
    const startedMs = startOf(Number(name));
    return startedMs === null || isElsewhere(name, paths) ? null : { pid: Number(name), startedMs };
  } catch {
    // It has ended.
    return null;
  }
}

/** True only when the process says, in a way we understand, that its cache is another. */
function isElsewhere(name: string, paths: HomePaths): boolean {
  try {
    const env = parseEnvironment(readFileSync(`/proc/${name}/environ`, 'utf8'));
    const cwd = readlinkSync(`/proc/${name}/cwd`);
    if (env.MSB_HOME) env.MSB_HOME = path.resolve(cwd, env.MSB_HOME);
    const theirs = resolveHome({ homeOption: null, env, userHome: env.HOME ?? '/' });
    return realpathSync(theirs.cacheDir) !== realpathSync(paths.cacheDir);
  } catch {
    return false;
  }
}

function parseEnvironment(text: string): Record<string, string> {
  const pairs = text
    .split('\0')
    .map((pair) => [pair.split('=', 1)[0]!, pair.slice(pair.indexOf('=') + 1)] as const);
  return Object.fromEntries(pairs);
}

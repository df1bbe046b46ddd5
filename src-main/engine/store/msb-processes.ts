import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { resolveHome } from '../home/index.ts';
import type { HomePaths } from '../home/paths.ts';
import { isZombie, startOf } from './processes.ts';

/** An `msb` that may be at work on our cache. */
export interface MsbProcess {
  readonly pid: number;
  /** Milliseconds since 1970; tells it from a later process of the same id. */
  readonly startedMs: number;
  /**
   * True for commands that serve a sandbox, perhaps for hours: they take an image only while they hold the lock of
   * a sandbox that is being made. False for all others, which end when they have done what they were asked.
   */
  readonly servesSandbox: boolean;
}

/**
 * The `msb` processes there are now whose home, by their own environment, has this cache, or does not tell; virtual
 * machines, which need no more than the files they have open, are left out. Null on systems that do not list
 * processes in `/proc`. Programs that use microsandbox's SDK are not among them.
 */
export function listMsbProcesses(paths: HomePaths): readonly MsbProcess[] | null {
  if (process.platform !== 'linux') return null;
  try {
    const candidates = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name) && isMsb(name));
    if (candidates.length === 0) return [];
    const machines = virtualMachines(paths, readLocks());
    return candidates.flatMap((name) =>
      machines.has(Number(name)) || isElsewhere(name, paths) ? [] : (processAt(name) ?? []),
    );
  } catch {
    return null;
  }
}

/**
 * The id the kernel gave away last, to a process or a thread, in our pid namespace or one below it; null where it does
 * not tell. While it stays the same no `msb` has begun to work: it starts its threads (0.6.18 and 0.7.2 do, by strace)
 * before it looks at its cache, even where a shell has become it without a new process.
 */
export function lastProcessId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/ns_last_pid', 'utf8');
  } catch {
    return null;
  }
}

/** Whether this very process is still there. */
export function isStillThere({ pid, startedMs }: MsbProcess): boolean {
  const now = startOf(pid);
  return now !== null && Math.abs(now - startedMs) < SAME_START_MS && !isZombie(pid);
}

export function isSameProcess(one: MsbProcess, other: MsbProcess): boolean {
  return one.pid === other.pid && Math.abs(one.startedMs - other.startedMs) < SAME_START_MS;
}

/**
 * Whether a program other than us, the `msb` processes given and the virtual machines has the database open: in
 * write-ahead mode each holds a shared lock on `msb.db-shm` for as long as it does. Null where the kernel does not list
 * its locks.
 */
export function isOpenElsewhere(paths: HomePaths, known: readonly Pick<MsbProcess, 'pid'>[]): boolean | null {
  if (process.platform !== 'linux') return null;
  try {
    const locks = readLocks();
    const shared = inodeOf(`${paths.databaseFile}-shm`);
    const ours = new Set([process.pid, ...known.map(({ pid }) => pid), ...virtualMachines(paths, locks)]);
    return locks.some(({ kind, pid, inode }) => kind !== 'FLOCK' && inode === shared && !ours.has(pid));
  } catch {
    return null;
  }
}

interface ListedLock {
  readonly kind: string;
  /** -1 for the locks of an open file description, which belong to no process. */
  readonly pid: number;
  readonly inode: string;
}

/** The clock's own rounding; no process id comes again that soon. */
const SAME_START_MS = 50;
/** `5: POSIX  ADVISORY  READ 1234 fe:00:786441 128 128` (proc_locks(5)); who only waits has `->` in front. */
const LOCK = /^\d+: (FLOCK|POSIX|OFDLCK)\s+\S+\s+(?:READ|WRITE)\s+(-?\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/;

function readLocks(): readonly ListedLock[] {
  const lines = readFileSync('/proc/locks', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const match = LOCK.exec(line);
    return match === null ? [] : [{ kind: match[1]!, pid: Number(match[2]), inode: match[3]! }];
  });
}

/** Each holds its sandbox's lock in `run/locks` for its whole life (msb 0.6.9 on). */
function virtualMachines(paths: HomePaths, locks: readonly ListedLock[]): ReadonlySet<number> {
  const folder = path.join(paths.runDir, 'locks');
  const inodes = new Set(namesIn(folder).map((name) => inodeOf(path.join(folder, name))));
  const holders = locks.filter(({ kind, inode }) => kind === 'FLOCK' && inodes.has(inode));
  return new Set(holders.map(({ pid }) => pid));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function inodeOf(file: string): string | null {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.ino}`;
}

function isMsb(name: string): boolean {
  try {
    return readFileSync(`/proc/${name}/comm`, 'utf8') === 'msb\n';
  } catch {
    // It has ended.
    return false;
  }
}

/** Null when it has ended. */
function processAt(name: string): MsbProcess | null {
  const pid = Number(name);
  const startedMs = startOf(pid);
  if (startedMs === null || isZombie(pid)) return null;
  return { pid, startedMs, servesSandbox: SERVING.has(commandOf(name)) };
}

const SERVING: ReadonlySet<string> = new Set([
  'branch',
  'cp',
  'copy',
  'create',
  'exec',
  'logs',
  'metrics',
  'restart',
  'restore',
  'run',
  'sandbox',
  'sbx',
  'ssh',
  'start',
]);

/** `pull` of `msb --quiet pull python`; empty when it cannot be read. */
function commandOf(name: string): string {
  try {
    const [, ...args] = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
    return args.find((arg) => !arg.startsWith('-')) ?? '';
  } catch {
    return '';
  }
}

/** True only when the process says, in a way we understand, that its cache is another, or has not begun yet. */
function isElsewhere(name: string, paths: HomePaths): boolean {
  try {
    // In a container the same path is another folder.
    if (readlinkSync(`/proc/${name}/ns/mnt`) !== readlinkSync('/proc/self/ns/mnt')) return false;
    // While it is being started, and when it has ended, it has no memory of its own: it counts on nothing.
    if (readFileSync(`/proc/${name}/cmdline`, 'utf8') === '') return true;
    return !isSameFolder(homeOf(name).cacheDir, paths.cacheDir);
  } catch {
    return false;
  }
}

function homeOf(name: string): HomePaths {
  const env = parseEnvironment(readFileSync(`/proc/${name}/environ`, 'utf8'));
  if (env.MSB_HOME) env.MSB_HOME = path.resolve(readlinkSync(`/proc/${name}/cwd`), env.MSB_HOME);
  return resolveHome({ homeOption: null, env, userHome: env.HOME || defaultOf(name) });
}

/** @throws Error for a process of another user, whose home we do not know. */
function defaultOf(name: string): string {
  const { uid, homedir } = userInfo();
  if (statSync(`/proc/${name}`).uid !== uid) throw new Error(`process ${name} is of another user`);
  return homedir;
}

/** The second is there; the first may not be. */
function isSameFolder(one: string, other: string): boolean {
  const [first, second] = [one, other].map((folder) =>
    statSync(folder, { bigint: true, throwIfNoEntry: false }),
  );
  return first !== undefined && first.dev === second!.dev && first.ino === second!.ino;
}

function parseEnvironment(text: string): Record<string, string> {
  const pairs = text
    .split('\0')
    .map((pair) => [pair.split('=', 1)[0]!, pair.slice(pair.indexOf('=') + 1)] as const);
  return Object.fromEntries(pairs);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { scratchDir } from './scratch.ts';

/** A process that is there until it is ended, and does nothing but hold what it was asked to hold. */
export interface StandIn {
  readonly pid: number;
  end(): Promise<void>;
}

export interface StandInOptions {
  /** What the kernel calls the process: `msb` unless said otherwise. */
  readonly name?: string;
  /** Its first argument; `pull` unless said otherwise. */
  readonly command?: string;
  /** The whole environment: `MSB_HOME`, `HOME`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A file whose flock it holds. */
  readonly lock?: string;
  /** A database it has open, as programs with microsandbox's SDK have. */
  readonly database?: string;
}

/** A Node that calls itself so, where the real msb would not stay long enough, or do too much. Linux only. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const {
    name = 'msb',
    command = 'pull',
    env = {},
    cwd = scratchDir('stand-in'),
    lock = '',
    database = '',
  } = options;
  const require = createRequire(import.meta.url);
  writeFileSync(join(cwd, command), PROGRAM);
  const child = spawn(process.execPath, [command], {
    cwd,
    env: {
      ...env,
      NAME: name,
      LOCK_FILE: lock,
      KOFFI: require.resolve('koffi'),
      DATABASE: database,
      SQLITE: require.resolve('better-sqlite3'),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), failed(child)]);
  return {
    pid: child.pid!,
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'close')) as [number | null];
  throw new Error(`the stand-in left with ${code}`);
}

/** Ends with its standard input, so that a test that dies leaves nothing running. */
const PROGRAM = `
const { openSync, writeFileSync } = require('node:fs');
const LOCK_EX = 2;
if (process.env.LOCK_FILE) {
  const flock = require(process.env.KOFFI).load('libc.so.6').func('int flock(int fd, int operation)');
  if (flock(openSync(process.env.LOCK_FILE, 'r'), LOCK_EX) !== 0) throw new Error('flock failed');
}
let database;
if (process.env.DATABASE) {
  database = new (require(process.env.SQLITE))(process.env.DATABASE);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE IF NOT EXISTS t (x)');
}
writeFileSync('/proc/self/comm', process.env.NAME);
process.stdout.write('ready');
process.stdin.resume();
process.stdin.on('end', () => process.exit());
`;

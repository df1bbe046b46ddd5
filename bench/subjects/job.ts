import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** What one child process is to measure; it answers a `Measured` as one line of JSON. */
export interface Job {
  readonly task: 'list' | 'list-again' | 'inspect' | 'prune' | 'prune-cold' | 'remove' | 'inventory' | 'idle';
  readonly home: string;
  /** Of lists and inspect. */
  readonly repeats: number;
  /** To inspect or remove; to list, the first is what others use meanwhile. */
  readonly references: readonly string[];
}

export interface Measured {
  /** One for each repeat. */
  readonly ms: readonly number[];
  /** Most memory the process ever had (VmHWM), in bytes; null where the system does not tell. */
  readonly peakBytes: number | null;
  /** Other figures by name. */
  readonly facts?: Readonly<Record<string, number>>;
}

export function readJob(): Job {
  return JSON.parse(process.argv[2]!) as Job;
}

export function answer(measured: Omit<Measured, 'peakBytes'>): void {
  process.stdout.write(`${JSON.stringify({ ...measured, peakBytes: peakBytes() })}\n`, () => process.exit());
}

export async function timed(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** Another program uses an image. */
export function touchRow({ home, references }: Job, turn: number): void {
  const database = new Database(join(home, 'db', 'msb.db'));
  // SQLite writes nothing where a row says the same already.
  const time = `2026-06-02 10:00:00.${String(process.pid * 100 + turn).padStart(9, '0')}`;
  const change = database.prepare('UPDATE image_ref SET updated_at = ? WHERE reference = ?');
  change.run(time, references[0]);
  database.close();
}

/** A few unmeasured first, as in a program that runs for a while. */
export async function repeated(
  job: Job,
  work: (turn: number) => unknown,
  before: (turn: number) => void = () => {},
): Promise<readonly number[]> {
  const warmUp = Math.ceil(job.repeats / 5);
  const ms: number[] = [];
  for (let turn = 0; turn < warmUp + job.repeats; turn += 1) {
    before(turn);
    ms.push(await timed(() => work(turn)));
  }
  return ms.slice(warmUp);
}

function peakBytes(): number | null {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return line === null ? null : Number(line[1]) * 1024;
  } catch {
    return null;
  }
}

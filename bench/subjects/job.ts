import { readFileSync } from 'node:fs';

/** What one child process is to measure; it answers a `Measured` as one line of JSON. */
export interface Job {
  readonly task: 'list' | 'inspect' | 'prune' | 'prune-cold' | 'remove' | 'inventory' | 'idle';
  readonly home: string;
  /** Of list and inspect. */
  readonly repeats: number;
  /** To inspect or remove. */
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

/** A few unmeasured first, as in a program that runs for a while. */
export async function repeated(job: Job, work: (turn: number) => unknown): Promise<readonly number[]> {
  const warmUp = Math.ceil(job.repeats / 5);
  const ms: number[] = [];
  for (let turn = 0; turn < warmUp + job.repeats; turn += 1) ms.push(await timed(() => work(turn)));
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

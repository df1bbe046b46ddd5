import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { scratchDir } from '../test-support/scratch.ts';

const SERVE = fileURLToPath(new URL('../out/main/serve.js', import.meta.url));
const WATCH = new URL('./subjects/watch-event-loop.ts', import.meta.url).href;
const TOKEN = 'bench-token-0123456789';

export interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The browser host as built, in a process of its own. */
export interface BenchHost {
  readonly url: string;
  readonly pid: number;
  /** The last line of the answer to a call. */
  call(name: string, input: unknown): Promise<unknown>;
  /** Forgets how late the main thread was until now. */
  resetDelays(): void;
  /** Milliseconds the main thread was late, beside the millisecond it is looked at every time. */
  stop(): Promise<Delays>;
}

/**
 * Without `watchesDelays` nothing wakes the main thread every millisecond: for what an idle host uses.
 *
 * @throws Error when `npm run build` has not been run.
 */
export async function startBenchHost(home: string, { watchesDelays = true } = {}): Promise<BenchHost> {
  if (!existsSync(SERVE)) throw new Error('the app is not built: run `npm run build` first');
  const own = scratchDir('bench-host');
  const delays = join(own, 'delays.json');
  const args = ['--import', WATCH, SERVE, '--port', '0', '--token', TOKEN, '--home', home];
  const child = spawn(process.execPath, args, {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: own,
      TMPDIR: own,
      STRATA_DATA_DIR: join(own, 'data'),
      ...(watchesDelays ? { STRATA_BENCH_DELAYS: delays } : {}),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const url = line.match(/http:\S+/)![0];
  return {
    url,
    pid: child.pid!,
    call: async (name, input) => {
      const answer = await fetch(new URL(`/ipc/${name}`, url), {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify(input),
      });
      const lines = (await answer.text()).trimEnd().split('\n');
      const last = JSON.parse(lines.at(-1)!) as { ok: boolean; value: unknown };
      if (!last.ok) throw new Error(`${name} failed: ${lines.at(-1)}`);
      return last.value;
    },
    resetDelays: () => {
      if (watchesDelays) child.kill('SIGUSR2');
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      return watchesDelays ? JSON.parse(readFileSync(delays, 'utf8')) : { p50: 0, p99: 0, max: 0 };
    },
  };
}

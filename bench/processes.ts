import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { msbBinary } from '../test-support/msb.ts';
import { scratchDir } from '../test-support/scratch.ts';
import type { Job, Measured } from './subjects/job.ts';

export type Subject = 'ours' | 'sdk' | 'raw';

/** Measures in a process of its own, so that neither memory nor compiled code is shared. */
export async function measure(
  subject: Subject,
  job: Pick<Job, 'task' | 'home'> & Partial<Job>,
): Promise<Measured> {
  const file = await bundled(subject);
  const whole: Job = { repeats: 15, references: [], ...job };
  const { output } = await run(process.execPath, [file, JSON.stringify(whole)], job.home);
  return JSON.parse(output.trim().split('\n').at(-1)!) as Measured;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const outDir = join(root, 'out', 'bench');
let isBundled: Promise<unknown> | null = null;

/** As it is shipped: Node's own way of running TypeScript takes some hundred megabytes more, and longer to start. */
async function bundled(subject: Subject): Promise<string> {
  isBundled ??= bundle();
  await isBundled;
  return join(outDir, `${subject}.js`);
}

function bundle(): Promise<unknown> {
  const subjects = ['ours', 'sdk', 'raw'].map((name) => [
    name,
    join(root, 'bench', 'subjects', `${name}.ts`),
  ]);
  const input = {
    ...Object.fromEntries(subjects),
    // The engine starts these, and looks for them beside itself.
    'look-thread': join(root, 'src-main', 'engine', 'store', 'look-thread.ts'),
    'unlink-thread': join(root, 'src-main', 'engine', 'apply', 'unlink-thread.ts'),
  };
  const output = { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' };
  return build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: { ssr: true, outDir, target: 'node24', rolldownOptions: { input, output } },
  });
}

/** One run of the msb binary: its time from start to exit, and its most memory as seen every few milliseconds. */
export async function measureMsb(home: string, args: readonly string[]): Promise<Measured> {
  const binary = msbBinary('0.6.18');
  if (binary === null) throw new Error('msb has no binary for this platform');
  const startMs = performance.now();
  const { peakBytes } = await run(binary, args, home);
  return { ms: [performance.now() - startMs], peakBytes };
}

interface Ran {
  readonly output: string;
  readonly peakBytes: number | null;
}

function run(command: string, args: readonly string[], home: string): Promise<Ran> {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  const env = { PATH: process.env.PATH ?? '', MSB_HOME: home, HOME: scratchDir('bench-user') };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const problems: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => problems.push(chunk));
  let peak: number | null = null;
  const watch = setInterval(() => {
    peak = peakBytesOf(child.pid) ?? peak;
  }, LOOK_MS);
  child.on('error', reject);
  child.on('close', (code) => {
    clearInterval(watch);
    if (code === 0) resolve({ output: Buffer.concat(out).toString(), peakBytes: peak });
    else reject(new Error(`${command} ${args[0]} left with ${code}: ${Buffer.concat(problems)}`));
  });
  return promise;
}

const LOOK_MS = 4;

function peakBytesOf(pid: number | undefined): number | null {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line === null ? null : Number(line[1]) * 1024;
  } catch {
    return null;
  }
}

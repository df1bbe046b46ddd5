import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { writeDockerArchive } from '../test-support/archive.ts';
import type { TestCache } from '../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../test-support/check-cache.ts';
import { layer } from '../test-support/images.ts';
import { makeLargeCache } from '../test-support/large-cache.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { seededRandom } from '../test-support/tar-writer.ts';

export interface SoakOptions {
  readonly images: number;
  readonly forMs: number;
  readonly seed: number;
  readonly onSample?: (sample: Sample) => void;
}

/** What the host holds, while its clients are still. */
export interface Sample {
  readonly atMs: number;
  readonly calls: number;
  readonly residentBytes: number;
  readonly handles: number;
  readonly locks: number;
  /** In Strata's own folders and in the cache's `tmp` and `.strata`. */
  readonly temporaryFiles: number;
}

export interface SoakReport {
  readonly samples: readonly Sample[];
  readonly calls: number;
  readonly problems: readonly string[];
}

const CLIENTS = 6;
const TOKEN = 'soak-token-0123456789';
/** How long clients work between two samples. */
const STRETCH_MS = 10_000;

/**
 * Clients of the browser host look, search, plan, remove, watch and go away in the middle, while msb loads into the same
 * cache. Between stretches of work everybody is still, and what the host holds is counted.
 */
export async function soak({ images, forMs, seed, onSample }: SoakOptions): Promise<SoakReport> {
  const cache = await makeLargeCache({ images, files: 'all', heldImages: 20 });
  const run = new Soak(cache, seed);
  await run.start();
  const endMs = performance.now() + forMs;
  const samples: Sample[] = [];
  while (performance.now() < endMs) {
    await run.work(Math.min(STRETCH_MS, Math.max(forMs / 6, 1000)));
    const sample = run.sample();
    samples.push(sample);
    onSample?.(sample);
  }
  return { samples, calls: run.calls, problems: [...(await run.finish()), ...judge(samples)] };
}

/** The first third is warming up: caches fill, code is compiled. */
function judge(samples: readonly Sample[]): readonly string[] {
  const settled = samples.slice(Math.floor(samples.length / 3));
  const half = Math.ceil(settled.length / 2);
  const grown = (of: (sample: Sample) => number) =>
    Math.max(...settled.slice(half).map(of)) - Math.max(...settled.slice(0, half).map(of));
  const problems: string[] = [];
  const allowed = Math.max(96 * 2 ** 20, 0.2 * (settled[0]?.residentBytes ?? 0));
  if (grown(({ residentBytes }) => residentBytes) > allowed) problems.push('memory grows');
  if (grown(({ handles }) => handles) > 4) problems.push('handles are leaked');
  if (settled.some(({ locks }) => locks > 0)) problems.push('locks are leaked');
  if (grown(({ temporaryFiles }) => temporaryFiles) > 2) problems.push('temporary files are left');
  return problems;
}

class Soak {
  readonly #cache: TestCache;
  readonly #random: () => number;
  readonly #scratch = scratchDir('soak');
  readonly #archive: string;
  readonly #problems: string[] = [];
  readonly #startMs = performance.now();
  #host: ChildProcess | null = null;
  #port = 0;
  calls = 0;

  constructor(cache: TestCache, seed: number) {
    this.#cache = cache;
    this.#random = seededRandom(seed);
    this.#archive = join(scratchDir('archive'), 'image.tar');
    writeDockerArchive(this.#archive, [
      { references: ['strata.test/soak:1'], layers: [layer('RUN soak', 'soak', 200_000)] },
    ]);
    for (const folder of ['scratch', 'data']) mkdirSync(join(this.#scratch, folder));
  }

  async start(): Promise<void> {
    const script = fileURLToPath(new URL('./soak-host.ts', import.meta.url));
    this.#host = spawn(process.execPath, [script, this.#cache.home, this.#scratch, TOKEN], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#host.stderr!.on('data', (chunk: Buffer) =>
      this.#problems.push(`the host says: ${chunk.toString().trim()}`),
    );
    const [line] = (await once(this.#host.stdout!, 'data')) as [Buffer];
    this.#port = Number(line.toString());
  }

  async work(forMs: number): Promise<void> {
    const endMs = performance.now() + forMs;
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < endMs) await this.#lookAround();
    });
    await Promise.all([...clients, this.#loadAndRemove()]);
    // Streams that were left end in their own time.
    await delay(500);
  }

  async #lookAround(): Promise<void> {
    const { reference, diffIds } = this.#cache.images[this.#random() % this.#cache.images.length]!;
    const diffId = diffIds[0]!;
    const calls: readonly (readonly [string, unknown])[] = [
      ['images.list', {}],
      ['images.facts', {}],
      ['images.inspect', { reference }],
      ['layers.list', {}],
      ['cache.usage', {}],
      ['cache.plan', { action: { kind: 'prune', policy: { unusedForDays: this.#random() % 400 } } }],
      ['cache.plan', { action: { kind: 'remove', reference, force: true } }],
      ['files.list', { reference, path: '/' }],
      ['files.list', { diffId, path: '/etc' }],
      ['files.read', { diffId, path: '/etc/model.conf', offset: 0, length: 4096 }],
      ['files.search', { diffId, query: 'conf', limit: 100, changesOnly: false, minimumBytes: 0 }],
      ['activity.list', { limit: 50 }],
      ['images.inspect', { reference: '../../etc/passwd' }],
      ['files.read', { diffId: 'sha256:no', path: '..', offset: -1, length: 1e9 }],
      ['no.such', {}],
    ];
    const which = this.#random() % (calls.length + 2);
    const [name, input] = calls[which] ?? ['cache.watch', {}];
    // Some go away before they are answered; the watch never ends by itself.
    const leaveAfterMs = which >= calls.length ? 700 : this.#random() % 5 === 0 ? this.#random() % 40 : null;
    await this.#call(name, input, leaveAfterMs);
  }

  /** The same image comes and goes, and with it rows, files and locks. */
  async #loadAndRemove(): Promise<void> {
    await this.#cache.msb(['load', '--quiet', '--input', this.#archive]);
    await this.#call('images.remove', { reference: 'strata.test/soak:1', force: false }, null);
    await this.#call('cache.gc', {}, null);
  }

  #call(name: string, input: unknown, leaveAfterMs: number | null): Promise<void> {
    this.calls += 1;
    return new Promise((resolve) => {
      const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
      const options = {
        port: this.#port,
        host: '127.0.0.1',
        method: 'POST',
        path: `/ipc/${name}`,
        headers,
        agent: false,
      };
      const call = request(options, (response) => {
        let last = '';
        response.on('data', (chunk: Buffer) => {
          last = chunk.subarray(-300).toString();
        });
        response.on('end', () => {
          if (last.includes('"code":"internal"')) this.#problems.push(`${name} says ${last}`);
        });
      });
      call.on('error', () => {});
      call.on('close', () => resolve());
      call.end(JSON.stringify(input));
      if (leaveAfterMs !== null) setTimeout(() => call.destroy(), leaveAfterMs);
    });
  }

  sample(): Sample {
    const { pid } = this.#host!;
    return {
      atMs: Math.round(performance.now() - this.#startMs),
      calls: this.calls,
      residentBytes: residentBytes(pid!),
      handles: countOf(() => readdirSync(`/proc/${pid}/fd`)),
      locks: countOf(() =>
        readFileSync('/proc/locks', 'utf8')
          .split('\n')
          .filter((line) => new RegExp(`FLOCK .* ${pid} `).test(line)),
      ),
      temporaryFiles: this.#temporaryFiles(),
    };
  }

  #temporaryFiles(): number {
    const own = ['scratch', 'data'].map((folder) => join(this.#scratch, folder));
    const inCache = ['tmp', '.strata'].map((folder) => join(this.#cache.cacheDir, folder));
    return [...own, ...inCache]
      .filter((folder) => existsSync(folder))
      .reduce((sum, folder) => sum + readdirSync(folder, { recursive: true }).length, 0);
  }

  /** Ends the host, and looks whether it was sound to the end. */
  async finish(): Promise<readonly string[]> {
    const host = this.#host!;
    if (host.exitCode !== null) this.#problems.push(`the host ended by itself with ${host.exitCode}`);
    host.stdin!.end();
    if (host.exitCode === null) await once(host, 'close');
    const { home } = this.#cache;
    return [...this.#problems, ...checkDatabase(home), ...checkHeldImages(home)];
  }
}

function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? 0) * 1024;
}

function countOf(list: () => readonly unknown[]): number {
  try {
    return list().length;
  } catch {
    return 0;
  }
}

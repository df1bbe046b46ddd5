import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeDockerArchive } from '../test-support/archive.ts';
import { makeCache, type TestCache } from '../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../test-support/check-cache.ts';
import { layer, standardImages } from '../test-support/images.ts';
import { makeLargeCache } from '../test-support/large-cache.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { seededRandom } from '../test-support/tar-writer.ts';
import { type HostKind, type SoakedHost, startSoakedHost } from './soak-hosts.ts';
import { judge, type Sample } from './soak-judge.ts';

export interface SoakOptions {
  readonly host: HostKind;
  readonly images: number;
  readonly forMs: number;
  readonly seed: number;
  readonly onSample?: (sample: Sample) => void;
}

export interface SoakReport {
  readonly samples: readonly Sample[];
  readonly calls: number;
  /** What went wrong, and was left behind at the end. */
  readonly problems: readonly string[];
  /** What grew over the whole time. */
  readonly leaks: readonly string[];
}

const CLIENTS = 6;
/** How long clients work between two samples. */
const STRETCH_MS = 10_000;
/** On a slow machine a short soak takes longer: fewer say nothing. */
const FEWEST_SAMPLES = 4;
/** In how many stretches one is disturbed. */
const DISTURB_EVERY = 3;
/** Longer than any call may take under load. */
const UNANSWERED_MS = 240_000;

/**
 * Clients of a host look, search, plan, remove, watch and go away in the middle, while msb loads into the same
 * cache. Between stretches of work everybody is still, and what the host holds is counted.
 */
export async function soak({ host, images, forMs, seed, onSample }: SoakOptions): Promise<SoakReport> {
  const cache = await makeLargeCache({ images, files: 'all', heldImages: 20 });
  const folder = scratchDir('soak');
  const other = await makeCache({ images: standardImages() });
  const soaked = await startSoakedHost(host, { home: cache.home, otherHome: other.home, folder });
  const run = new Soak(cache, soaked, folder, seed);
  const endMs = performance.now() + forMs;
  const samples: Sample[] = [];
  while (performance.now() < endMs || samples.length < FEWEST_SAMPLES) {
    await run.work(Math.min(STRETCH_MS, Math.max(forMs / 6, 1000)));
    if (samples.length % DISTURB_EVERY === 0) await soaked.disturb();
    // Streams that were left, and engines of closed windows, end in their own time.
    await delay(1000);
    const sample = run.sample();
    samples.push(sample);
    onSample?.(sample);
  }
  return { samples, calls: run.calls, problems: await run.finish(), leaks: judge(samples) };
}

class Soak {
  readonly #cache: TestCache;
  readonly #host: SoakedHost;
  readonly #folder: string;
  readonly #random: () => number;
  readonly #archive: string;
  readonly #problems: string[] = [];
  readonly #startMs = performance.now();
  calls = 0;

  constructor(cache: TestCache, host: SoakedHost, folder: string, seed: number) {
    this.#cache = cache;
    this.#host = host;
    this.#folder = folder;
    this.#random = seededRandom(seed);
    this.#archive = join(scratchDir('archive'), 'image.tar');
    writeDockerArchive(this.#archive, [
      { references: ['strata.test/soak:1'], layers: [layer('RUN soak', 'soak', 200_000)] },
    ]);
  }

  async work(forMs: number): Promise<void> {
    const endMs = performance.now() + forMs;
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < endMs) await this.#lookAround();
    });
    await Promise.all([...clients, this.#loadAndRemove()]);
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
    await this.#call(
      'images.remove',
      { reference: 'strata.test/soak:1', force: false, undoMinutes: 0 },
      null,
    );
    await this.#call('cache.gc', { undoMinutes: 0 }, null);
  }

  async #call(name: string, input: unknown, leaveAfterMs: number | null): Promise<void> {
    this.calls += 1;
    const answered = new AbortController();
    const unanswered = delay(UNANSWERED_MS, null, { signal: answered.signal }).catch(() => null);
    const last = await Promise.race([this.#host.call(name, input, leaveAfterMs), unanswered]);
    answered.abort();
    if (last === null) this.#problems.push(`${name} was never answered`);
    else if (last.includes('"code":"internal"') && !last.includes('"incident":"cancelled"'))
      this.#problems.push(`${name} says ${last}`);
  }

  sample(): Sample {
    const { pid } = this.#host;
    return {
      atMs: Math.round(performance.now() - this.#startMs),
      calls: this.calls,
      residentBytes: residentBytes(pid),
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
    const own = ['scratch', 'data'].map((folder) => join(this.#folder, folder));
    const inCache = ['tmp', '.strata'].map((folder) => join(this.#cache.cacheDir, folder));
    return [...own, ...inCache]
      .filter((folder) => existsSync(folder))
      .reduce((sum, folder) => sum + readdirSync(folder, { recursive: true }).length, 0);
  }

  /** Ends the host, and looks whether it and its cache were sound to the end. */
  async finish(): Promise<readonly string[]> {
    await this.#host.stop();
    const left = readdirSync(join(this.#folder, 'scratch'));
    if (left.length > 0) this.#problems.push(`left behind: ${left.join(', ')}`);
    const { home } = this.#cache;
    return [...this.#problems, ...this.#host.complaints, ...checkDatabase(home), ...checkHeldImages(home)];
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

import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HostileClient } from '../src-main/engine/hostile/client.fixture.ts';
import { age } from '../test-support/age.ts';
import { type ImageSpec, writeDockerArchive } from '../test-support/archive.ts';
import { makeCache, type TestCache } from '../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../test-support/check-cache.ts';
import { layer, standardImages } from '../test-support/images.ts';
import type { MsbVersion } from '../test-support/msb.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { addSnapshot } from '../test-support/snapshots.ts';
import { seededRandom } from '../test-support/tar-writer.ts';

export interface StressReport {
  /** Commands of msb that ran beside us. */
  readonly msbCommands: number;
  /** Removals and collections of ours that ran beside msb. */
  readonly removals: number;
  readonly removedItems: number;
  readonly problems: readonly string[];
}

/** How long both sides work before they are stopped and the cache is looked at. */
const ROUND_MS = 4000;
const LONG_AGO_MS = 86_400_000;

/**
 * The real msb loads, loads again, lists, removes and prunes in a loop while we remove and collect, on one cache.
 * Commands of msb follow one another: two at once break each other without us. Nothing of msb's may fail that would
 * have succeeded without us, no image may be listed with a file missing, and a last collection leaves nothing.
 */
export async function stressBeside(version: MsbVersion, forMs: number, seed: number): Promise<StressReport> {
  const cache = await makeCache({ version, images: standardImages() });
  addSandbox(cache.home, { name: 'agent-7', reference: 'alpine' });
  addSnapshot(cache.home, { name: 'warm', reference: 'ghcr.io/acme/app:1' });
  const stress = new Stress(cache, seed);
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs) await stress.round();
  return await stress.finish();
}

class Stress {
  readonly #cache: TestCache;
  readonly #random: () => number;
  readonly #client: HostileClient;
  readonly #archives: readonly string[];
  readonly #problems: string[] = [];
  #msbCommands = 0;
  #removals = 0;
  #removedItems = 0;
  #isStopping = false;

  constructor(cache: TestCache, seed: number) {
    this.#cache = cache;
    this.#random = seededRandom(seed);
    this.#client = new HostileClient(cache.home, scratchDir('stress'));
    this.#archives = Array.from({ length: 6 }, (_, index) => writeArchive(index));
  }

  async round(): Promise<void> {
    this.#isStopping = false;
    const stop = delay(ROUND_MS).then(() => {
      this.#isStopping = true;
    });
    await Promise.all([stop, this.#msbAtWork(), this.#usAtWork()]);
    this.#problems.push(...checkDatabase(this.#cache.home), ...checkHeldImages(this.#cache.home));
  }

  /** What may fail for reasons of its own (removing what we have removed) is not counted. */
  async #msbAtWork(): Promise<void> {
    while (!this.#isStopping) {
      const archive = this.#archives[this.#random() % this.#archives.length]!;
      await this.#mustSucceed(['load', '--quiet', '--input', archive]);
      await this.#mustSucceed(['load', '--quiet', '--input', archive]);
      await this.#mustSucceed(['image', 'ls']);
      const what = this.#random() % 6;
      if (what === 0) await this.#mustSucceed(['image', 'prune', '-y']);
      if (what === 1)
        await this.#mayFail(['image', 'rm', referenceOf(this.#random() % this.#archives.length)]);
    }
  }

  async #usAtWork(): Promise<void> {
    while (!this.#isStopping) {
      const reference = referenceOf(this.#random() % this.#archives.length);
      const outcome =
        this.#random() % 3 === 0
          ? await this.#client.outcome('cache.gc', {})
          : await this.#client.outcome('images.remove', { reference, force: this.#random() % 2 === 0 });
      this.#removals += 1;
      if ('removed' in outcome) this.#removedItems += outcome.removed.length;
      await delay(this.#random() % 60);
    }
  }

  async #mustSucceed(args: readonly string[]): Promise<void> {
    this.#msbCommands += 1;
    try {
      await this.#cache.msb(args);
    } catch (error) {
      this.#problems.push((error as Error).message);
    }
  }

  async #mayFail(args: readonly string[]): Promise<void> {
    this.#msbCommands += 1;
    await this.#cache.msb(args).catch(() => undefined);
  }

  async finish(): Promise<StressReport> {
    const { home, cacheDir } = this.#cache;
    ageEverything(cacheDir);
    await this.#client.call('cache.prune', { policy: {} });
    ageEverything(cacheDir);
    await this.#client.call('cache.gc', {});
    const left = (await this.#client.plan({ kind: 'gc' })).items.map(
      ({ name }) => `still to be collected: ${name}`,
    );
    this.#client.close();
    const own = readdirSync(cacheDir).filter((name) => name === '.strata');
    const problems = [...this.#problems, ...checkDatabase(home), ...checkHeldImages(home), ...left, ...own];
    return {
      msbCommands: this.#msbCommands,
      removals: this.#removals,
      removedItems: this.#removedItems,
      problems,
    };
  }
}

function referenceOf(index: number): string {
  return `strata.test/stress:${index}`;
}

/** Images of a base they share and a layer of their own. */
function writeArchive(index: number): string {
  const spec: ImageSpec = {
    references: [referenceOf(index)],
    layers: [
      layer('# base', 'stress-base', 400_000),
      layer(`RUN ${index}`, `stress-${index}`, 100_000 + index * 10_000),
    ],
  };
  const file = join(scratchDir('archive'), 'image.tar');
  writeDockerArchive(file, [spec]);
  return file;
}

/** In one process: there may be tens of thousands of files. */
function ageEverything(path: string): void {
  if (process.platform === 'linux') {
    const time = new Date(Date.now() - LONG_AGO_MS).toISOString();
    execFileSync('find', [path, '-exec', 'touch', '-h', '-d', time, '{}', '+']);
    return;
  }
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) ageEverything(join(path, name));
  age(path, LONG_AGO_MS);
}

import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HostileClient, isRefused } from '../src-main/engine/hostile/client.fixture.ts';
import type { Report } from '../src-shared/domain/plan.ts';
import { age } from '../test-support/age.ts';
import { type ImageSpec, type LayerSpec, writeDockerArchive } from '../test-support/archive.ts';
import { makeCache, type TestCache } from '../test-support/cache.ts';
import { checkDatabase, checkHeldImages, leftBehind, missingFilesOf } from '../test-support/check-cache.ts';
import { type DockerRegistry, startDockerRegistry } from '../test-support/docker-registry.ts';
import { layer, standardImages } from '../test-support/images.ts';
import type { MsbVersion } from '../test-support/msb.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { addSnapshot } from '../test-support/snapshots.ts';
import { seededRandom } from '../test-support/tar-writer.ts';

export interface StressOptions {
  readonly version: MsbVersion;
  readonly forMs: number;
  readonly seed: number;
  /** The control: msb alone. What fails then is not ours. */
  readonly isWithoutUs?: boolean;
}

export interface StressReport {
  /** Commands of msb that ran, by name. */
  readonly commands: Readonly<Record<string, number>>;
  /** Our removals, collections and undos, by call. */
  readonly calls: Readonly<Record<string, number>>;
  readonly removedFiles: number;
  /** Files left alone, by the reason. */
  readonly leftAlone: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** How long both sides work before they are stopped and the cache is looked at. */
const ROUND_MS = 4000;
const LONG_AGO_MS = 86_400_000;
const IMAGES = 5;
/** Held by a sandbox, and by a snapshot. */
const HELD = ['alpine', 'ghcr.io/acme/app:1'];

/**
 * The real msb loads, pulls, does both again with everything cached, lists, removes and prunes in a loop while we
 * remove, collect and undo, on one cache. In every other round msb removes nothing, and a second msb loads beside the
 * first; in the others its commands follow one another, because its removals break its own pulls. It never pulls twice at
 * once: the pull that ends first deletes the blob of a layer both need, which the other may be about to unpack.
 *
 * A problem is: a command that fails and would not have without us; an image that lacks a file while it is listed, at
 * any time; a database that is not sound; something that a last collection does not find.
 */
export async function stressBeside(options: StressOptions): Promise<StressReport> {
  const { version, forMs, seed, isWithoutUs = false } = options;
  const cache = await makeCache({ version, images: standardImages() });
  addSandbox(cache.home, { name: 'agent-7', reference: HELD[0]! });
  addSnapshot(cache.home, { name: 'warm', reference: HELD[1]! });
  const registry = await startDockerRegistry();
  registry?.admitTo(cache.home);
  const stress = new Stress(cache, registry, seededRandom(seed));
  try {
    await stress.prepare();
    const endMs = performance.now() + forMs;
    for (let round = 0; performance.now() < endMs; round += 1)
      await stress.round(round % 2 === 1, isWithoutUs);
    return await stress.finish();
  } finally {
    await registry?.stop();
  }
}

class Stress {
  readonly #cache: TestCache;
  readonly #registry: DockerRegistry | null;
  readonly #random: () => number;
  readonly #client: HostileClient;
  readonly #archives: readonly string[];
  readonly #problems: string[] = [];
  readonly #commands: Record<string, number> = {};
  readonly #calls: Record<string, number> = {};
  readonly #leftAlone: Record<string, number> = {};
  #removedFiles = 0;
  #isStopping = false;

  constructor(cache: TestCache, registry: DockerRegistry | null, random: () => number) {
    this.#cache = cache;
    this.#registry = registry;
    this.#random = random;
    this.#client = new HostileClient(cache.home, scratchDir('stress'));
    this.#archives = indexes().map(writeArchive);
  }

  /** The registry's images share their base with those that are loaded. */
  async prepare(): Promise<void> {
    for (const index of indexes())
      await this.#registry?.push('stress', `${index}`, { layers: layersOf(index, 'pulled') });
  }

  async round(isWithTwo: boolean, isWithoutUs: boolean): Promise<void> {
    this.#isStopping = false;
    ageEverything(this.#cache.cacheDir);
    const stop = delay(ROUND_MS).then(() => {
      this.#isStopping = true;
    });
    await Promise.all([
      stop,
      this.#msbAtWork(isWithTwo ? [0, 1] : indexes(), !isWithTwo),
      isWithTwo ? this.#msbAtWork([2, 3, 4], false, false) : null,
      isWithoutUs ? null : this.#usAtWork(),
    ]);
    this.#problems.push(...checkDatabase(this.#cache.home), ...checkHeldImages(this.#cache.home));
  }

  async #msbAtWork(images: readonly number[], mayRemove: boolean, mayPull = true): Promise<void> {
    while (!this.#isStopping) {
      const index = this.#pick(images);
      if (mayPull && this.#registry !== null && this.#oneIn(2)) await this.#pull(index);
      else await this.#load(index);
      if (this.#oneIn(4)) await this.#msb(['image', 'ls']);
      if (mayRemove && this.#oneIn(6)) await this.#msb(['image', 'prune', '-y']);
      if (mayRemove && this.#oneIn(6)) await this.#msb(['image', 'rm', loaded(index)], NOT_FOUND);
    }
  }

  async #load(index: number): Promise<void> {
    for (let time = 0; time < 2; time += 1) {
      await this.#msb(['load', '--quiet', '--input', this.#archives[index]!]);
      this.#expectWhole(loaded(index));
    }
  }

  async #pull(index: number): Promise<void> {
    const reference = this.#pulled(index);
    await this.#moveTag();
    const force = this.#oneIn(5) ? ['--force'] : [];
    await this.#msb(['pull', '--quiet', ...force, reference]);
    this.#expectWhole(reference);
    await this.#msb(['pull', '--quiet', reference]);
    this.#expectWhole(reference);
  }

  /** The first tag of the registry is another image now and then. */
  async #moveTag(): Promise<void> {
    if (!this.#oneIn(8)) return;
    const layers = layersOf(0, `moved ${this.#random() % 3}`);
    await this.#registry!.push('stress', '0', { layers });
  }

  async #usAtWork(): Promise<void> {
    while (!this.#isStopping) {
      await this.#removeSomething();
      await delay(this.#random() % 60);
    }
  }

  async #removeSomething(): Promise<void> {
    const isUndoable = this.#oneIn(4);
    await this.#client.call('settings.set', { undoMinutes: isUndoable ? 60 : 0 });
    const report = await this.#remove();
    if (report === null) return;
    this.#note(report);
    if (report.undoId === undefined) return;
    await delay(this.#random() % 300);
    const undo = this.#oneIn(2) ? 'undo.restore' : 'undo.empty';
    count(this.#calls, undo);
    await this.#client.outcome(undo, { id: report.undoId });
  }

  /** Null when it was refused: there is no such image, it is in use, or the cache moved all the time. */
  async #remove(): Promise<Report | null> {
    const index = this.#pick(indexes());
    const reference = this.#registry !== null && this.#oneIn(2) ? this.#pulled(index) : loaded(index);
    const kind = this.#random() % 6;
    const name = kind === 0 ? 'cache.gc' : kind === 1 ? 'cache.prune' : 'images.remove';
    const outcome =
      name === 'cache.gc'
        ? await this.#client.outcome(name, {})
        : name === 'cache.prune'
          ? await this.#client.outcome(name, { policy: {} })
          : await this.#client.outcome(name, { reference, force: this.#oneIn(2) });
    if (isRefused(outcome)) {
      count(this.#calls, `${name} (${outcome.refused.code})`);
      return null;
    }
    count(this.#calls, name);
    return outcome as Report;
  }

  #note({ removed, leftAlone, bytesFreed, bytesSetAside = 0 }: Report): void {
    this.#removedFiles += removed.filter(({ allocatedBytes }) => allocatedBytes > 0).length;
    for (const { reason } of leftAlone) count(this.#leftAlone, reason.replace(/[0-9a-f]{12,}.*|\d+/g, '…'));
    const sum = removed.reduce((bytes, { allocatedBytes }) => bytes + allocatedBytes, 0);
    if (sum !== bytesFreed + bytesSetAside)
      this.#problems.push(`${sum} bytes removed, ${bytesFreed} + ${bytesSetAside} reported`);
  }

  /** @param allowed What it may say when it fails for a reason of its own. */
  async #msb(args: readonly string[], allowed: RegExp | null = null): Promise<void> {
    count(this.#commands, args[0] === 'image' ? `image ${args[1]}` : args[0]!);
    try {
      await this.#cache.msb(args);
    } catch (error) {
      const { message } = error as Error;
      if (allowed === null || !allowed.test(message)) this.#problems.push(message);
    }
  }

  #expectWhole(reference: string): void {
    const missing = missingFilesOf(this.#cache.home, reference);
    if (missing.length > 0) this.#problems.push(`${reference} is listed without ${missing.join(', ')}`);
  }

  async finish(): Promise<StressReport> {
    const { home, cacheDir } = this.#cache;
    await this.#client.call('settings.set', { undoMinutes: 0 });
    await this.#client.call('undo.empty', { all: true });
    ageEverything(cacheDir);
    await this.#client.call('cache.prune', { policy: {} });
    ageEverything(cacheDir);
    await this.#client.call('cache.gc', {});
    const { items } = await this.#client.plan({ kind: 'gc' });
    this.#client.close();
    const left = items.map(({ name }) => `still to be collected: ${name}`);
    const unsound = [...checkDatabase(home), ...checkHeldImages(home), ...leftBehind(home, HELD)];
    return {
      commands: this.#commands,
      calls: this.#calls,
      removedFiles: this.#removedFiles,
      leftAlone: this.#leftAlone,
      problems: [...this.#problems, ...unsound, ...left],
    };
  }

  #pulled(index: number): string {
    return `${this.#registry!.host}/stress:${index}`;
  }

  #pick(values: readonly number[]): number {
    return values[this.#random() % values.length]!;
  }

  #oneIn(times: number): boolean {
    return this.#random() % times === 0;
  }
}

const NOT_FOUND = /image not found/;

function indexes(): readonly number[] {
  return Array.from({ length: IMAGES }, (_, index) => index);
}

function loaded(index: number): string {
  return `strata.test/stress:${index}`;
}

/** A base that all share, one that those of one number share, and a layer of its own. */
function layersOf(index: number, own: string): readonly LayerSpec[] {
  return [
    layer('# base', 'stress-base', 400_000),
    layer(`RUN ${index}`, `stress-${index}`, 100_000 + index * 10_000),
    layer(`COPY ${own}`, `stress-${index}-${own.replace(' ', '-')}`, 50_000),
  ];
}

function writeArchive(index: number): string {
  const spec: ImageSpec = { references: [loaded(index)], layers: layersOf(index, 'loaded') };
  const file = join(scratchDir('archive'), 'image.tar');
  writeDockerArchive(file, [spec]);
  return file;
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
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

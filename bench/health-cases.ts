import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HostileClient } from '../src-main/engine/hostile/client.fixture.ts';
import type { HealthReport } from '../src-shared/domain/health.ts';
import type { ImageSpec, LayerSpec } from '../test-support/archive.ts';
import { loadImages, makeCache, type TestCache } from '../test-support/cache.ts';
import { type DockerRegistry, startDockerRegistry } from '../test-support/docker-registry.ts';
import { everyEntryKind, layer } from '../test-support/images.ts';
import type { MsbVersion } from '../test-support/msb.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { scratchDir } from '../test-support/scratch.ts';
import {
  directory,
  file,
  hardlink,
  opaque,
  symlink,
  type TarEntry,
  whiteout,
} from '../test-support/tar-entry.ts';
import { seededRandom } from '../test-support/tar-writer.ts';

/** One healthy cache that was checked. */
export interface HealthCase {
  /** The command that made it of the one before. */
  readonly command: string;
  readonly images: number;
  /** What was said of a cache in which nothing is wrong, and what changed although it was only looked at. */
  readonly problems: readonly string[];
}

/**
 * Goes through healthy caches, each a command of the real msb (or a removal of ours) after the one before: varied images
 * are loaded, pulled, loaded again under other names, tags move, images are removed and pruned. Each is checked quickly
 * as a whole and one of its images deeply, and compared before and after the check: names, lengths, blocks, times of
 * content and of inodes, and the bytes of the database.
 */
export async function checkHealthy(
  caches: number,
  seed: number,
  version: MsbVersion,
  onCase: (healthy: HealthCase, index: number) => void,
): Promise<void> {
  const random = seededRandom(seed);
  const cache = await makeCache({ version });
  const registry = await startDockerRegistry();
  registry?.admitTo(cache.home);
  const world = new HealthyWorld(cache, registry, random);
  try {
    for (let index = 0; index < caches; index += 1) {
      const command = await world.change(index);
      onCase({ command, ...(await world.check()) }, index);
    }
  } finally {
    world.close();
    await registry?.stop();
    cache.dispose();
  }
}

class HealthyWorld {
  readonly #cache: TestCache;
  readonly #registry: DockerRegistry | null;
  readonly #random: () => number;
  readonly #client: HostileClient;
  readonly #layers: LayerSpec[] = [];
  #loaded = 0;

  constructor(cache: TestCache, registry: DockerRegistry | null, random: () => number) {
    this.#cache = cache;
    this.#registry = registry;
    this.#random = random;
    this.#client = new HostileClient(cache.home, scratchDir('health'));
  }

  /** Answers what was done. */
  async change(index: number): Promise<string> {
    const names = (await this.#client.call('images.list', {})).map(({ reference }) => reference);
    const chosen = names[this.#random() % Math.max(1, names.length)];
    const what = names.length > 20 ? 9 : this.#random() % 12;
    if (chosen === undefined || what < 6) return await this.#load(index, null);
    switch (what) {
      case 6:
        return await this.#load(index, chosen);
      case 7:
      case 8:
        return await this.#pull(index);
      case 9:
        return await this.#removeMany(names);
      case 10:
        addSandbox(this.#cache.home, { name: `sandbox-${index}`, reference: chosen });
        return 'a sandbox that failed to boot';
      default:
        await this.#client.outcome('images.remove', { reference: chosen, force: true });
        return 'removal of ours';
    }
  }

  /** @param name A tag that moves to another image; a new one for null. */
  async #load(index: number, name: string | null): Promise<string> {
    const format = this.#random() % 2 === 0 ? 'docker' : 'oci';
    const references = [name ?? `health.test/image-${index % 40}:${index}`];
    const { version } = this.#cache;
    await loadImages(this.#cache.home, [{ ...this.#image(), references }], { version, format });
    return `load of ${format === 'docker' ? 'a docker archive' : 'an OCI layout'}${name === null ? '' : ', the tag moved'}`;
  }

  async #pull(index: number): Promise<string> {
    if (this.#registry === null) return await this.#load(index, null);
    const tag = `${this.#random() % 5}`;
    await this.#registry.push('health', tag, this.#image(false));
    await this.#cache.msb(['pull', '--quiet', '--force', `${this.#registry.host}/health:${tag}`]);
    return 'pull';
  }

  async #removeMany(names: readonly string[]): Promise<string> {
    if (this.#random() % 4 === 0) {
      await this.#cache.msb(['image', 'prune', '-y']);
      return 'image prune';
    }
    const some = names.filter(() => this.#random() % 2 === 0);
    // What a sandbox has booted from stays, and msb says so.
    for (const name of some) await this.#cache.msb(['image', 'rm', name]).catch(() => undefined);
    return 'image rm';
  }

  /**
   * One layer in three is one that another image may have as well; now and then one is there twice, which msb loads but
   * does not always pull.
   */
  #image(mayRepeat = true): Omit<ImageSpec, 'references'> {
    const chosen = Array.from({ length: 1 + (this.#random() % 4) }, () => {
      const known = this.#layers[this.#random() % Math.max(1, this.#layers.length)];
      return known !== undefined && this.#random() % 3 === 0 ? known : this.#layer();
    });
    const layers = mayRepeat ? chosen : [...new Set(chosen)];
    const repeated = mayRepeat && this.#random() % 12 === 0 ? [layers[0]!] : [];
    const env = this.#random() % 2 === 0 ? { env: ['A=1'], stopSignal: 'SIGINT' } : {};
    return { layers: [...layers, ...repeated], config: { cmd: [`/${this.#random()}`], ...env } };
  }

  #layer(): LayerSpec {
    this.#loaded += 1;
    const name = `layer-${this.#loaded}`;
    const entries = [...this.#entries(name)];
    const isGzip = this.#random() % 3 === 0;
    const made: LayerSpec = {
      createdBy: `RUN ${name}`,
      entries,
      ...(isGzip ? { compression: 'gzip' as const } : {}),
    };
    this.#layers.push(made);
    return made;
  }

  *#entries(name: string): Generator<TarEntry> {
    const kind = this.#random() % 8;
    if (kind === 0) yield* everyEntryKind();
    if (kind === 1) yield* layer('', name, this.#random() % 300_000).entries;
    yield directory(name);
    if (kind === 2)
      for (let index = 0; index < 300; index += 1)
        yield file(`${name}/${'n'.repeat(index % 200)}${index}`, `${index}`);
    yield file(`${name}/empty`, '');
    yield file(`${name}/data`, { sizeBytes: this.#random() % 200_000, fill: 'noise', seed: this.#loaded });
    if (kind === 3) yield file(`${name}/zeros`, { sizeBytes: this.#random() % 5_000_000, fill: 'zeros' });
    yield symlink(`${name}/link`, 'x'.repeat(1 + (this.#random() % 300)));
    yield hardlink(`${name}/again`, `${name}/data`);
    if (kind === 4) yield whiteout('etc/gone');
    if (kind === 5) yield opaque(`${name}/deep`);
  }

  async check(): Promise<Omit<HealthCase, 'command'>> {
    const before = lookAtHome(this.#cache.home);
    const quick = await this.#client.call('health.quick', {});
    const references = quick.images.map(({ reference }) => reference);
    const reference = references[this.#random() % Math.max(1, references.length)];
    const deep = reference === undefined ? null : await this.#client.call('health.deep', { reference });
    const changed = differences(before, lookAtHome(this.#cache.home));
    return {
      images: references.length,
      problems: [...alarms('quick', quick), ...(deep === null ? [] : alarms('deep', deep)), ...changed],
    };
  }

  close(): void {
    this.#client.close();
  }
}

function alarms(check: string, { images }: HealthReport): readonly string[] {
  return images
    .filter(({ status }) => status !== 'healthy')
    .map(({ reference, findings }) => `${check} check of ${reference}: ${JSON.stringify(findings)}`);
}

/** By path: everything a write would change, and the content of the database. Times of last access are not. */
function lookAtHome(home: string): ReadonlyMap<string, string> {
  const seen = new Map<string, string>([['content of the database', hashDatabase(home)]]);
  for (const path of readdirSync(home, { recursive: true, encoding: 'utf8' })) {
    // Who reads a database marks in the index of its log how far.
    if (path === SHARED_INDEX) continue;
    const { ino, mode, nlink, size, blocks, mtimeNs, ctimeNs } = lstatSync(join(home, path), {
      bigint: true,
    });
    seen.set(path, [ino, mode, nlink, size, blocks, mtimeNs, ctimeNs].join(' '));
  }
  return seen;
}

/**
 * In a process of its own: whoever closes a database file loses every lock that his process has on it, also those of
 * the engine, and msb would take the log away under it (https://www.sqlite.org/howtocorrupt.html, section 2.2).
 */
function hashDatabase(home: string): string {
  const files = ['msb.db', 'msb.db-wal'].map((name) => join(home, 'db', name));
  return execFileSync(process.execPath, ['--input-type=module', '--eval', HASH, ...files], {
    encoding: 'utf8',
  });
}

const HASH = `
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
for (const file of process.argv.slice(1))
  console.log(existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'none');
`;

const SHARED_INDEX = 'db/msb.db-shm';

function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `the check changed ${path}: ${before.get(path)} became ${after.get(path)}`);
}

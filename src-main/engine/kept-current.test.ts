import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { CallName, InputOf, ValueOf } from '../../src-shared/ipc/contract.ts';
import type { TestCache } from '../../test-support/cache.ts';
import { withDatabase } from '../../test-support/database.ts';
import { layer } from '../../test-support/images.ts';
import { makeLargeCache } from '../../test-support/large-cache.ts';
import { describeWithMsb } from '../../test-support/msb-suite.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { seededRandom } from '../../test-support/tar-writer.ts';
import { openEngine } from './engine.fixture.ts';
import type { Engine } from './index.ts';

const CHANGES = 20;

const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

function open(home: string): Engine {
  const engine = openEngine(home, scratchDir('engine'));
  engines.push(engine);
  return engine;
}

function call<Name extends CallName>(
  engine: Engine,
  name: Name,
  input: InputOf<Name>,
): Promise<ValueOf<Name>> {
  return Promise.resolve(
    engine.handlers[name](input, { signal: new AbortController().signal, emit: () => {} }),
  );
}

/** All that a window shows of the cache; a plan only where it is looked at. */
async function shownBy(engine: Engine, reference: string, isPlanSeen: boolean): Promise<unknown> {
  const { freeSpaceBytes: _, ...usage } = await call(engine, 'cache.usage', {});
  const plan = isPlanSeen ? await call(engine, 'cache.plan', { action: { kind: 'gc' } }) : { planId: '' };
  const layers = await call(engine, 'layers.list', {});
  return {
    list: await call(engine, 'images.list', {}),
    facts: await call(engine, 'images.facts', {}),
    inspection: await call(engine, 'images.inspect', { reference }),
    layers: layers.toSorted((a, b) => (a.diffId < b.diffId ? -1 : 1)),
    usage,
    plan: { ...plan, planId: '' },
  };
}

/** What other programs do to a cache, msb among them. */
class Others {
  readonly #cache: TestCache;
  readonly #random: () => number;
  #made = 0;

  constructor(cache: TestCache, random: () => number) {
    this.#cache = cache;
    this.#random = random;
  }

  async act(turn: number): Promise<string> {
    // msb now and then, for it takes long; files most of the time.
    if (turn % 10 === 7) return this.#load();
    if (turn % 10 === 3) return this.#remove();
    switch (this.#random() % 5) {
      case 0:
        return this.#publish();
      case 1:
        return this.#takeFrom('fsmeta');
      case 2:
        return this.#takeFrom(['vmdk', 'manifests'][this.#random() % 2]!);
      case 3:
        return this.#touch();
      default:
        return this.#takeFrom('layers');
    }
  }

  #publish(): string {
    const folder = join(this.#cache.cacheDir, 'layers');
    const digest = `${this.#random()}`.padStart(64, '5').slice(-64);
    const model = readdirSync(folder).find((name) => name.endsWith('.erofs'))!;
    copyFileSync(join(folder, model), join(folder, `sha256_${digest}.erofs`));
    return 'published a layer';
  }

  #takeFrom(folder: string): string {
    const names = readdirSync(join(this.#cache.cacheDir, folder)).filter((name) => !name.endsWith('.lock'));
    rmSync(join(this.#cache.cacheDir, folder, names[this.#random() % names.length]!));
    return `took a file from ${folder}`;
  }

  #touch(): string {
    const [image] = this.#cache.images.slice(this.#random() % 300);
    withDatabase(this.#cache.home, (database) =>
      database
        .prepare('UPDATE image_ref SET updated_at = ? WHERE reference = ?')
        .run('2026-11-20 10:00:00.123456789', image!.reference),
    );
    return 'touched a row';
  }

  async #load(): Promise<string> {
    this.#made += 1;
    await this.#cache.load([
      { references: [`late:${this.#made}`], layers: [layer('COPY', `late ${this.#made}`)] },
    ]);
    return 'msb loaded an image';
  }

  async #remove(): Promise<string> {
    const { reference } = this.#cache.images[300 + (this.#random() % 100)]!;
    await this.#cache.msb(['image', 'rm', reference]);
    return 'msb removed an image';
  }
}

describeWithMsb('an engine that stays open', (version) => {
  it('shows what a new one shows, change after change', { timeout: 240_000 }, async () => {
    const cache = await makeLargeCache({ images: 450, version, files: 'all' });
    const others = new Others(cache, seededRandom(7));
    const lasting = open(cache.home);
    // Nobody takes this one.
    const { reference } = cache.images[449]!;
    await call(lasting, 'images.facts', {});
    for (let turn = 0; turn < CHANGES; turn += 1) {
      const done = await others.act(turn);
      const fresh = open(cache.home);
      // The one that stays open shows before it plans: what is shown was kept current, a plan is made anew.
      await call(lasting, 'images.facts', {});
      // For a plan everything is read and joined: in between, what was kept current is kept current further.
      const isPlanSeen = turn % 5 === 4;
      expect([turn, done, await shownBy(lasting, reference, isPlanSeen)]).toEqual([
        turn,
        done,
        await shownBy(fresh, reference, isPlanSeen),
      ]);
      engines.pop()!.close();
    }
  });
});

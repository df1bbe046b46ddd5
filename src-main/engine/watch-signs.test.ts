import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { InputOf, WatchItem } from '../../src-shared/ipc/contract.ts';
import { makeCache, type TestCache } from '../../test-support/cache.ts';
import { holdLock } from '../../test-support/hold-lock.ts';
import { layer } from '../../test-support/images.ts';
import { describeWithMsb } from '../../test-support/msb-suite.ts';
import { addSandbox } from '../../test-support/sandboxes.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { openEngine } from './engine.fixture.ts';
import type { Engine } from './index.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

function open(home: string): Engine {
  const engine = openEngine(home, scratchDir('engine'));
  ends.push(() => engine.close());
  return engine;
}

/** What a watcher hears, item by item. */
class Heard {
  readonly #items: WatchItem[] = [];
  #wake = () => {};
  readonly #abort = new AbortController();
  readonly #end: Promise<unknown>;

  constructor(engine: Engine, input: InputOf<'cache.watch'>) {
    const emit = (item: WatchItem) => {
      this.#items.push(item);
      this.#wake();
    };
    this.#end = Promise.resolve(engine.handlers['cache.watch'](input, { signal: this.#abort.signal, emit }));
    ends.push(() => this.stop());
  }

  /** Skips what was heard before it. */
  async next<Kind extends WatchItem['kind']>(kind: Kind): Promise<Extract<WatchItem, { kind: Kind }>> {
    for (;;) {
      const item = this.#items.shift();
      if (item?.kind === kind) return item as Extract<WatchItem, { kind: Kind }>;
      if (item !== undefined) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#end;
  }
}

function makeOne(version: TestCache['version']): Promise<TestCache> {
  return makeCache({ version, images: [{ references: ['app:1'], layers: [layer('COPY', 'app')] }] });
}

describeWithMsb('cache.watch', (version) => {
  it('tells at once what changed since a sign heard before, and nothing when nothing did', async () => {
    const cache = await makeOne(version);
    const engine = open(cache.home);
    const first = new Heard(engine, {});
    const { sign } = await first.next('watching');
    await first.stop();

    const same = new Heard(engine, { since: sign });
    expect(await same.next('watching')).toEqual({ kind: 'watching', sign });
    await same.stop();

    addSandbox(cache.home, { name: 'agent-7', reference: 'app:1' });
    const later = new Heard(engine, { since: sign });
    expect((await later.next('changed')).sign).not.toBe(sign);
  });

  it('tells when a lock of the cache is taken and let go', async () => {
    const cache = await makeOne(version);
    const heard = new Heard(open(cache.home), {});
    expect((await heard.next('work')).work.operations).toBe(0);
    const name = readdirSync(join(cache.cacheDir, 'layers')).find((one) => one.endsWith('.lock'))!;
    const lock = await holdLock(join(cache.cacheDir, 'layers', name));
    expect((await heard.next('work')).work.operations).toBe(1);
    await lock.release();
    expect((await heard.next('work')).work.operations).toBe(0);
  });

  it('notices that a load was killed, which leaves its file and changes nothing else', async () => {
    const cache = await makeOne(version);
    const heard = new Heard(open(cache.home), {});
    expect((await heard.next('work')).work.operations).toBe(0);
    const loading = spawn('sleep', ['600']);
    ends.push(() => void loading.kill());
    mkdirSync(join(cache.cacheDir, 'tmp'), { recursive: true });
    writeFileSync(join(cache.cacheDir, 'tmp', `load-999999999-${loading.pid}-0.blob`), '');
    expect((await heard.next('work')).work.operations).toBe(1);
    loading.kill('SIGKILL');
    await once(loading, 'exit');
    expect((await heard.next('work')).work.operations).toBe(0);
  });
});

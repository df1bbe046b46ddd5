import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type CallName,
  contract,
  type Handlers,
  type ServerMessage,
} from '../../../src-shared/ipc/contract.ts';
import { makeCache } from '../../../test-support/cache.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { MAX_CALLS_PER_CLIENT, MAX_INPUT_LENGTH } from '../../ipc/call-limits.ts';
import { type EngineWorker, startEngineWorker } from '../../ipc/engine-worker.ts';
import { type ContractServer, serveContract } from '../../ipc/serve-contract.ts';
import { HostileClient, isRefused } from './client.fixture.ts';
import { badInputsOf, goodInputOf } from './schema-samples.fixture.ts';

const CALLS = Object.keys(contract) as CallName[];
const MEGABYTE = 2 ** 20;

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly issues?: readonly { path: string; message: string }[] };
}

/** Handlers that must not be reached; the names of those that were. */
function unreachable(): { readonly handlers: Handlers; readonly reached: string[] } {
  const reached: string[] = [];
  const handlers = new Proxy({} as Handlers, {
    get: (_target, name) => () => void reached.push(String(name)),
  });
  return { handlers, reached };
}

describe.each(CALLS)('%s', (name) => {
  it('refuses every wrong input with invalid-input, in few words, and does nothing', async () => {
    const { handlers, reached } = unreachable();
    const [sent, logged]: [ServerMessage[], string[]] = [[], []];
    const server = serveContract({
      handlers,
      send: (_client, message) => void sent.push(message),
      log: (text) => void logged.push(text),
    });
    for (const { what, text } of badInputsOf(name)) {
      sent.length = 0;
      server.start(1, 1, name, text);
      while (sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(reached, what).toEqual([]);
      expect(sent, what).toHaveLength(1);
      expect(sent[0]!.line.length, what).toBeLessThan(8192);
      const answer = JSON.parse(sent[0]!.line) as Answer;
      expect(answer.error?.code, what).toBe('invalid-input');
      for (const { path, message } of answer.error!.issues!)
        expect(path.length + message.length, what).toBeLessThanOrEqual(400);
    }
    expect(logged).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    server.start(1, 2, name, JSON.stringify(goodInputOf(name)));
    while (sent.at(-1)?.id !== 2) await new Promise((resolve) => setImmediate(resolve));
    expect(reached).toEqual([name]);
  }, 30_000);
});

describe('a name that is no call', () => {
  it.each([
    '',
    'images',
    'images.List',
    'images.list ',
    '__proto__',
    'constructor',
    'toString',
    '../images.list',
    'x'.repeat(10_000_000),
  ])('is refused: %.20s', (name) => {
    const sent: ServerMessage[] = [];
    const { handlers, reached } = unreachable();
    serveContract({ handlers, send: (_client, message) => void sent.push(message), log: () => {} }).start(
      1,
      1,
      name,
      '{}',
    );
    expect(JSON.parse(sent[0]!.line)).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
    expect(sent[0]!.line.length).toBeLessThan(1000);
    expect(reached).toEqual([]);
  });
});

describe('a flood', () => {
  /** Handlers that end when they are cancelled, and not before. */
  const waiting = new Proxy({} as Handlers, {
    get:
      () =>
      (_input: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(null))),
  });

  function serve(send: (client: number, message: ServerMessage) => void): ContractServer {
    return serveContract({ handlers: waiting, send, log: () => {} });
  }

  it('of a million calls in flight is refused beyond the limit, in bounded memory', async () => {
    let [answered, refused, ended] = [0, 0, 0];
    const server = serve((_client, { line, isLast }) => {
      answered += 1;
      if (line.includes('invalid-input')) refused += 1;
      else if (isLast) ended += 1;
    });
    const before = process.memoryUsage().heapUsed;
    for (let id = 0; id < 1_000_000; id += 1) server.start(1, id, 'cache.watch', '{}');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(256 * MEGABYTE);
    expect(refused).toBe(1_000_000 - MAX_CALLS_PER_CLIENT);
    await server.close();
    expect([answered, ended]).toEqual([1_000_000, MAX_CALLS_PER_CLIENT]);
  }, 60_000);

  it('of cancels in any order, twice, and for calls that never were, ends each call once', async () => {
    const last = new Map<number, number>();
    const server = serve((_client, { id }) => void last.set(id, (last.get(id) ?? 0) + 1));
    const ids = Array.from({ length: MAX_CALLS_PER_CLIENT }, (_, index) => index);
    for (const id of ids) server.start(1, id, 'cache.watch', '{}');
    for (const id of ids.toReversed()) {
      for (const stranger of [-1, 1e9, Number.NaN, id + 0.5]) server.cancel(1, stranger);
      server.cancel(2, id);
      server.cancel(1, id);
      server.cancel(1, id);
      if (id % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await server.close();
    expect([...last.keys()].toSorted((a, b) => a - b)).toEqual(ids);
    expect(new Set(last.values())).toEqual(new Set([1]));
  });

  it('of clients that come and go leaves nothing behind', async () => {
    let lines = 0;
    const server = serve(() => {
      lines += 1;
    });
    for (let client = 1; client <= 20_000; client += 1) {
      server.start(client, 1, 'cache.watch', '{}');
      if (client % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      server.disconnect(client);
      server.cancel(client, 1);
    }
    await server.close();
    expect(lines).toBe(0);
  }, 30_000);
});

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describeWithMsb(
  'calls whose input is well-formed and hostile',
  (version) => {
    const make = () => makeCache({ version, images: standardImages() });

    it('open no other home, and keep the one that is open', async () => {
      const cache = await make();
      const folder = scratchDir('homes');
      writeFileSync(join(folder, 'file'), '');
      symlinkSync('loop', join(folder, 'loop'));
      symlinkSync('/dev/zero', join(folder, 'device'));
      const client = new HostileClient(cache.home, folder);
      closing.push(() => client.close());
      for (const path of [
        'relative',
        '../..',
        '~',
        '.',
        ' ',
        '\n',
        `${folder}/file`,
        `${folder}/loop`,
        `${folder}/device`,
        `${folder}/loop/x`,
        `${folder}/file/x`,
        `${folder}/${'n'.repeat(300)}`,
        `/${'n/'.repeat(2000)}`,
        '/nowhere/at/all',
        '/dev/null',
        'C:\\Windows',
        '\\\\server\\share',
        `${folder}/..\u0001`,
        `${folder}/missing/../x`,
      ]) {
        const error = await client.failure('home.open', { path });
        expect([path, ['invalid-input', 'cache-missing']]).toEqual([
          path,
          expect.arrayContaining([error.code]),
        ]);
        expect(await client.call('home.get', {})).toMatchObject({ home: cache.home, status: 'open' });
      }
      expect(await client.call('images.list', {})).toHaveLength(5);
    });

    it('say not-found for what is not in the cache, and read nothing outside images', async () => {
      const cache = await make();
      const client = new HostileClient(cache.home, scratchDir('hostile'));
      closing.push(() => client.close());
      const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
      const diffId = `sha256:${'0'.repeat(64)}`;
      for (const reference of [
        '../../etc/passwd',
        '<b>',
        "'; DROP TABLE image_ref; --",
        'alpine ',
        'ALPINE',
        '%',
        '*',
        'x'.repeat(4096),
        '__proto__',
      ]) {
        for (const call of ['images.get', 'images.inspect'] as const)
          expect(await client.failure(call, { reference })).toEqual({
            code: 'not-found',
            what: 'image',
            name: reference,
          });
        expect(await client.failure('images.remove', { reference, force: true })).toMatchObject({
          code: 'not-found',
        });
        expect(await client.failure('files.list', { reference, path: '/' })).toMatchObject({
          code: 'not-found',
        });
        expect(await client.failure('images.compare', { left: 'alpine', right: reference })).toMatchObject({
          code: 'not-found',
        });
      }
      const unknown = await client.outcome('files.list', { diffId, path: '/' });
      if (!isRefused(unknown)) expect(unknown.entries).toEqual([]);
      for (const path of [
        '/nothing',
        '/etc/alpine.conf/below',
        `/${'d/'.repeat(2000)}x`,
        '/proc/self/environ',
        '//etc//passwd',
        '/etc/passwd',
      ])
        expect(
          await client.failure('files.read', { reference: 'alpine', path, offset: 0, length: 4096 }),
        ).toMatchObject({ code: expect.stringMatching(/not-found|invalid-input/) });
      const past = {
        reference: 'alpine',
        path: '/etc/alpine.conf',
        offset: Number.MAX_SAFE_INTEGER,
        length: 4 * MEGABYTE,
      };
      expect(await client.call('files.read', past)).toMatchObject({ path: '/etc/alpine.conf' });
      expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
    });

    it("do not bring the engine's thread down, whatever the home or its configuration says", async () => {
      const cache = await make();
      const config = join(cache.home, 'config.json');
      for (const text of [
        '{"home":"relative"}',
        '{"paths":{"cache":7}}',
        '{',
        '',
        '[]',
        '{"home":"/nowhere\\u0000"}',
      ]) {
        writeFileSync(config, text);
        const logged: string[] = [];
        const engine = startWorker(cache.home, logged);
        const answer = await ask(engine, 'home.get', '{}');
        expect([text, answer.error?.code]).toEqual([text, 'invalid-input']);
        expect(JSON.stringify(answer)).toContain('config.json');
        expect(logged).toEqual([]);
        // It can be put right while the window is open.
        writeFileSync(config, '{}');
        expect(await ask(engine, 'home.open', JSON.stringify({ path: cache.home }))).toMatchObject({
          ok: true,
        });
        expect(await ask(engine, 'images.list', '{}')).toMatchObject({ ok: true });
      }
    }, 30_000);

    it("flood the engine's thread with neither effect nor growth", async () => {
      const cache = await make();
      const logged: string[] = [];
      const engine = startWorker(cache.home, logged);
      let lines = 0;
      const client = engine.connect(() => {
        lines += 1;
      });
      const before = process.memoryUsage().heapUsed;
      for (let id = 0; id < 200_000; id += 1) client.start(id, CALLS[id % CALLS.length]!, '{"wrong":true}');
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(128 * MEGABYTE);
      client.start(1_000_000, 'images.list', 'x'.repeat(MAX_INPUT_LENGTH + 1));
      while (lines < 200_001) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await ask(engine, 'images.list', '{}')).toMatchObject({ ok: true });
      expect(logged).toEqual([]);
    }, 60_000);

    function startWorker(home: string, logged: string[]): EngineWorker {
      const scratch = scratchDir('worker');
      const engine = startEngineWorker({
        engine: {
          homeOption: home,
          startWithSample: false,
          env: {},
          userHome: scratch,
          sampleArchive: join(scratch, 'none'),
          scratchDir: scratch,
          dataDir: scratch,
        },
        log: (text) => void logged.push(text),
      });
      closing.push(() => engine.close());
      return engine;
    }
  },
  ['0.6.18'],
);

/** One call of a client of its own. */
function ask(engine: EngineWorker, call: string, input: string): Promise<Answer> {
  return new Promise((resolve) => {
    const client = engine.connect(({ line, isLast }) => {
      if (!isLast) return;
      client.disconnect();
      resolve(JSON.parse(line) as Answer);
    });
    client.start(1, call, input);
  });
}

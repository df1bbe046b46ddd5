import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerMessage } from '../../src-shared/ipc/contract.ts';
import { MAX_CALLS_PER_CLIENT } from './call-limits.ts';
import { type EngineClient, type EngineWorker, startEngineWorker } from './engine-worker.ts';

const STUB = new URL('./fixtures/stub-engine.ts', import.meta.url);

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let dir: string;
let engine: EngineWorker;
let logged: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'strata-test-'));
  logged = [];
});

afterEach(async () => {
  await engine.close();
  rmSync(dir, { recursive: true });
});

function start(homeOption: string | null = null, closeWithinMs = 20_000): void {
  engine = startEngineWorker({
    engine: {
      homeOption,
      startWithSample: homeOption === null,
      env: {},
      userHome: dir,
      sampleArchive: join(dir, 'sample'),
      scratchDir: dir,
      dataDir: dir,
    },
    workerUrl: STUB,
    log: (text) => void logged.push(text),
    closeWithinMs,
  });
}

/** A client whose lines can be awaited. */
function connect() {
  const lines: ServerMessage[] = [];
  let wake = (): void => {};
  const client: EngineClient = engine.connect((message) => {
    lines.push(message);
    wake();
  });
  async function next(id: number): Promise<unknown> {
    for (;;) {
      const index = lines.findIndex((line) => line.id === id);
      const [line] = index < 0 ? [] : lines.splice(index, 1);
      if (line !== undefined) return JSON.parse(line.line);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  let lastId = 1000;
  function call(name: string, input: object = {}): Promise<unknown> {
    lastId += 1;
    client.start(lastId, name, JSON.stringify(input));
    return next(lastId);
  }
  return { ...client, lines, next, call };
}

describe('startEngineWorker', () => {
  it('answers calls from the engine in its thread', async () => {
    start('/a/home');
    const client = connect();
    expect(await client.call('home.get')).toEqual({ ok: true, value: { home: '/a/home', isSample: false } });
    expect(await client.call('images.get', { reference: 'alpine' })).toEqual({
      ok: true,
      value: { reference: 'alpine' },
    });
    expect(await client.call('images.get', { reference: 1 })).toMatchObject({
      error: { code: 'invalid-input' },
    });
  });

  it('streams items and ends a call that is cancelled', async () => {
    start();
    const client = connect();
    client.start(1, 'cache.watch', '{}');
    expect(await client.next(1)).toEqual({ item: { kind: 'changed' } });
    client.cancel(1);
    expect(await client.next(1)).toEqual({ ok: true, value: null });
  });

  it('keeps clients apart that count their ids alike', async () => {
    start();
    const [left, right] = [connect(), connect()];
    left.start(1, 'images.get', '{"reference":"left"}');
    right.start(1, 'images.get', '{"reference":"right"}');
    expect(await left.next(1)).toMatchObject({ value: { reference: 'left' } });
    expect(await right.next(1)).toMatchObject({ value: { reference: 'right' } });
  });

  it('cancels the calls of a client that disconnects', async () => {
    start();
    const [gone, other] = [connect(), connect()];
    gone.start(1, 'cache.watch', '{}');
    await gone.next(1);
    gone.disconnect();
    gone.disconnect();
    await other.call('images.list');
    expect(existsSync(join(dir, 'watch-ended'))).toBe(true);
    expect(gone.lines).toEqual([]);
  });

  it('ends the calls under way as internal when the thread dies, and answers the next one', async () => {
    start();
    const client = connect();
    client.start(1, 'cache.watch', '{}');
    await client.next(1);
    client.start(2, 'images.get', '{"reference":"crash"}');
    const failure = {
      ok: false,
      error: { code: 'internal', incident: expect.stringMatching(/^[0-9a-f]{16}$/) },
    };
    expect(await client.next(1)).toEqual(failure);
    expect(await client.next(2)).toEqual(failure);
    expect(logged.join()).toContain('exited with code 3');
    expect(await client.call('images.list')).toEqual({ ok: true, value: [] });
  });

  it('answers internal when the engine cannot start, and tries again with the next call', async () => {
    start('/broken');
    const client = connect();
    expect(await client.call('images.list')).toMatchObject({ error: { code: 'internal' } });
    expect(await client.call('images.list')).toMatchObject({ error: { code: 'internal' } });
    expect(logged.join()).toContain('cannot start');
  });

  it('starts again on the home that was open, not on the one it was started with', async () => {
    start('/first');
    const client = connect();
    await client.call('home.open', { path: '/second' });
    await client.call('images.get', { reference: 'crash' });
    expect(await client.call('home.get')).toMatchObject({ value: { home: '/second' } });
    await client.call('home.openSample');
    await client.call('images.get', { reference: 'crash' });
    expect(await client.call('home.get')).toMatchObject({
      value: { home: join(dir, 'sample'), isSample: false },
    });
  });

  it('does not take a home that was refused for the open one', async () => {
    start('/first');
    const client = connect();
    await client.call('home.open', { path: 7 });
    await client.call('images.get', { reference: 'crash' });
    expect(await client.call('home.get')).toMatchObject({ value: { home: '/first' } });
  });

  it('refuses a flood without handing it to the worker, which may be busy', async () => {
    start();
    const client = connect();
    for (let id = 0; id < 100_000; id += 1) client.start(id, 'cache.watch', '{}');
    expect(client.lines).toHaveLength(100_000 - MAX_CALLS_PER_CLIENT);
    expect(client.lines.every(({ isLast }) => isLast)).toBe(true);
    for (let id = 0; id < 100_000; id += 1) client.cancel(id);
    client.disconnect();
    const other = connect();
    expect(await other.call('images.list')).toEqual({ ok: true, value: [] });
  });

  it('closes only after an operation under way has stopped at a safe point', async () => {
    start();
    const client = connect();
    client.start(1, 'cache.gc', '{}');
    await client.next(1);
    await engine.close();
    expect(existsSync(join(dir, 'stopped-safely'))).toBe(true);
    expect(existsSync(join(dir, 'engine-closed'))).toBe(true);
    expect(await client.next(1)).toMatchObject({ ok: true, value: { isCancelled: true } });
  });

  it('does not wait for ever for an engine that does not stop', async () => {
    start(null, 100);
    const client = connect();
    client.start(1, 'cache.gcLayers', '{}');
    await client.next(1);
    await engine.close();
    expect(await client.next(1)).toEqual({ ok: false, error: { code: 'internal', incident: 'closed' } });
    expect(logged).toEqual([]);
  });

  it('refuses calls after it was closed', async () => {
    start();
    const client = connect();
    await engine.close();
    expect(await client.call('images.list')).toEqual({
      ok: false,
      error: { code: 'internal', incident: 'closed' },
    });
  });
});

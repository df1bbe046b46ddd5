import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CallContext, Handlers, ServerMessage } from '../../src-shared/ipc/contract.ts';
import { CacheFailure } from '../engine/failure.ts';
import { MAX_CALLS_PER_CLIENT, MAX_INPUT_LENGTH, MAX_RUNNING_PER_CLIENT } from './call-limits.ts';
import { type ContractServer, serveContract } from './serve-contract.ts';

// Hostile inputs are large, and machines may be busy.
vi.setConfig({ testTimeout: 30_000 });

type Context = CallContext<unknown>;
type AnyHandlers = Record<string, (input: never, context: Context) => unknown>;

interface Sent {
  readonly client: number;
  readonly message: ServerMessage;
}

let sent: Sent[] = [];
let logged: string[] = [];

afterEach(() => {
  sent = [];
  logged = [];
});

function serve(handlers: AnyHandlers): ContractServer {
  return serveContract({
    handlers: handlers as unknown as Handlers,
    send: (client, message) => void sent.push({ client, message }),
    log: (text) => void logged.push(text),
  });
}

/** Everything said so far about one call, parsed. */
function linesOf(id: number, client = 1): Record<string, unknown>[] {
  return sent
    .filter((line) => line.client === client && line.message.id === id)
    .map(({ message }) => JSON.parse(message.line));
}

async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function untilAborted({ signal }: Context): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

/** Starts one call alone and gives its lines once it ended. */
async function callOnce(handlers: AnyHandlers, call: string, input: string) {
  serve(handlers).start(1, 7, call, input);
  await turns();
  expect(sent.at(-1)?.message.isLast).toBe(true);
  return linesOf(7);
}

describe('serveContract', () => {
  it('answers a call with its items in order and then its value', async () => {
    const lines = await callOnce(
      {
        'cache.gc': (_input, { emit }) => {
          emit({ doneItems: 1 });
          emit({ doneItems: 2 });
          return { count: 2 };
        },
      },
      'cache.gc',
      '{}',
    );
    expect(lines).toEqual([
      { item: { doneItems: 1 } },
      { item: { doneItems: 2 } },
      { ok: true, value: { count: 2 } },
    ]);
    expect(sent.map(({ message }) => message.isLast)).toEqual([false, false, true]);
  });

  it('hands the handler the checked input, with defaults filled in', async () => {
    const lines = await callOnce(
      { 'images.remove': (input) => input },
      'images.remove',
      '{"reference":"alpine"}',
    );
    expect(lines).toEqual([{ ok: true, value: { reference: 'alpine', force: false } }]);
  });

  it('answers a failure of the engine as the data it carries', async () => {
    const lines = await callOnce(
      {
        'images.get': () => {
          throw new CacheFailure({ code: 'not-found', what: 'image', name: 'alpine' });
        },
      },
      'images.get',
      '{"reference":"alpine"}',
    );
    expect(lines).toEqual([{ ok: false, error: { code: 'not-found', what: 'image', name: 'alpine' } }]);
    expect(logged).toEqual([]);
  });

  it('keeps the details of anything else in the log, under the incident it answers', async () => {
    const [line] = await callOnce(
      {
        'images.list': () => {
          throw new Error('SQLITE_ERROR: no such column /home/me\u001b[2J');
        },
      },
      'images.list',
      '{}',
    );
    const { error } = line as { error: { code: string; incident: string } };
    expect(error).toEqual({ code: 'internal', incident: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(JSON.stringify(line)).not.toContain('SQLITE');
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(error.incident);
    expect(logged[0]).toContain('no such column');
    expect(logged[0]).not.toContain('\u001b');
  });

  it('answers a value that is not JSON as internal', async () => {
    const [line] = await callOnce({ 'images.list': () => [1n] }, 'images.list', '{}');
    expect(line).toMatchObject({ ok: false, error: { code: 'internal' } });
  });

  it.each([
    'images.nothing',
    'toString',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    '',
    'x'.repeat(100_000),
  ])('refuses the call %.20s that the contract does not have', async (call) => {
    serve({}).start(1, 7, call, '{}');
    await turns();
    expect(linesOf(7)).toEqual([
      { ok: false, error: { code: 'invalid-input', issues: [{ path: '', message: 'no such call' }] } },
    ]);
  });

  it.each([
    ['text that is not JSON', 'images.list', '{', ''],
    ['nothing', 'images.list', '', ''],
    ['a field too many', 'images.list', '{"extra":1}', ''],
    ['an own __proto__', 'images.list', '{"__proto__":{"x":1}}', ''],
    ['a missing field', 'images.get', '{}', 'reference'],
    ['a field of the wrong type', 'images.get', '{"reference":["alpine"]}', 'reference'],
    ['a reference with a NUL', 'images.get', '{"reference":"a\\u0000b"}', 'reference'],
    ['a reference of 5000 characters', 'images.get', `{"reference":"${'a'.repeat(5000)}"}`, 'reference'],
    ['a digest in the wrong case', 'files.efficiency', `{"diffId":"sha256:${'A'.repeat(64)}"}`, 'diffId'],
    ['a path with ..', 'files.list', '{"reference":"a","path":"/etc/../x"}', 'path'],
    ['a path with a newline', 'files.list', '{"reference":"a","path":"/etc\\nx"}', 'path'],
    ['a relative path', 'files.list', '{"reference":"a","path":"etc"}', 'path'],
    ['a negative offset', 'files.read', '{"reference":"a","path":"/a","offset":-1,"length":1}', 'offset'],
    ['a wrong element deep inside', 'images.remove', '{"references":["a",7],"force":true}', 'references.1'],
    ['an array where an object belongs', 'images.list', '[]', ''],
    ['null', 'images.list', 'null', ''],
  ])('refuses %s, naming the field', async (_title, call, input, path) => {
    let isRun = false;
    const lines = await callOnce({ [call]: () => (isRun = true) }, call, input);
    expect(isRun).toBe(false);
    expect(lines).toHaveLength(1);
    const { ok, error } = lines[0] as { ok: boolean; error: { code: string; issues: { path: string }[] } };
    expect({ ok, code: error.code }).toEqual({ ok: false, code: 'invalid-input' });
    expect(error.issues[0]?.path).toBe(path);
    expect(logged).toEqual([]);
  });

  it.each([
    ['a million elements', JSON.stringify({ references: Array(1_000_000).fill(1), force: true })],
    ['a million fields', `{${Array.from({ length: 500_000 }, (_, n) => `"f${n}":1`).join(',')}}`],
    ['a field name of a million characters', JSON.stringify({ ['x'.repeat(1_000_000)]: 1 })],
    ['100,000 wrong elements', JSON.stringify({ references: Array(100_000).fill(1), force: true })],
    ['a million levels', `{"references":${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}}`],
    ['more text than a call may carry', JSON.stringify({ reference: 'x'.repeat(MAX_INPUT_LENGTH) })],
  ])('answers an input of %s with a short refusal', async (_title, input) => {
    const [line] = await callOnce({}, 'images.remove', input);
    expect(line).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
    expect(JSON.stringify(line).length).toBeLessThan(5000);
    expect(logged).toEqual([]);
  });

  it('aborts a call that is cancelled and still delivers what it then returns', async () => {
    const server = serve({
      'cache.gc': async (_input, context) => {
        await untilAborted(context);
        context.emit({ late: true });
        return { isCancelled: true };
      },
    });
    server.start(1, 3, 'cache.gc', '{}');
    await turns();
    server.cancel(1, 3);
    server.cancel(1, 3);
    await turns();
    expect(linesOf(3)).toEqual([{ ok: true, value: { isCancelled: true } }]);
  });

  it('answers a call that throws because it was cancelled without an incident in the log', async () => {
    const server = serve({
      'cache.watch': async (_input, context) => {
        await untilAborted(context);
        context.signal.throwIfAborted();
      },
    });
    server.start(1, 3, 'cache.watch', '{}');
    await turns();
    server.cancel(1, 3);
    await turns();
    expect(linesOf(3)).toEqual([{ ok: false, error: { code: 'internal', incident: 'cancelled' } }]);
    expect(logged).toEqual([]);
  });

  it('never runs a call that is cancelled before its turn', async () => {
    let runs = 0;
    const server = serve({ 'images.list': () => (runs += 1) });
    for (const id of [1, 2, 3]) server.start(1, id, 'images.list', '{}');
    server.cancel(1, 2);
    await turns();
    expect(runs).toBe(2);
    expect(linesOf(2)).toEqual([{ ok: false, error: { code: 'internal', incident: 'cancelled' } }]);
  });

  it('reads rows before what takes long, and never before what may change them', async () => {
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(name);
    const names = ['cache.plan', 'images.facts', 'images.list', 'settings.set', 'cache.usage', 'home.get'];
    const server = serve(Object.fromEntries(names.map((name) => [name, note(name)])));
    const input = '{"action":{"kind":"gc"}}';
    for (const [id, name] of names.entries()) server.start(1, id, name, name === 'cache.plan' ? input : '{}');
    await turns(10);
    expect(ran).toEqual([
      'images.list',
      'cache.plan',
      'images.facts',
      'settings.set',
      'home.get',
      'cache.usage',
    ]);
  });

  it('ignores cancels of ids that are unknown, finished, or of another client', async () => {
    const server = serve({
      'images.list': () => [],
      'cache.watch': (_input, context) => untilAborted(context),
    });
    server.cancel(1, 99);
    server.start(1, 1, 'images.list', '{}');
    server.start(1, 2, 'cache.watch', '{}');
    await turns();
    server.cancel(1, 1);
    server.cancel(2, 2);
    await turns();
    expect(sent).toHaveLength(1);
  });

  it('refuses an id that is under way and lets the first call go on', async () => {
    const server = serve({ 'cache.watch': (_input, context) => untilAborted(context) });
    server.start(1, 5, 'cache.watch', '{}');
    server.start(1, 5, 'cache.watch', '{}');
    server.start(2, 5, 'cache.watch', '{}');
    await turns();
    expect(linesOf(5)).toMatchObject([
      { ok: false, error: { issues: [{ message: 'a call with this id is under way' }] } },
    ]);
    server.cancel(1, 5);
    await turns();
    expect(linesOf(5)[1]).toEqual({ ok: true, value: null });
  });

  it('takes an id again once its call has ended', async () => {
    const server = serve({ 'images.list': () => [] });
    server.start(1, 5, 'images.list', '{}');
    await turns();
    server.start(1, 5, 'images.list', '{}');
    await turns();
    expect(linesOf(5)).toEqual([
      { ok: true, value: [] },
      { ok: true, value: [] },
    ]);
  });

  it('runs a bounded number of calls at once and refuses what goes beyond the queue', async () => {
    let atOnce = 0;
    let most = 0;
    const server = serve({
      'cache.watch': async (_input, context) => {
        most = Math.max(most, ++atOnce);
        await untilAborted(context);
        atOnce -= 1;
      },
    });
    const flood = 10_000;
    for (let id = 0; id < flood; id += 1) server.start(1, id, 'cache.watch', '{}');
    await turns(200);
    expect(most).toBe(MAX_RUNNING_PER_CLIENT);
    expect(sent).toHaveLength(flood - MAX_CALLS_PER_CLIENT);
    expect(linesOf(flood - 1)).toMatchObject([
      { ok: false, error: { issues: [{ message: 'too many calls are under way' }] } },
    ]);
    for (let id = 0; id < flood; id += 1) server.cancel(1, id);
    await turns(200);
    expect(sent).toHaveLength(flood);
  });

  it('does not let one client fill the turns of another', async () => {
    const server = serve({
      'cache.watch': (_input, context) => untilAborted(context),
      'images.list': () => [],
    });
    for (let id = 0; id < MAX_CALLS_PER_CLIENT; id += 1) server.start(1, id, 'cache.watch', '{}');
    server.start(2, 0, 'images.list', '{}');
    await turns(200);
    expect(linesOf(0, 2)).toEqual([{ ok: true, value: [] }]);
  });

  it('cancels every call of a client that disconnects and sends it nothing more', async () => {
    const aborted: string[] = [];
    const server = serve({
      'cache.watch': async (_input, context) => {
        await untilAborted(context);
        aborted.push('watch');
        context.emit({ kind: 'changed' });
      },
    });
    server.start(1, 1, 'cache.watch', '{}');
    server.start(2, 1, 'cache.watch', '{}');
    await turns();
    server.disconnect(1);
    await turns();
    expect(aborted).toEqual(['watch']);
    expect(sent).toEqual([]);
  });

  it('closes once every handler has stopped, those of gone clients included', async () => {
    const stopped: string[] = [];
    const server = serve({
      'cache.gc': async (_input, context) => {
        await untilAborted(context);
        await turns(10);
        stopped.push('at a safe point');
      },
    });
    server.start(1, 1, 'cache.gc', '{}');
    server.start(2, 1, 'cache.gc', '{}');
    await turns();
    server.disconnect(2);
    await server.close();
    expect(stopped).toEqual(['at a safe point', 'at a safe point']);
  });
});

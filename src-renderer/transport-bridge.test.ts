import { beforeEach, expect, test } from 'vitest';
import type { ClientMessage, ServerMessage } from '../src-shared/ipc/contract.ts';
import type { Transport } from './client.ts';
import { bridgeTransport } from './transport-bridge.ts';

let sent: ClientMessage[] = [];
let hear: (message: ServerMessage) => void = () => {};
let transport: Transport;

beforeEach(() => {
  sent = [];
  transport = bridgeTransport({
    send: (message) => sent.push(message),
    onMessage: (listener) => {
      hear = listener;
      return () => {};
    },
  });
});

/** Starts a call and collects its lines. */
function start(call: string, signal?: AbortSignal) {
  const lines: string[] = [];
  const end = transport(call, {}, { onStart: () => {}, onLine: (line) => lines.push(line) }, signal);
  return { lines, end };
}

test('tells the lines of calls that run at once apart', async () => {
  const first = start('files.find');
  const second = start('home.get');
  expect(sent).toEqual([
    { kind: 'start', id: 1, call: 'files.find', input: {} },
    { kind: 'start', id: 2, call: 'home.get', input: {} },
  ]);
  hear({ id: 2, line: 'b', isLast: true });
  hear({ id: 1, line: 'a1', isLast: false });
  hear({ id: 1, line: 'a2', isLast: true });
  await Promise.all([first.end, second.end]);
  expect([first.lines, second.lines]).toEqual([['a1', 'a2'], ['b']]);
});

test('cancels on abort and still waits for what the engine had done', async () => {
  const abort = new AbortController();
  const call = start('cache.gc', abort.signal);
  abort.abort();
  expect(sent.at(-1)).toEqual({ kind: 'cancel', id: 1 });
  hear({ id: 1, line: 'report', isLast: true });
  await call.end;
  expect(call.lines).toEqual(['report']);
});

test('sends no cancel for a call that has ended', async () => {
  const abort = new AbortController();
  const call = start('home.get', abort.signal);
  hear({ id: 1, line: 'a', isLast: true });
  await call.end;
  abort.abort();
  expect(sent).toHaveLength(1);
});

test('leaves lines of calls it does not know alone', () => {
  expect(() => hear({ id: 99, line: 'x', isLast: true })).not.toThrow();
});

test('fails the call whose line its reader could not take', async () => {
  const end = transport(
    'home.get',
    {},
    {
      onStart: () => {},
      onLine: () => {
        throw new Error('no JSON');
      },
    },
    undefined,
  );
  hear({ id: 1, line: '<', isLast: false });
  await expect(end).rejects.toThrow('no JSON');
});

import { expect, test } from 'vitest';
import { NO_WORK } from '../src-shared/domain/work.ts';
import { CallFailure, createClient, type Transport, unwrap } from './client.ts';
import { Disconnected } from './disconnected.ts';

/** A transport that answers every call with these lines. */
function answering(...lines: readonly unknown[]): Transport {
  return async (_call, _input, { onStart, onLine }) => {
    onStart();
    for (const line of lines) onLine(JSON.stringify(line));
  };
}

test('hands on items as they come and resolves with the value', async () => {
  const client = createClient(
    answering(
      { item: { kind: 'work', work: NO_WORK } },
      { item: { kind: 'changed' } },
      { ok: true, value: null },
    ),
  );
  const seen: unknown[] = [];
  const result = await client.call(
    'cache.watch',
    {},
    { onStart: () => seen.push('start'), onItem: (item) => seen.push(item.kind) },
  );
  expect(seen).toEqual(['start', 'work', 'changed']);
  expect(result).toEqual({ ok: true, value: null });
});

test('resolves with the error the engine gave', async () => {
  const error = { code: 'not-found', what: 'image', name: 'alpine' };
  const client = createClient(answering({ ok: false, error }));
  expect(await client.call('images.get', { reference: 'alpine' })).toEqual({ ok: false, error });
});

test('says disconnected when the connection fails or an answer ends early, and internal when it is no JSON', async () => {
  const failing = createClient(() => Promise.reject(new Disconnected(new TypeError('Failed to fetch'))));
  expect(await failing.call('home.get', {})).toEqual({
    ok: false,
    error: { code: 'disconnected', detail: 'Failed to fetch' },
  });
  const cutOff = createClient(answering({ item: 1 }));
  expect(await cutOff.call('home.get', {})).toMatchObject({ ok: false, error: { code: 'disconnected' } });
  const garbled = createClient(async (_call, _input, { onLine }) => onLine('<html>'));
  expect(await garbled.call('home.get', {})).toMatchObject({ ok: false, error: { code: 'internal' } });
});

test('rejects with the reason when aborted before an answer', async () => {
  const abort = new AbortController();
  const client = createClient(
    (_call, _input, _listener, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('closed')))),
  );
  const call = client.call('cache.gc', {}, { signal: abort.signal });
  abort.abort('stopped by the person');
  await expect(call).rejects.toBe('stopped by the person');
});

test('still brings the report of an aborted call where the connection does', async () => {
  const abort = new AbortController();
  const client = createClient(async (_call, _input, { onLine }) => {
    abort.abort();
    onLine('{"ok":true,"value":{"isCancelled":true}}');
  });
  expect(await client.call('cache.gc', {}, { signal: abort.signal })).toEqual({
    ok: true,
    value: { isCancelled: true },
  });
});

test('does not start a call that is aborted already', async () => {
  let calls = 0;
  const client = createClient(async () => {
    calls += 1;
  });
  await expect(client.call('home.get', {}, { signal: AbortSignal.abort() })).rejects.toThrow();
  expect(calls).toBe(0);
});

test('unwraps a result into its value or throws its error as data', () => {
  expect(unwrap({ ok: true, value: 7 })).toBe(7);
  const error = { code: 'cache-missing', path: '/nowhere' } as const;
  const failing = () => unwrap({ ok: false, error });
  expect(failing).toThrow(CallFailure);
  expect(failing).toThrow(expect.objectContaining({ error }));
});

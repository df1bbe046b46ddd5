import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { httpTransport, TOKEN_REFUSED } from './transport-http.ts';

let asked: { readonly path: string; readonly init: RequestInit }[] = [];
let answer: () => Response = () => new Response('');
const stored = new Map<string, string>();
const listener = { onStart: () => {}, onLine: () => {} };

beforeEach(() => {
  asked = [];
  stored.clear();
  visit('http://127.0.0.1:4000/#token=secret-token');
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push({ path, init });
    return answer();
  });
});

afterEach(() => vi.unstubAllGlobals());

function visit(address: string): void {
  vi.stubGlobal('location', new URL(address));
  vi.stubGlobal('history', {
    replaceState: (_state: unknown, _title: string, to: string) => visit(new URL(to, address).href),
  });
}

/** An answer that arrives in these pieces. */
function pieces(...texts: readonly (string | Uint8Array)[]): () => Response {
  const encoder = new TextEncoder();
  return () =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const text of texts) {
            controller.enqueue(typeof text === 'string' ? encoder.encode(text) : text);
          }
          controller.close();
        },
      }),
    );
}

test('posts the input with the token, which leaves the address bar and stays for reloads', async () => {
  const transport = httpTransport();
  expect(location.href).toBe('http://127.0.0.1:4000/');
  answer = pieces('{"ok":true}\n');
  await transport('images.get', { reference: 'alpine' }, listener, undefined);
  expect(asked[0]?.path).toBe('/ipc/images.get');
  expect(asked[0]?.init).toMatchObject({
    method: 'POST',
    body: '{"reference":"alpine"}',
    headers: { authorization: 'Bearer secret-token', 'content-type': 'application/json' },
  });

  await httpTransport()('home.get', {}, listener, undefined);
  expect(asked[1]?.init.headers).toMatchObject({ authorization: 'Bearer secret-token' });
});

test('keeps what else stands in the fragment', () => {
  visit('http://127.0.0.1:4000/#token=secret-token&view=layers');
  httpTransport();
  expect(location.hash).toBe('#view=layers');
});

test('cuts the answer into lines wherever the pieces break, inside a character too', async () => {
  const text = new TextEncoder().encode('{"item":"é"}\n{"item":2}\n\n{"ok":true}');
  const lines: string[] = [];
  answer = pieces(text.slice(0, 10), text.slice(10, 14), text.slice(14));
  await httpTransport()('files.find', {}, { ...listener, onLine: (line) => lines.push(line) }, undefined);
  expect(lines).toEqual(['{"item":"é"}', '{"item":2}', '{"ok":true}']);
});

test('says that the token was refused', async () => {
  answer = () => new Response('{"ok":false}\n', { status: 401 });
  await expect(httpTransport()('home.get', {}, listener, undefined)).rejects.toThrow(TOKEN_REFUSED);
});

test('hands on the line of a refused input, and fails on any other status', async () => {
  const lines: string[] = [];
  answer = () =>
    new Response('{"ok":false}\n', { status: 413, headers: { 'content-type': 'application/x-ndjson' } });
  await httpTransport()('home.get', {}, { ...listener, onLine: (line) => lines.push(line) }, undefined);
  expect(lines).toEqual(['{"ok":false}']);

  answer = () =>
    new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } });
  await expect(httpTransport()('home.get', {}, listener, undefined)).rejects.toThrow('HTTP 502');
});

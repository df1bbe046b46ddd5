import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_INPUT_LENGTH } from '../ipc/call-limits.ts';
import { type EngineWorker, startEngineWorker } from '../ipc/engine-worker.ts';
import { readRendererAssets } from '../ipc/renderer-assets.ts';
import { CONTENT_SECURITY_POLICY } from '../ipc/security-headers.ts';
import { type Host, startHost } from './server.ts';

const TOKEN = 'a-token-of-the-test';
const STUB = new URL('../ipc/fixtures/stub-engine.ts', import.meta.url);

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let dir: string;
let engine: EngineWorker;
let host: Host;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'strata-test-'));
  const renderer = join(dir, 'renderer');
  mkdirSync(join(renderer, 'assets'), { recursive: true });
  writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>Strata</title>');
  writeFileSync(join(renderer, 'assets', 'index-1.js'), 'export {};');
  writeFileSync(join(renderer, 'assets', 'notes.txt'), 'of no known type');
  writeFileSync(join(dir, 'secret.js'), 'outside');
  symlinkSync(join(dir, 'secret.js'), join(renderer, 'assets', 'link.js'));
  engine = startEngineWorker({
    engine: {
      homeOption: '/a/home',
      startWithSample: false,
      env: {},
      userHome: dir,
      sampleArchive: join(dir, 'sample'),
      scratchDir: dir,
      dataDir: dir,
    },
    workerUrl: STUB,
    log: () => {},
  });
  host = await startHost({
    engine,
    assets: readRendererAssets(renderer),
    token: TOKEN,
    port: 0,
  });
});

afterAll(async () => {
  await host.close();
  await engine.close();
  rmSync(dir, { recursive: true });
});

beforeEach(() => {
  rmSync(join(dir, 'watch-ended'), { force: true });
});

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Writes bytes to the port and reads until the other side closes. */
async function raw(text: string): Promise<Reply> {
  const socket = open();
  socket.write(text);
  return parse(await readAll(socket));
}

function open(port = host.port): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  return socket;
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => socket.on('close', resolve));
  return text;
}

function parse(text: string): Reply {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => splitHeader(line)));
  return { status: Number(statusLine.split(' ')[1]), headers, body: rest.join('\r\n\r\n') };
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}

type HeaderMap = Readonly<Record<string, string | null>>;

/** A call as the interface makes it, with headers changed, or left out for null. */
function callText(call: string, body: string, changes: HeaderMap = {}, method = 'POST'): string {
  const headers: HeaderMap = {
    Host: `127.0.0.1:${host.port}`,
    Origin: `http://127.0.0.1:${host.port}`,
    Authorization: `Bearer ${TOKEN}`,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  );
  return `${method} /ipc/${call} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

function get(path: string, headers: HeaderMap = {}, method = 'GET'): Promise<Reply> {
  const all: HeaderMap = { Host: `127.0.0.1:${host.port}`, Connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return raw(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
}

/** Every refusal has a line of a failed call as its body, and lets nobody cache or read it. */
function expectRefusal(reply: Reply, status: number): void {
  expect(reply.status).toBe(status);
  expect(reply.body).toContain('{"ok":false,"error":{"code":"invalid-input"');
  expectSafeHeaders(reply.headers);
}

function expectSafeHeaders(headers: Headers): void {
  expect(headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
}

function fetchCall(call: string, input: unknown, signal: AbortSignal | null = null): Promise<Response> {
  return fetch(`http://127.0.0.1:${host.port}/ipc/${call}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(input),
    signal,
  });
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await delay(10);
}

describe('the interface over HTTP', () => {
  it('serves the page and its files with the security headers', async () => {
    for (const path of ['/', '/index.html']) {
      const page = await get(path);
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.body).toContain('<title>Strata</title>');
      expectSafeHeaders(page.headers);
    }
    const script = await get('/assets/index-1.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.body).toBe('export {};');
    expectSafeHeaders(script.headers);
  });

  it('says nothing an answer could be kept by, and never that one is still good', async () => {
    const kept = {
      'If-None-Match': '*',
      'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT',
      Range: 'bytes=0-1',
    };
    const page = await get('/', kept);
    expect(page.status).toBe(200);
    expect(page.body).toContain('<title>Strata</title>');
    const call = await raw(callText('images.list', '{}', kept));
    for (const { headers } of [page, call]) {
      expect(headers.get('cache-control')).toBe('no-store');
      for (const name of ['etag', 'last-modified', 'expires', 'accept-ranges'])
        expect(headers.get(name)).toBeNull();
    }
  });

  it('answers HEAD without a body', async () => {
    const reply = await get('/', {}, 'HEAD');
    expect({ status: reply.status, body: reply.body }).toEqual({ status: 200, body: '' });
  });

  it.each([
    '/../secret.js',
    '/assets/../../secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/%2e%2e/secret.js',
    '/..\\secret.js',
    '//secret.js',
    '/assets/link.js',
    '/assets/notes.txt',
    '/assets/',
    '/assets',
    '/index.html/',
    '/index.html%00.js',
    '/?token=x',
    '/etc/passwd',
    '/__proto__',
    'http://127.0.0.1/index.html',
    '*',
  ])('has nothing at %s', async (path) => {
    expectRefusal(await get(path), 404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'refuses %s where only reading is possible',
    async (method) => {
      const reply = await get('/', {}, method);
      expectRefusal(reply, 405);
      expect(reply.headers.get('allow')).toBe('GET, HEAD');
    },
  );
});

describe('calls over HTTP', () => {
  it('answers with one JSON line per item and the result last', async () => {
    const reply = await raw(callText('images.get', '{"reference":"alpine"}'));
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(reply.body).toContain('{"ok":true,"value":{"reference":"alpine"}}\n');
    expectSafeHeaders(reply.headers);
  });

  it('takes localhost for its name, and clients that state no origin', async () => {
    const headers = {
      Host: `localhost:${host.port}`,
      Origin: null,
      'Content-Type': 'application/json; charset=UTF-8',
    };
    expect((await raw(callText('images.list', '{}', headers))).status).toBe(200);
    const sameName = { Host: `localhost:${host.port}`, Origin: `http://localhost:${host.port}` };
    expect((await raw(callText('images.list', '{}', sameName))).status).toBe(200);
  });

  it('streams items as they come', async () => {
    const stop = new AbortController();
    const response = await fetchCall('cache.watch', {}, stop.signal);
    const first = await response.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toBe('{"item":{"kind":"changed"}}\n');
    stop.abort();
  });

  it('cancels the call of a client that goes away', async () => {
    const stop = new AbortController();
    const response = await fetchCall('cache.watch', {}, stop.signal);
    await response.body?.getReader().read();
    stop.abort();
    await until(() => existsSync(join(dir, 'watch-ended')));
  });

  it('answers an input the schema refuses as a failed call', async () => {
    const response = await fetchCall('images.get', { reference: 1 });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
  });

  it('says nothing of a defect but its incident', async () => {
    const text = await (await fetchCall('images.get', { reference: 'bug' })).text();
    expect(JSON.parse(text)).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(text).not.toContain('secret');
  });
});

describe('what the browser host refuses', () => {
  it('listens on the loopback interface only', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .flatMap((address) =>
        address === undefined || address.internal || address.family !== 'IPv4' ? [] : [address],
      );
    // 127.0.0.2 is this machine too: a socket on every interface would answer there.
    for (const address of [...others.map((other) => other.address), '127.0.0.2']) {
      const socket = connect(host.port, address);
      const outcome = await new Promise((resolve) => {
        socket.on('connect', () => resolve('connected'));
        socket.on('error', () => resolve('refused'));
      });
      socket.destroy();
      expect({ address, outcome }).toEqual({ address, outcome: 'refused' });
    }
  });

  it.each([
    ['no token', null],
    ['an empty token', 'Bearer '],
    ['a wrong token', 'Bearer a-token-of-the-tesT'],
    ['a longer token', `Bearer ${TOKEN}x`],
    ['a shorter token', `Bearer ${TOKEN.slice(0, -1)}`],
    ['the token in another scheme', `Basic ${TOKEN}`],
    ['the token alone', TOKEN],
    ['the token twice', `Bearer ${TOKEN}, Bearer ${TOKEN}`],
    ['a token of 10,000 characters', `Bearer ${'x'.repeat(10_000)}`],
  ])('a call with %s', async (_title, Authorization) => {
    expectRefusal(await raw(callText('images.list', '{}', { Authorization })), 401);
  });

  it('a call with the token in its address, where logs and referrers would have it', async () => {
    const query = callText(`images.list?token=${TOKEN}`, '{}', { Authorization: null });
    expectRefusal(await raw(query), 401);
    expectRefusal(await raw(callText(`images.list?token=${TOKEN}`, '{}')), 404);
    expectRefusal(
      await raw(callText('images.list', '{}', { Authorization: null, Cookie: `token=${TOKEN}` })),
      401,
    );
  });

  it.each([
    ['a foreign name that resolves to this machine', 'rebind.example.com'],
    ['a foreign name with our port', (port: number) => `rebind.example.com:${port}`],
    ['our name with a foreign port', (port: number) => `127.0.0.1:${port - 1}`],
    ['our name without the port', '127.0.0.1'],
    ['a name that begins like ours', (port: number) => `localhost.example.com:${port}`],
    ['a name that ends like ours', (port: number) => `xlocalhost:${port}`],
    ['another address of this machine', (port: number) => `[::1]:${port}`],
    ['a user in front of our name', (port: number) => `x@127.0.0.1:${port}`],
    ['nothing', ''],
  ])('a Host of %s', async (_title, name) => {
    const Host = typeof name === 'string' ? name : name(host.port);
    expectRefusal(await raw(callText('images.list', '{}', { Host, Origin: null })), 421);
    expectRefusal(await raw(callText('images.list', '{}', { Host, Origin: `http://${Host}` })), 421);
    expectRefusal(await get('/', { Host }), 421);
  });

  it.each(['before', 'behind'])('a second Host header %s ours', async (place) => {
    const text = callText('images.list', '{}');
    const [ours = ''] = /\r\nHost: .*/.exec(text) ?? [];
    const foreign = '\r\nHost: evil.example';
    const both = place === 'before' ? foreign + ours : ours + foreign;
    expect([400, 421]).toContain((await raw(text.replace(ours, both))).status);
  });

  it('a request without any Host', async () => {
    expectRefusal(await raw('GET / HTTP/1.0\r\n\r\n'), 421);
    expect((await raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).status).toBe(400);
  });

  it.each([
    ['a foreign site', 'https://example.com'],
    ['nobody', 'null'],
    ['our name over TLS', (port: number) => `https://127.0.0.1:${port}`],
    ['our other name', (port: number) => `http://localhost:${port}`],
    ['another port of this machine', (port: number) => `http://127.0.0.1:${port - 1}`],
    ['an empty text', ''],
  ])('an Origin of %s', async (_title, origin) => {
    const Origin = typeof origin === 'string' ? origin : origin(host.port);
    expectRefusal(await raw(callText('images.list', '{}', { Origin })), 403);
  });

  it('a preflight: without CORS headers, whatever it asks for', async () => {
    const asks = {
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization, content-type',
      'Access-Control-Request-Private-Network': 'true',
    };
    expectRefusal(
      await raw(callText('images.list', '', { ...asks, Origin: 'https://example.com' }, 'OPTIONS')),
      403,
    );
    expectRefusal(await raw(callText('images.list', '', asks, 'OPTIONS')), 405);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['a form with files', 'multipart/form-data; boundary=x'],
    ['plain text, as forms may send it', 'text/plain'],
    ['plain text that mentions JSON', 'text/plain; application/json'],
    ['JSON in another character set', 'application/json; charset=utf-16'],
    ['JSON of another kind', 'application/json5'],
    ['no type', null],
  ])('a body of %s', async (_title, type) => {
    expectRefusal(await raw(callText('images.list', '{}', { 'Content-Type': type })), 415);
  });

  it('a compressed body', async () => {
    expectRefusal(await raw(callText('images.list', '{}', { 'Content-Encoding': 'gzip' })), 415);
  });

  it.each(['cross-site', 'same-site', 'anything'])('a call a browser marks as %s', async (site) => {
    expectRefusal(await raw(callText('images.list', '{}', { Origin: null, 'Sec-Fetch-Site': site })), 403);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'TRACE'])('a call made with %s', async (method) => {
    const reply = await raw(callText('images.list', '', {}, method));
    expect(reply.status).toBe(405);
    expect(reply.headers.get('allow')).toBe('POST');
  });

  it('POST where the method is overridden', async () => {
    const reply = await raw(callText('images.list', '{}', { 'X-HTTP-Method-Override': 'GET' }, 'GET'));
    expect(reply.status).toBe(405);
  });

  it.each([
    'images.nothing',
    'toString',
    '__proto__',
    '../images.list',
    'images%2elist',
    '',
    'x'.repeat(5000),
  ])('the unknown call %.20s', async (call) => {
    expectRefusal(await raw(callText(call, '{}')), 404);
  });

  it.each(['', '{', 'undefined', '{"a":1}{"b":2}', '\ufeff{}'])(
    'the body %j, which is not JSON',
    async (body) => {
      expectRefusal(await raw(callText('images.list', body)), 400);
    },
  );

  it('a body that is not UTF-8', async () => {
    const socket = open();
    socket.write(callText('images.get', '', { 'Content-Length': '17' }));
    socket.write(Buffer.from('{"reference":"\xff"}', 'latin1'));
    expectRefusal(parse(await readAll(socket)), 400);
  });

  it('a body that says it is too large, before reading it', async () => {
    const tooLong = String(MAX_INPUT_LENGTH + 1);
    expectRefusal(await raw(callText('images.list', '', { 'Content-Length': tooLong })), 413);
    expectRefusal(await raw(callText('images.list', '', { 'Content-Length': '9'.repeat(18) })), 413);
  });

  it('a body that turns out to be too large', async () => {
    const socket = open();
    socket.write(callText('images.list', '', { 'Content-Length': null, 'Transfer-Encoding': 'chunked' }));
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    for (let sent = 0; sent <= MAX_INPUT_LENGTH && !socket.destroyed; sent += 65_536) socket.write(chunk);
    const reply = parse(await readAll(socket));
    // The connection may break before the answer has been read: refused all the same.
    if (reply.status !== 0) expectRefusal(reply, 413);
    expect((await fetchCall('images.list', {})).status).toBe(200);
  });

  it.each([
    ['says both a length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked'],
    ['says two lengths', 'Content-Length: 2\r\nContent-Length: 3'],
    ['says a negative length', 'Content-Length: -1'],
  ])('a request that %s', async (_title, length) => {
    const text = callText('images.list', '{}', { 'Content-Length': null });
    expectRefusal(await raw(text.replace('\r\n\r\n', `\r\n${length}\r\n\r\n`)), 400);
  });

  it('headers that are too long', async () => {
    expectRefusal(await get('/', { 'X-Long': 'x'.repeat(20_000) }), 431);
  });

  it('what is not HTTP', async () => {
    expectRefusal(await raw('\x16\x03\x01\x02\x00\x01\r\n\r\n'), 400);
  });

  describe('a client that is slow', () => {
    let impatient: Host;

    beforeAll(async () => {
      const timeouts = { headersMs: 300, requestMs: 600, checkEveryMs: 50 };
      impatient = await startHost({ engine, assets: new Map(), token: TOKEN, port: 0, timeouts });
    });

    afterAll(() => impatient.close());

    it.each([
      ['sends nothing', ''],
      ['stops in its headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '],
      ['stops in its body', 'body'],
    ])('and %s, after a while', async (_title, text) => {
      const socket = open(impatient.port);
      const Host = `127.0.0.1:${impatient.port}`;
      const unfinished = callText('images.list', '', { Host, Origin: null, 'Content-Length': '100' });
      socket.write(text === 'body' ? `${unfinished}{"a":` : text);
      const reply = await readAll(socket);
      if (reply !== '') expectRefusal(parse(reply), 408);
    });

    it('and sends its headers a line at a time for ever', async () => {
      const socket = open(impatient.port).resume();
      let isClosed = false;
      socket.on('close', () => {
        isClosed = true;
      });
      socket.write('GET / HTTP/1.1\r\n');
      while (!isClosed) {
        socket.write('X: y\r\n');
        await delay(30);
      }
    });
  });

  it('an upgrade to a web socket, of the page as well as of a call', async () => {
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
    };
    expectRefusal(await get('/', upgrade), 403);
    expectRefusal(await raw(callText('images.list', '{}', upgrade)), 403);
  });

  it('a tunnel', async () => {
    const socket = open();
    socket.write(`CONNECT 127.0.0.1:${host.port} HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\n\r\n`);
    expect(await readAll(socket)).not.toContain('200');
  });

  it('stays up and answers after a thousand abandoned connections', async () => {
    for (let round = 0; round < 10; round += 1) {
      const sockets = Array.from({ length: 100 }, () => open());
      for (const socket of sockets) socket.write(callText('cache.watch', '{}'));
      await delay(10);
      for (const socket of sockets) socket.destroy();
    }
    await until(() => existsSync(join(dir, 'watch-ended')));
    // Their cancels may still be on the way: until then there may be too many calls.
    let line = '';
    while (!line.includes('"ok":true')) line = await (await fetchCall('images.list', {})).text();
  });
});

describe('closing the host', () => {
  it('ends streams under way and frees the port', async () => {
    const response = await fetchCall('cache.watch', {});
    const reader = response.body?.getReader();
    await reader?.read();
    const { port } = host;
    await host.close();
    await expect(reader?.read()).rejects.toThrow();
    host = await startHost({ engine, assets: new Map(), token: TOKEN, port });
    expect(host.port).toBe(port);
  });

  it('says which error keeps a port from being opened', async () => {
    const again = startHost({ engine, assets: new Map(), token: TOKEN, port: host.port });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CallName, contract } from '../../../src-shared/ipc/contract.ts';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { type Host, startHost } from '../../host/server.ts';
import { MAX_INPUT_LENGTH } from '../../ipc/call-limits.ts';
import { type EngineWorker, startEngineWorker } from '../../ipc/engine-worker.ts';
import { readRendererAssets } from '../../ipc/renderer-assets.ts';
import { badInputsOf } from './schema-samples.fixture.ts';

const TOKEN = 'a-token-of-the-test';
const CALLS = Object.keys(contract) as CallName[];

interface Reply {
  readonly status: number;
  readonly body: string;
}

describeWithMsb(
  'the browser host on a real engine, called by somebody with the token',
  (version) => {
    let cache: TestCache;
    let engine: EngineWorker;
    let host: Host;
    const logged: string[] = [];

    beforeAll(async () => {
      cache = await makeCache({ version, images: standardImages() });
      const scratch = scratchDir('host');
      const renderer = join(scratch, 'renderer');
      mkdirSync(renderer);
      writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>Strata</title>');
      engine = startEngineWorker({
        engine: {
          homeOption: cache.home,
          startWithSample: false,
          env: {},
          userHome: scratch,
          sampleArchive: join(scratch, 'none'),
          scratchDir: scratch,
          dataDir: scratch,
        },
        log: (text) => void logged.push(text),
      });
      host = await startHost({ engine, assets: readRendererAssets(renderer), token: TOKEN, port: 0 });
    });

    afterAll(async () => {
      await host.close();
      await engine.close();
    });

    function post(path: string, body: string | Buffer): Promise<Reply> {
      return new Promise((resolve, reject) => {
        const headers = {
          Authorization: `Bearer ${TOKEN}`,
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
        };
        const call = request(
          { port: host.port, host: '127.0.0.1', method: 'POST', path, headers },
          (response) => {
            let text = '';
            response.on('data', (chunk: Buffer) => {
              text += chunk.toString();
            });
            response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
          },
        );
        call.on('error', reject);
        call.end(body);
      });
    }

    /** The last line of an answer. */
    async function call(name: string, input: unknown): Promise<{ ok: boolean; error?: { code: string } }> {
      const { body } = await post(`/ipc/${name}`, JSON.stringify(input));
      return JSON.parse(body.trim().split('\n').at(-1)!);
    }

    it('refuses every wrong input of every call, and goes on', async () => {
      const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
      for (const name of CALLS) {
        for (const { what, text } of badInputsOf(name)) {
          const { status, body } = await post(`/ipc/${name}`, text);
          expect([name, what, [200, 400].includes(status)]).toEqual([name, what, true]);
          expect([name, what, JSON.parse(body)]).toEqual([
            name,
            what,
            { ok: false, error: expect.objectContaining({ code: 'invalid-input' }) },
          ]);
        }
      }
      expect(await call('images.list', {})).toMatchObject({ ok: true });
      expect(logged).toEqual([]);
      expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
    }, 120_000);

    it.each([
      ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400],
      ['a byte-order mark', Buffer.from('\ufeff{}'), 400],
      ['UTF-16', Buffer.from('{}', 'utf16le'), 400],
      ['more bytes than an input has', Buffer.alloc(MAX_INPUT_LENGTH + 1, 0x20), 413],
      ['a million nested lists', Buffer.from('['.repeat(1_000_000)), 400],
      ['a number without end', Buffer.from(`{"a":${'9'.repeat(1_000_000)}}`), 200],
      [
        'a million fields',
        Buffer.from(`{${Array.from({ length: 300_000 }, (_, index) => `"f${index}":0`).join(',')}}`),
        200,
      ],
      ['a million elements', Buffer.from(`{"references":[${'1,'.repeat(1_000_000)}1],"force":true}`), 200],
    ])('refuses %s for a body', async (_what, body, expected) => {
      const { status, body: answer } = await post('/ipc/images.remove', body);
      expect(status).toBe(expected);
      expect(JSON.parse(answer)).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
      expect(answer.length).toBeLessThan(8192);
    });

    it('answers thousands of calls at once, more than it takes and cut off in their middle, and goes on', async () => {
      const before = process.memoryUsage().rss;
      for (let round = 0; round < 10; round += 1) {
        const calls = Array.from({ length: 240 }, (_, index) => {
          const name = ['images.list', 'cache.usage', 'cache.watch', 'no.such', 'layers.list'][index % 5]!;
          return callAndLeave(name, index % 3 === 0 ? 1 : 40);
        });
        await Promise.all(calls);
      }
      expect(await call('images.list', {})).toMatchObject({ ok: true });
      expect(process.memoryUsage().rss - before).toBeLessThan(512 * 2 ** 20);
      expect(logged).toEqual([]);
    }, 120_000);

    /** Starts a call and closes the connection after so many milliseconds, whatever has come by then. */
    function callAndLeave(name: string, afterMs: number): Promise<void> {
      return new Promise((resolve) => {
        const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
        const call = request({
          port: host.port,
          host: '127.0.0.1',
          method: 'POST',
          path: `/ipc/${name}`,
          headers,
          agent: false,
        });
        call.on('error', () => {});
        call.on('response', (response) => response.resume());
        call.on('close', () => resolve());
        call.end('{}');
        setTimeout(() => call.destroy(), afterMs);
      });
    }
  },
  ['0.6.18'],
);

import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NO_WORK } from '../../src-shared/domain/work.ts';
import type { InputOf, WatchItem } from '../../src-shared/ipc/contract.ts';
import type { CallOptions, Client } from '../client.ts';
import { TOKEN_REFUSED } from '../transport-http.ts';
import { followCache } from './live.ts';
import type { Visibility } from './visibility.ts';

type Watching = {
  readonly input: InputOf<'cache.watch'>;
  readonly options: CallOptions<'cache.watch'>;
  readonly end: (incident: string) => void;
};

let watching: Watching[] = [];
let rounds: (() => void)[] = [];
let lists = 0;
let rests = 0;
let stop = () => {};
let hide = () => {};
let show = () => {};

const visibility: Visibility = {
  onHidden: (listener) => {
    hide = listener;
  },
  untilSeen: () =>
    new Promise((resolve) => {
      show = resolve;
    }),
};

const queries = new QueryClient();
const client = {
  call: (_name: string, input: InputOf<'cache.watch'>, options: CallOptions<'cache.watch'>) =>
    new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason));
      watching.push({
        input,
        options,
        end: (incident) => resolve({ ok: false, error: { code: 'internal', incident } }),
      });
    }),
} as unknown as Client;

beforeEach(() => {
  vi.useFakeTimers();
  watching = [];
  rounds = [];
  lists = 0;
  rests = 0;
  // A round asks for the home and the list; all else comes later.
  vi.spyOn(queries, 'invalidateQueries').mockImplementation((filters) => {
    if (filters?.queryKey?.[0] === 'home.get') return new Promise((done) => rounds.push(done));
    if (filters?.queryKey?.[0] === 'images.list') lists += 1;
    else rests += 1;
    return Promise.resolve();
  });
  stop = followCache(client, queries, visibility);
});

afterEach(() => {
  stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const hear = (item: WatchItem) => watching.at(-1)?.options.onItem?.(item);
const changed = () => hear({ kind: 'changed', sign: 'b' });

async function endRound(): Promise<void> {
  rounds.at(-1)?.();
  await vi.advanceTimersByTimeAsync(0);
}

test('reads once more after changes that came during a round, however many there were', async () => {
  changed();
  changed();
  changed();
  expect(rounds).toHaveLength(1);
  await endRound();
  expect(rounds).toHaveLength(2);
  await endRound();
  expect(rounds).toHaveLength(2);
});

test('reads the list at once, and the rest when the changes have settled or have lasted long enough', async () => {
  changed();
  await endRound();
  expect([lists, rests]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(500);
  expect([lists, rests]).toEqual([1, 1]);
  for (let change = 0; change < 6; change += 1) {
    changed();
    await endRound();
    await vi.advanceTimersByTimeAsync(400);
  }
  expect([lists, rests]).toEqual([7, 2]);
  await vi.advanceTimersByTimeAsync(500);
  expect([lists, rests]).toEqual([7, 3]);
});

test('takes the stream up again when it breaks, waiting longer each time, and reads what it missed', async () => {
  watching[0]?.options.onStart?.();
  expect(rounds).toHaveLength(0);
  watching[0]?.end('cut off');
  await vi.advanceTimersByTimeAsync(400);
  expect(watching).toHaveLength(2);
  watching[1]?.end('cut off');
  await vi.advanceTimersByTimeAsync(400);
  expect(watching).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(400);
  expect(watching).toHaveLength(3);
  watching[2]?.options.onStart?.();
  expect(rounds).toHaveLength(1);
});

test('reads again when msb begins or ends something, not while it gets on', async () => {
  const work = (operations: number, newLayers = 0) =>
    watching.at(-1)?.options.onItem?.({ kind: 'work', work: { ...NO_WORK, operations, newLayers } });
  work(0);
  expect(rounds).toHaveLength(0);
  work(1);
  work(1, 1);
  work(1, 2);
  expect(rounds).toHaveLength(1);
  await endRound();
  work(0);
  expect(rounds).toHaveLength(2);
});

test('gives up where the token is refused', async () => {
  watching[0]?.end(TOKEN_REFUSED);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(watching).toHaveLength(1);
});

test('watches nothing while the page is hidden, and asks for what changed meanwhile when it is seen', async () => {
  watching[0]?.options.onStart?.();
  hear({ kind: 'watching', sign: 'a' });
  hide();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(watching[0]?.options.signal?.aborted).toBe(true);
  expect(watching).toHaveLength(1);

  show();
  await vi.advanceTimersByTimeAsync(0);
  expect(watching[1]?.input).toEqual({ since: 'a' });
  watching[1]?.options.onStart?.();
  hear({ kind: 'watching', sign: 'a' });
  expect(rounds).toHaveLength(0);
  changed();
  expect(rounds).toHaveLength(1);
});

test('ends with the page', async () => {
  changed();
  stop();
  expect(watching[0]?.options.signal?.aborted).toBe(true);
  watching[0]?.end('cut off');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(watching).toHaveLength(1);
  expect(rests).toBe(0);
});

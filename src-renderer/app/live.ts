import type { QueryClient } from '@tanstack/react-query';
import type { Work } from '../../src-shared/domain/work.ts';
import type { Client } from '../client.ts';
import { TOKEN_REFUSED } from '../transport-http.ts';
import { announce } from '../ui/live-region.tsx';
import { readListAgain, readRestAgain } from './queries.ts';
import { createStore, useStore } from './store.ts';
import { pageVisibility, type Visibility } from './visibility.ts';

/** `refused`: the host does not know this page's token; trying again cannot help. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused';

export interface Live {
  readonly connection: Connection;
  /** What msb is at work on as the watcher last said; null before it did. */
  readonly work: Work | null;
}

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8_000;
/** A little more than the watcher takes between two looks: then whatever msb is doing has paused. */
const SETTLE_MS = 500;
/** A pull writes file after file for minutes. */
const LONGEST_UNSETTLED_MS = 2_000;

const live = createStore<Live>({ connection: 'connecting', work: null });

export function useLive(): Live {
  return useStore(live);
}

export function useLivePart<Part>(select: (live: Live) => Part): Part {
  return useStore(live, select);
}

/**
 * Follows the cache for as long as the page lives: one `cache.watch` stream, taken up again when it breaks. When the
 * cache changed the list is read again at once and everything else when the changes have settled. Nothing is watched
 * while nobody sees the page; what changed meanwhile is told when it is seen again. Gives back the way to stop.
 */
export function followCache(
  client: Client,
  queries: QueryClient,
  visibility: Visibility = pageVisibility,
): () => void {
  const stop = new AbortController();
  const refresh = refresher(queries);

  const run = async () => {
    let wait = FIRST_WAIT_MS;
    let hasBeenLive = false;
    let sign: string | undefined;
    while (!stop.signal.aborted) {
      const rest = new AbortController();
      const signal = AbortSignal.any([stop.signal, rest.signal]);
      visibility.onHidden(() => rest.abort(), signal);
      const result = await client
        .call('cache.watch', sign === undefined ? {} : { since: sign }, {
          signal,
          onStart: () => {
            wait = FIRST_WAIT_MS;
            // What failed while the connection was lost is asked again, whether anything changed or not.
            if (hasBeenLive && live.get().connection === 'lost') refresh.ask();
            hasBeenLive = true;
            setConnection('live');
          },
          onItem: (item) => {
            if (item.kind === 'work') {
              // A pull that begins or ends changes what may go, also when it changes no row and no file.
              if (tellNews(item.work)) refresh.ask();
              live.set((previous) => ({ ...previous, work: item.work }));
              return;
            }
            sign = item.sign;
            if (item.kind === 'changed') refresh.ask();
          },
        })
        .catch(() => null);
      if (stop.signal.aborted) return;
      if (rest.signal.aborted) {
        await visibility.untilSeen(stop.signal);
        continue;
      }
      const isRefused =
        result !== null &&
        !result.ok &&
        result.error.code === 'internal' &&
        result.error.incident === TOKEN_REFUSED;
      setConnection(isRefused ? 'refused' : 'lost');
      sign = undefined;
      if (isRefused) return;
      await sleep(wait, stop.signal);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  };
  void run();
  return () => {
    stop.abort();
    refresh.stop();
  };
}

/**
 * Says that msb began or ended something. False when it did not, and for the first word on it: what is on screen was
 * read at the same time.
 */
function tellNews({ operations }: Work): boolean {
  const known = live.get().work;
  if (known === null || known.operations === operations) return false;
  if (known.operations === 0) announce('msb is at work on this cache.');
  if (operations === 0) announce('msb has finished its work on this cache.');
  return true;
}

function setConnection(connection: Connection): void {
  live.set((previous) => (previous.connection === connection ? previous : { ...previous, connection }));
}

/** Reads again what the interface shows. */
interface Refresher {
  readonly ask: () => void;
  readonly stop: () => void;
}

function refresher(queries: QueryClient): Refresher {
  let list = Promise.resolve();
  const readList = inTurn(() => {
    list = readListAgain(queries);
    return list;
  });
  // The engine answers one call after the other: the list comes first.
  const readRest = inTurn(() => list.then(() => readRestAgain(queries)));
  const rest = settled(readRest);
  return {
    ask() {
      readList();
      rest.ask();
    },
    stop: rest.stop,
  };
}

/**
 * One round at a time; what is asked for during a round starts one more after it. Starting over at every change would
 * never finish while a pull writes file after file.
 */
function inTurn(read: () => Promise<void>): () => void {
  let isRunning = false;
  let isAskedAgain = false;
  const run = async () => {
    isRunning = true;
    do {
      isAskedAgain = false;
      await read();
    } while (isAskedAgain);
    isRunning = false;
  };
  return () => {
    if (isRunning) isAskedAgain = true;
    else void run();
  };
}

/** Waits until nothing is asked for a while, but not for ever. */
function settled(read: () => void): Refresher {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let firstMs: number | null = null;
  return {
    ask() {
      clearTimeout(timer);
      const nowMs = performance.now();
      firstMs ??= nowMs;
      const wait = Math.min(SETTLE_MS, firstMs + LONGEST_UNSETTLED_MS - nowMs);
      timer = setTimeout(() => {
        firstMs = null;
        read();
      }, wait);
    },
    stop: () => clearTimeout(timer),
  };
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

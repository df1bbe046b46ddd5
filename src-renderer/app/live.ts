import type { QueryClient } from '@tanstack/react-query';
import type { Work } from '../../src-shared/domain/work.ts';
import type { Client } from '../client.ts';
import { TOKEN_REFUSED } from '../transport-http.ts';
import { announce } from '../ui/index.ts';
import { createStore, useStore } from './store.ts';

/** `refused`: the host does not know this page's token; trying again cannot help. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused';

export interface Live {
  readonly connection: Connection;
  /** What msb is at work on as the watcher last said; null before it did. */
  readonly work: Work | null;
}

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8_000;

const live = createStore<Live>({ connection: 'connecting', work: null });

export function useLive(): Live {
  return useStore(live);
}

/**
 * Follows the cache for as long as the page lives: one `cache.watch` stream, taken up again when it breaks, and
 * every query read again when the cache changed. Gives back the way to stop.
 */
export function followCache(client: Client, queries: QueryClient): () => void {
  const stop = new AbortController();
  const refresh = refresher(queries);

  const run = async () => {
    let wait = FIRST_WAIT_MS;
    let hasBeenLive = false;
    while (!stop.signal.aborted) {
      const result = await client
        .call(
          'cache.watch',
          {},
          {
            signal: stop.signal,
            onStart: () => {
              wait = FIRST_WAIT_MS;
              // Changes while nobody listened are not told again.
              if (hasBeenLive) refresh();
              hasBeenLive = true;
              setConnection('live');
            },
            onItem: (item) => {
              if (item.kind === 'changed') return refresh();
              // A pull that begins or ends changes what may go, also when it changes no row and no file.
              if (tellNews(item.work)) refresh();
              live.set((previous) => ({ ...previous, work: item.work }));
            },
          },
        )
        .catch(() => null);
      if (stop.signal.aborted) return;
      const isRefused =
        result !== null &&
        !result.ok &&
        result.error.code === 'internal' &&
        result.error.incident === TOKEN_REFUSED;
      setConnection(isRefused ? 'refused' : 'lost');
      if (isRefused) return;
      await sleep(wait, stop.signal);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  };
  void run();
  return () => stop.abort();
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

/**
 * Reads every query in use again; what changes during a round starts one more after it. Starting over at every
 * change would never finish while a pull writes file after file.
 */
function refresher(queries: QueryClient): () => void {
  let isRunning = false;
  let isAskedAgain = false;
  const run = async () => {
    isRunning = true;
    do {
      isAskedAgain = false;
      await queries.invalidateQueries();
    } while (isAskedAgain);
    isRunning = false;
  };
  return () => {
    if (isRunning) isAskedAgain = true;
    else void run();
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

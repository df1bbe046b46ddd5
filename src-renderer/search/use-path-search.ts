import { useEffect, useRef, useState } from 'react';
import type { FoundPath } from '../../src-shared/domain/tree-entry.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { useClient } from '../app/client-context.ts';
import type { Client } from '../client.ts';
import { announce } from '../ui/index.ts';

/** A search for one path through every layer of the cache. */
export interface PathSearch {
  /** As `TreeEntry.path` spells it; empty before the first search. */
  readonly path: string;
  readonly state: 'idle' | 'running' | 'done' | 'stopped';
  readonly doneLayers: number;
  readonly totalLayers: number;
  readonly found: readonly FoundPath[];
  /** Layers that are missing or damaged: the path may be in them. */
  readonly unreadableLayers: readonly string[];
  readonly error: CacheError | null;
}

const NOTHING: PathSearch = {
  path: '',
  state: 'idle',
  doneLayers: 0,
  totalLayers: 0,
  found: [],
  unreadableLayers: [],
  error: null,
};

/** One search at a time: a new one, or leaving the view, stops the last. */
export function usePathSearch(): {
  readonly search: PathSearch;
  readonly start: (path: string) => void;
  readonly stop: () => void;
} {
  const client = useClient();
  const [search, setSearch] = useState(NOTHING);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);
  return {
    search,
    start: (path) => {
      controller.current?.abort();
      const own = new AbortController();
      controller.current = own;
      setSearch({ ...NOTHING, path, state: 'running' });
      void run(client, path, own.signal, (change) => {
        if (controller.current === own) setSearch(change);
      });
    },
    stop: () => {
      controller.current?.abort();
      setSearch((last) => (last.state === 'running' ? { ...last, state: 'stopped' } : last));
    },
  };
}

async function run(
  client: Client,
  path: string,
  signal: AbortSignal,
  change: (next: (last: PathSearch) => PathSearch) => void,
): Promise<void> {
  try {
    const result = await client.call(
      'files.find',
      { path },
      {
        signal,
        onItem: ({ doneLayers, totalLayers, found }) =>
          change((last) => ({ ...last, doneLayers, totalLayers, found: [...last.found, ...found] })),
      },
    );
    if (!result.ok) {
      change((last) => ({ ...last, state: 'done', error: result.error }));
      return;
    }
    const { found, unreadableLayers } = result.value;
    announce(found === 1 ? 'Found in 1 image' : `Found in ${found} images`);
    change((last) => ({ ...last, state: 'done', unreadableLayers }));
  } catch {
    // Stopped: what was found by then stays.
  }
}

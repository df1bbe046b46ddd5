import { useEffect } from 'react';
import { COLUMNS } from './columns.ts';
import type { ImageEntry } from './image-entries.ts';
import { orderOf } from './image-orders.ts';

/** Milliseconds of work at a time: a key pressed meanwhile waits no longer than that. */
const SLICE_MS = 5;

/**
 * Prepares entries and their orders for searching and sorting while nothing else is to be done, so that neither the first key in the
 * find field nor the first sort by name waits for ten thousand of them.
 */
export function usePreparedEntries(entries: readonly ImageEntry[]): void {
  useEffect(() => {
    let next = 0;
    let cancel = () => {};
    const work = () => {
      const endMs = performance.now() + SLICE_MS;
      while (next < entries.length && performance.now() < endMs) {
        entries[next]!.prepare();
        next += 1;
      }
      cancel = whenIdle(next < entries.length ? work : () => order(0));
    };
    // A column takes some milliseconds in one piece, the names most.
    const order = (index: number) => {
      const column = COLUMNS[index];
      if (column === undefined) return;
      orderOf(entries, { column: column.name, isAscending: true });
      cancel = whenIdle(() => order(index + 1));
    };
    cancel = whenIdle(work);
    return () => cancel();
  }, [entries]);
}

/** Safari has no idle callbacks. */
function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const id = requestIdleCallback(work);
    return () => cancelIdleCallback(id);
  }
  const timer = setTimeout(work, SLICE_MS);
  return () => clearTimeout(timer);
}

import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import type { ImageRow } from './image-entries.ts';
import type { ImageListState } from './image-list-state.ts';

/** What a list that shows everything remembers of itself while it is narrowed, also to nothing. */
export interface ListMemory {
  /** Where it was scrolled to; null while it shows everything. */
  place: Place | null;
  /** The reference whose row was brought into view last. */
  revealed: string | null;
  /** The row of the tab stop. */
  stop: string | null;
}

interface Place {
  readonly order: ImageListState;
  /** Of the first row in view. */
  readonly key: string;
  /** Pixels of it above the view. */
  readonly cut: number;
  /** As it was then. */
  readonly revealed: string | null;
}

export function newListMemory(): ListMemory {
  return { place: null, revealed: null, stop: null };
}

/**
 * Keeps the rows in view where they are when others come and go above them, or all get another height. At the very top the list stays at
 * the top, so that a new image shows; a new order (`order` changes) starts at the top as well. When a filter or words
 * are taken away again, the list is back where it was before them.
 */
export function useRowAnchor(
  scroller: RefObject<HTMLDivElement | null>,
  rows: readonly ImageRow[],
  order: ImageListState,
  rowHeight: number,
  memory: ListMemory,
): void {
  const shown = useRef({ rows, order, rowHeight });
  // As it was before other rows made the list shorter.
  const scrolled = useRef(0);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const note = () => {
      scrolled.current = element.scrollTop;
    };
    element.addEventListener('scroll', note, { passive: true });
    return () => element.removeEventListener('scroll', note);
  }, [scroller]);

  useLayoutEffect(() => {
    if (scroller.current !== null) goBack(scroller.current, shown.current, memory);
    return () => leave(shown.current, scrolled.current, memory);
  }, [scroller, memory]);

  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = { rows, order, rowHeight };
    const element = scroller.current;
    if (element === null) return;
    if (before.rowHeight !== rowHeight) element.scrollTop *= rowHeight / before.rowHeight;
    if (before.rows === rows) return;
    if (before.order !== order) {
      leave(before, scrolled.current, memory);
      element.scrollTop = 0;
      goBack(element, shown.current, memory);
      return;
    }
    if (element.scrollTop === 0) return;
    const first = Math.floor(element.scrollTop / rowHeight);
    const moved = movedBy(before.rows, rows, first);
    if (moved !== 0) element.scrollTop += moved * rowHeight;
  }, [scroller, rows, order, rowHeight, memory]);
}

interface Shown {
  readonly rows: readonly ImageRow[];
  readonly order: ImageListState;
  readonly rowHeight: number;
}

function leave({ rows, order, rowHeight }: Shown, scrollTop: number, memory: ListMemory): void {
  const row = rows[Math.floor(scrollTop / rowHeight)];
  if (isNarrowed(order) || row === undefined) return;
  memory.place = { order, key: row.key, cut: scrollTop % rowHeight, revealed: memory.revealed };
}

function goBack(element: HTMLElement, { rows, order, rowHeight }: Shown, memory: ListMemory): void {
  const { place } = memory;
  if (isNarrowed(order) || place === null) return;
  memory.place = null;
  // What was opened meanwhile comes into view again.
  if (memory.revealed !== place.revealed) memory.revealed = null;
  const index = rows.findIndex(({ key }) => key === place.key);
  if (index >= 0 && isSameOrder(place.order, order)) element.scrollTop = index * rowHeight + place.cut;
}

function isNarrowed({ filter, find }: ImageListState): boolean {
  return filter !== 'all' || find !== '';
}

function isSameOrder(left: ImageListState, right: ImageListState): boolean {
  return left.sort === right.sort && left.isGrouped === right.isGrouped;
}

/** By how many rows the first row still there, from `first` on, has moved. */
function movedBy(before: readonly ImageRow[], after: readonly ImageRow[], first: number): number {
  const indexes = new Map(after.map((row, index) => [row.key, index]));
  for (let index = first; index < before.length; index += 1) {
    const now = indexes.get(before[index]!.key);
    if (now !== undefined) return now - index;
  }
  return 0;
}

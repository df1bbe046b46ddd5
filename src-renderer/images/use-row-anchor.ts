import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { ImageRow } from './image-entries.ts';

/**
 * Keeps the rows in view where they are when others come and go above them, or all get another height. At the very top the list stays at
 * the top, so that a new image shows; a new order (`order` changes) starts at the top as well.
 */
export function useRowAnchor(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly ImageRow[],
  order: unknown,
  rowHeight: number,
): void {
  const shown = useRef({ rows, order, rowHeight });
  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = { rows, order, rowHeight };
    const element = scroller.current;
    if (element === null) return;
    if (before.rowHeight !== rowHeight) element.scrollTop *= rowHeight / before.rowHeight;
    if (before.rows === rows) return;
    if (before.order !== order) {
      element.scrollTop = 0;
      return;
    }
    if (element.scrollTop === 0) return;
    const first = Math.floor(element.scrollTop / rowHeight);
    const moved = movedBy(before.rows, rows, first);
    if (moved !== 0) element.scrollTop += moved * rowHeight;
  }, [scroller, rows, order, rowHeight]);
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

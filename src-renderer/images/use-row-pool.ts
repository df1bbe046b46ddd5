import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useElementSize } from '../ui/index.ts';
import type { ImageRow } from './image-entries.ts';
import { EMPTY_POOL, isShown, type RowPool, type RowView, type Slot, turnPool } from './row-pool.ts';

const NOTHING_SEEN: RowView = { first: 0, end: 0, isDown: true };

/**
 * The elements of a list of rows of one height and what each of them shows: the rows in view, drawn in the frame
 * that scrolls to them, and, a few in each of the frames after it, those that come next.
 *
 * @param tabStop the row that is always there
 */
export function useRowPool(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly ImageRow[],
  rowHeight: number,
  tabStop: number,
): readonly Slot<ImageRow>[] {
  const [view, setView] = useState(NOTHING_SEEN);
  const height = useElementSize(scroller)?.height ?? 0;
  const shown = useRef<RowPool<ImageRow>>(EMPTY_POOL);
  const pool = useMemo(() => turnPool(shown.current, rows, view, tabStop), [rows, view, tabStop]);
  useLayoutEffect(() => {
    shown.current = pool;
  }, [pool]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || height === 0) return;
    let seen = viewAt(element, rowHeight, NOTHING_SEEN);
    setView(seen);
    const onScroll = () => {
      const now = viewAt(element, rowHeight, seen);
      if (now.first === seen.first && now.end === seen.end) return;
      seen = now;
      // What is ready is drawn when there is time; what is not, before the frame that would lack it.
      if (isShown(shown.current, now)) setView(now);
      else flushSync(() => setView(now));
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [scroller, rowHeight, height]);

  useEffect(() => {
    if (pool.isWhole) return;
    const frame = requestAnimationFrame(() => setView((same) => ({ ...same })));
    return () => cancelAnimationFrame(frame);
  }, [pool]);
  return pool.slots;
}

function viewAt({ scrollTop, clientHeight }: HTMLElement, rowHeight: number, before: RowView): RowView {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight));
  const end = Math.ceil((scrollTop + clientHeight) / rowHeight);
  return { first, end, isDown: first >= before.first };
}

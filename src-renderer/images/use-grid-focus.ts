import { type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { type GridPosition, HEADER_ROW, WHOLE_ROW } from './grid-moves.ts';
import type { ImageRow } from './image-entries.ts';
import type { ListMemory } from './use-row-anchor.ts';

/** The grid's one tab stop, which stays with its row while rows move. */
export interface GridFocus {
  readonly position: GridPosition;
  /** Moves the tab stop; `isFocused` moves the keyboard's focus along. */
  readonly moveTo: (position: GridPosition, isFocused: boolean) => void;
}

interface Stop {
  /** Null for the header. */
  readonly key: string | null;
  readonly column: number;
}

/** @param memory keeps the stop's row for when the grid is there again */
export function useGridFocus(
  grid: RefObject<HTMLElement | null>,
  rows: readonly ImageRow[],
  memory: Pick<ListMemory, 'stop'>,
): GridFocus {
  const [stop, setStop] = useState<Stop>({ key: memory.stop ?? rows[0]?.key ?? null, column: WHOLE_ROW });
  // Where the row was last: the stop falls to whatever row is there when its own is gone.
  const lastRow = useRef(0);
  const found = useMemo(() => rows.findIndex((row) => row.key === stop.key), [rows, stop]);
  const position = resolve(stop, rows, found, lastRow.current);
  const wantsFocus = useRef(false);
  const hadFocus = useRef(false);

  useLayoutEffect(() => {
    lastRow.current = position.row;
    const element = grid.current;
    if (element === null) return;
    // The focused row went with an update: the focus fell to the page, and belongs on the row that took its place.
    const isLost = hadFocus.current && document.activeElement === document.body;
    // Or its element is another row's now, or was left behind by the tab stop.
    const row = focusedRow(element);
    const isAstray = row !== null && position.row !== HEADER_ROW && row !== position.row;
    if (wantsFocus.current || isLost || isAstray)
      focusElement(element, position)?.focus({ preventScroll: true });
    wantsFocus.current = false;
    hadFocus.current = element.contains(document.activeElement);
  });

  return {
    position,
    moveTo({ row, column }, isFocused) {
      wantsFocus.current = isFocused;
      const key = row === HEADER_ROW ? null : (rows[row]?.key ?? null);
      memory.stop = key;
      setStop({ key, column });
    },
  };
}

function resolve(
  { key, column }: Stop,
  rows: readonly ImageRow[],
  found: number,
  lastRow: number,
): GridPosition {
  if (rows.length === 0 || key === null) return { row: HEADER_ROW, column: Math.max(column, 0) };
  return { row: found >= 0 ? found : Math.min(Math.max(lastRow, 0), rows.length - 1), column };
}

/** The row that has the focus, itself or in a cell; null for the header and outside of the grid. */
function focusedRow(grid: HTMLElement): number | null {
  const focused = document.activeElement;
  if (focused === null || !grid.contains(focused)) return null;
  const index = focused.closest<HTMLElement>('[data-index]')?.dataset.index;
  return index === undefined || Number(index) === HEADER_ROW ? null : Number(index);
}

function focusElement(grid: HTMLElement, { row, column }: GridPosition): HTMLElement | null {
  const element = grid.querySelector<HTMLElement>(`[data-index="${row}"]`);
  return column === WHOLE_ROW ? element : (element?.querySelector(`[data-column="${column}"]`) ?? null);
}

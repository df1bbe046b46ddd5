/** Where the keyboard is: -1 is the header row, and the row as a whole rather than one of its cells. */
export interface GridPosition {
  readonly row: number;
  readonly column: number;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Rows a page moves. */
  readonly page: number;
}

/** The keys that move, as `KeyboardEvent` has them. */
export interface GridKey {
  readonly key: string;
  readonly hasModifier: boolean;
}

export const HEADER_ROW = -1;
export const WHOLE_ROW = -1;

/**
 * Where a key leads in the WAI-ARIA grid: rows have the focus as a whole, Right goes into their cells and Left
 * out again; the header row has cells only. Null for a key that does not move.
 */
export function moveInGrid(
  { row, column }: GridPosition,
  { key, hasModifier }: GridKey,
  size: GridSize,
): GridPosition | null {
  const last = size.rows - 1;
  const at = (next: number): GridPosition => {
    const bounded = Math.min(Math.max(next, HEADER_ROW), last);
    if (bounded === HEADER_ROW) return { row: bounded, column: Math.max(column, 1) };
    return { row: bounded, column: row === HEADER_ROW ? WHOLE_ROW : column };
  };
  switch (key) {
    case 'ArrowDown':
      return at(row + 1);
    case 'ArrowUp':
      return at(row - 1);
    case 'PageDown':
      return at(Math.max(row, 0) + size.page);
    case 'PageUp':
      return at(Math.max(row - size.page, 0));
    case 'Home':
      return hasModifier || column === WHOLE_ROW ? at(0) : { row, column: 0 };
    case 'End':
      return hasModifier || column === WHOLE_ROW ? at(last) : { row, column: size.columns - 1 };
    case 'ArrowRight':
      return { row, column: Math.min(column + 1, size.columns - 1) };
    case 'ArrowLeft':
      return { row, column: Math.max(column - 1, row === HEADER_ROW ? 0 : WHOLE_ROW) };
    default:
      return null;
  }
}

/** Pixels between what a column shows and the next column. */
const GAP = 14;

/** Pixels a column needs for its heading and for what the rows on screen show in it; null when it is not there. */
export function contentWidth(grid: HTMLElement | null, column: number): number | null {
  const cells = [...(grid?.querySelectorAll<HTMLElement>(`[data-column="${column}"]`) ?? [])];
  if (cells.length === 0) return null;
  for (const cell of cells) cell.style.width = 'max-content';
  const widest = Math.max(...cells.map((cell) => cell.getBoundingClientRect().width));
  for (const cell of cells) cell.style.width = '';
  return Math.ceil(widest) + GAP;
}

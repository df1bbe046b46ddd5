import type { MapCell } from './map-cells.ts';

/**
 * The cell an arrow leads to from `index`: the nearest whose centre lies that way, sideways distance counting
 * double; the same when there is none. `Home` and `End` lead to the first and the last. Null for other keys.
 */
export function moveOnMap(cells: readonly MapCell[], index: number, key: string): number | null {
  if (key === 'Home') return 0;
  if (key === 'End') return cells.length - 1;
  const direction = DIRECTIONS[key];
  const from = cells[index];
  if (direction === undefined || from === undefined) return null;
  const start = centreOf(from);
  let best = index;
  let least = Number.POSITIVE_INFINITY;
  cells.forEach((cell, candidate) => {
    const to = centreOf(cell);
    const along = (to.x - start.x) * direction.x + (to.y - start.y) * direction.y;
    if (candidate === index || along <= 0.5) return;
    const across = Math.abs((to.x - start.x) * direction.y) + Math.abs((to.y - start.y) * direction.x);
    const distance = along + 2 * across;
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  });
  return best;
}

/**
 * The next cell after `from`, around the end, whose name or the end of it begins with `typed`; -1 when there is none.
 * The cell itself counts while a word is being typed on, not for its first letter.
 */
export function findTypedCell(cells: readonly MapCell[], from: number, typed: string): number {
  const text = typed.toLowerCase();
  const start = text.length > 1 ? from : from + 1;
  for (let step = 0; step < cells.length; step += 1) {
    const index = (start + step) % cells.length;
    const { label, shortLabel } = cells[index]!.node;
    if ([label, shortLabel].some((name) => name.toLowerCase().startsWith(text))) return index;
  }
  return -1;
}

const DIRECTIONS: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
};

/** Of a frame, the middle of its heading: the rest of it lies below its parts. */
function centreOf({ place, isFrame }: MapCell): { readonly x: number; readonly y: number } {
  return { x: place.x + place.width / 2, y: isFrame ? place.y + 10 : place.y + place.height / 2 };
}

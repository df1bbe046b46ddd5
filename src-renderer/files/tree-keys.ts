import { indexOfParent, type TreeRow } from './tree-rows.ts';

/** What a key does in a tree grid whose rows have the focus as a whole (WAI-ARIA treegrid). */
export type TreeMove =
  | { readonly kind: 'go'; readonly to: number }
  | { readonly kind: 'open'; readonly row: number }
  | { readonly kind: 'close'; readonly row: number };

/**
 * Where a key leads: Up, Down, Home, End and the page keys move; Right opens a folder, then enters it; Left closes
 * it, then goes to the folder around. Null for a key that does nothing here.
 *
 * @param page rows a page key moves
 */
export function moveInTree(
  rows: readonly TreeRow[],
  active: number,
  key: string,
  page: number,
): TreeMove | null {
  const last = rows.length - 1;
  const go = (to: number): TreeMove => ({ kind: 'go', to: Math.min(Math.max(to, 0), last) });
  const row = rows[active];
  const isExpanded = row === undefined || row.kind === 'message' ? null : row.isExpanded;
  switch (key) {
    case 'ArrowDown':
      return go(active + 1);
    case 'ArrowUp':
      return go(active - 1);
    case 'PageDown':
      return go(active + page);
    case 'PageUp':
      return go(active - page);
    case 'Home':
      return go(0);
    case 'End':
      return go(last);
    case 'ArrowRight':
      if (isExpanded === null) return null;
      return isExpanded ? go(active + 1) : { kind: 'open', row: active };
    case 'ArrowLeft': {
      if (isExpanded === true) return { kind: 'close', row: active };
      const parent = indexOfParent(rows, active);
      return parent < 0 ? null : go(parent);
    }
    default:
      return null;
  }
}

import { assertNever } from '../../src-shared/ipc/result.ts';
import { groupRows, type ImageEntry, type ImageRow, rowsOf } from './image-entries.ts';
import { orderOf } from './image-orders.ts';

/** What the list shows and in which order; everything else follows from it and the entries. */
export interface ImageListState {
  readonly filter: ImageFilter;
  /** Words that must all occur, in any order, upper and lower case alike. */
  readonly find: string;
  readonly sort: ImageSort;
  readonly isGrouped: boolean;
}

export type ImageFilter =
  | 'all'
  | 'in-use'
  | 'unused'
  | 'same-digest'
  | 'damaged'
  | 'warning'
  | 'being-pulled';

export type SortColumn = 'image' | 'on-disk' | 'layers' | 'platform' | 'used-by' | 'created' | 'last-used';

export interface ImageSort {
  readonly column: SortColumn;
  readonly isAscending: boolean;
}

export const NEWEST_FIRST: ImageSort = { column: 'created', isAscending: false };

/** The rows to show. Entries that compare equal keep the order they came in, newest first. */
export function listRows(entries: readonly ImageEntry[], state: ImageListState): readonly ImageRow[] {
  const words = state.find.toLowerCase().split(/\s+/).filter(Boolean);
  const matching: ImageEntry[] = [];
  for (const index of orderOf(entries, state.sort)) {
    const entry = entries[index]!;
    if (passes(entry, state.filter) && hasWords(entry, words)) matching.push(entry);
  }
  return state.isGrouped ? groupRows(matching, entries) : rowsOf(matching);
}

/** How many references each filter lets through; null while the facts that decide it are not known. */
export function countFilters(entries: readonly ImageEntry[]): Readonly<Record<ImageFilter, number | null>> {
  const isKnown = entries.every((entry) => entry.facts !== null);
  const count = (filter: ImageFilter) => entries.filter((entry) => passes(entry, filter)).length;
  return {
    all: entries.length,
    'in-use': isKnown ? count('in-use') : null,
    unused: isKnown ? count('unused') : null,
    'same-digest': count('same-digest'),
    damaged: isKnown ? count('damaged') : null,
    warning: isKnown ? count('warning') : null,
    'being-pulled': isKnown ? count('being-pulled') : null,
  };
}

/** The order after a click on a column's header: its natural direction first, then the other one. */
export function nextSort(current: ImageSort, column: SortColumn): ImageSort {
  if (current.column === column) return { column, isAscending: !current.isAscending };
  return { column, isAscending: column === 'image' || column === 'platform' };
}

function passes(entry: ImageEntry, filter: ImageFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'in-use':
      return entry.facts !== null && entry.facts.holders.length > 0;
    case 'unused':
      return entry.facts !== null && entry.facts.holders.length === 0;
    case 'same-digest':
      return entry.tagCount > 1;
    case 'damaged':
    case 'warning':
    case 'being-pulled':
      return entry.condition === filter;
    default:
      return assertNever(filter);
  }
}

function hasWords(entry: ImageEntry, words: readonly string[]): boolean {
  return words.every((word) => entry.has(word));
}

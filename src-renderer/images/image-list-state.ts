import { assertNever } from '../../src-shared/ipc/result.ts';
import { namePlatform } from '../detail/platform-name.ts';
import { groupRows, type ImageEntry, type ImageRow, rowsOf } from './image-entries.ts';

/** What the list shows and in which order; everything else follows from it and the entries. */
export interface ImageListState {
  readonly filter: ImageFilter;
  /** Words that must all occur, in any order, upper and lower case alike. */
  readonly find: string;
  readonly sort: ImageSort;
  readonly isGrouped: boolean;
}

export type ImageFilter = 'all' | 'in-use' | 'unused' | 'same-digest' | 'damaged';

export type SortColumn = 'image' | 'on-disk' | 'layers' | 'platform' | 'used-by' | 'created' | 'last-used';

export interface ImageSort {
  readonly column: SortColumn;
  readonly isAscending: boolean;
}

export const NEWEST_FIRST: ImageSort = { column: 'created', isAscending: false };

/** The rows to show. Entries that compare equal keep the order they came in, newest first. */
export function listRows(entries: readonly ImageEntry[], state: ImageListState): readonly ImageRow[] {
  const words = state.find.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = entries.filter((entry) => passes(entry, state.filter) && hasWords(entry, words));
  const sorted = sortEntries(matching, state.sort);
  return state.isGrouped ? groupRows(sorted, entries) : rowsOf(sorted);
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
      return entry.facts !== null && entry.facts.damage.length > 0;
    default:
      return assertNever(filter);
  }
}

function hasWords(entry: ImageEntry, words: readonly string[]): boolean {
  return words.every((word) => entry.has(word));
}

/** What a column sorts by; null is unknown and comes last in either direction. */
type SortKey = string | number | null;

function sortEntries(entries: readonly ImageEntry[], sort: ImageSort): readonly ImageEntry[] {
  const keyOf = SORT_KEYS[sort.column];
  const keyed = entries.map((entry) => ({ entry, key: keyOf(entry) }));
  const direction = sort.isAscending ? 1 : -1;
  keyed.sort((left, right) => {
    if (left.key === right.key) return 0;
    if (left.key === null) return 1;
    if (right.key === null) return -1;
    return left.key < right.key ? -direction : direction;
  });
  return keyed.map(({ entry }) => entry);
}

const SORT_KEYS: Readonly<Record<SortColumn, (entry: ImageEntry) => SortKey>> = {
  image: ({ nameKey }) => nameKey,
  'on-disk': ({ facts }) => facts?.onDiskBytes ?? null,
  layers: ({ handle }) => handle.layerCount,
  platform: ({ facts }) => (facts?.platform == null ? null : namePlatform(facts.platform)),
  'used-by': ({ facts }) => facts?.holders.length ?? null,
  created: ({ createdMs }) => numberOrNull(createdMs),
  'last-used': ({ lastUsedMs }) => numberOrNull(lastUsedMs),
};

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

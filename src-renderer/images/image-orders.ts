import { namePlatform } from '../detail/platform-name.ts';
import type { ImageEntry } from './image-entries.ts';
import type { ImageSort, SortColumn } from './image-list-state.ts';

/**
 * The entries' indexes in the order of a column, worked out once for each array of entries. Entries that compare
 * equal keep the order they came in; what is unknown comes last in either direction.
 */
export function orderOf(entries: readonly ImageEntry[], { column, isAscending }: ImageSort): Uint32Array {
  const orders = known.get(entries) ?? new Map<SortColumn, Orders>();
  known.set(entries, orders);
  const both = orders.get(column) ?? ordersOf(RANKS[column](entries));
  orders.set(column, both);
  return isAscending ? both.rising : both.falling;
}

interface Orders {
  readonly rising: Uint32Array;
  readonly falling: Uint32Array;
}

const known = new WeakMap<readonly ImageEntry[], Map<SortColumn, Orders>>();

/** How many entries come before each in rising order; equal ones have the same rank, unknown ones `UNKNOWN`. */
type Ranks = Uint32Array;

const UNKNOWN = 0xffff_ffff;

const RANKS: Readonly<Record<SortColumn, (entries: readonly ImageEntry[]) => Ranks>> = {
  image: (entries) => rankTexts(entries, ({ nameKey }) => nameKey),
  'on-disk': (entries) => rankNumbers(entries, ({ facts }) => facts?.onDiskBytes ?? Number.NaN),
  layers: (entries) => rankNumbers(entries, ({ handle }) => handle.layerCount),
  platform: (entries) =>
    rankTexts(entries, ({ facts }) => (facts?.platform == null ? null : namePlatform(facts.platform))),
  'used-by': (entries) => rankNumbers(entries, ({ facts }) => facts?.holders.length ?? Number.NaN),
  created: (entries) => rankNumbers(entries, ({ createdMs }) => createdMs),
  'last-used': (entries) => rankNumbers(entries, ({ lastUsedMs }) => lastUsedMs),
};

// Plain loops over typed arrays: `from` and `entries` make an object for each element of ten thousand.

/** @param keyOf NaN for unknown */
function rankNumbers(entries: readonly ImageEntry[], keyOf: (entry: ImageEntry) => number): Ranks {
  const keys = new Float64Array(entries.length);
  for (let index = 0; index < keys.length; index += 1) keys[index] = keyOf(entries[index]!);
  // Numbers sort by themselves without a call each; NaN goes last.
  const sorted = keys.toSorted();
  const ranks = new Uint32Array(keys.length);
  for (let index = 0; index < ranks.length; index += 1) {
    const key = keys[index]!;
    ranks[index] = Number.isNaN(key) ? UNKNOWN : firstNotBelow(sorted, key);
  }
  return ranks;
}

function firstNotBelow(sorted: Float64Array, key: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By UTF-16 code units. @param keyOf null for unknown */
function rankTexts(entries: readonly ImageEntry[], keyOf: (entry: ImageEntry) => string | null): Ranks {
  const keys = entries.map(keyOf);
  const distinct = [...new Set(keys)].filter((key) => key !== null).sort();
  const rankOf = new Map<string | null, number>([[null, UNKNOWN]]);
  for (let rank = 0; rank < distinct.length; rank += 1) rankOf.set(distinct[rank]!, rank);
  const ranks = new Uint32Array(keys.length);
  for (let index = 0; index < ranks.length; index += 1) ranks[index] = rankOf.get(keys[index]!)!;
  return ranks;
}

function ordersOf(ranks: Ranks): Orders {
  return { rising: orderByRank(ranks, false), falling: orderByRank(ranks, true) };
}

/** Places each index by its rank: counts how many have a rank, then where its first one goes. */
function orderByRank(ranks: Ranks, isFalling: boolean): Uint32Array {
  const { length } = ranks;
  const slotOf = (rank: number) => (rank === UNKNOWN ? length : isFalling ? length - 1 - rank : rank);
  const starts = new Uint32Array(length + 2);
  for (let index = 0; index < length; index += 1) starts[slotOf(ranks[index]!) + 1]! += 1;
  for (let slot = 1; slot < starts.length; slot += 1) starts[slot]! += starts[slot - 1]!;
  const order = new Uint32Array(length);
  for (let index = 0; index < length; index += 1) {
    const slot = slotOf(ranks[index]!);
    order[starts[slot]!] = index;
    starts[slot]! += 1;
  }
  return order;
}

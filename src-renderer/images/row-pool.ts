/** What is told apart by `key` while rows come, go and move. */
interface Keyed {
  readonly key: string;
}

/** An element of the list and the row it shows. */
export interface Slot<Row extends Keyed> {
  /** The element's; the same while it is given one row after the other. */
  readonly id: number;
  readonly index: number;
  readonly row: Row;
}

export interface RowPool<Row extends Keyed> {
  /** The list that the slots count in. */
  readonly rows: readonly Row[];
  /** In the order of their elements: that of the rows until scrolling has reused some. */
  readonly slots: readonly Slot<Row>[];
  /** The slot of the row with the tab stop. */
  readonly pinned: number | null;
  /** Whether all that is wanted is there; otherwise the next turn brings more. */
  readonly isWhole: boolean;
}

/** The rows a person sees, `end` not included, and which way they went. */
export interface RowView {
  readonly first: number;
  readonly end: number;
  readonly isDown: boolean;
}

/** Rows that are ready before they are scrolled to, and behind those that are seen. */
const AHEAD = 18;
const BEHIND = 4;
/** Rows of those that nobody sees yet drawn in one turn: what a frame has time for. */
const STEP = 4;

export const EMPTY_POOL: RowPool<never> = { rows: [], slots: [], pinned: null, isWhole: true };

/**
 * The slots for the rows in view, at once, and one step towards those that will be. The elements of rows that are not
 * wanted any more are given others: scrolling changes texts and makes nothing. The row with the tab stop is always
 * there and keeps its element, and with it the focus; an element that loses the tab stop shows no other row in the
 * same turn, since the focus has yet to go from it.
 */
export function turnPool<Row extends Keyed>(
  before: RowPool<Row>,
  rows: readonly Row[],
  view: RowView,
  tabStop: number,
): RowPool<Row> {
  const { urgent, later } = wantedIndexes(view, tabStop, rows.length);
  const bySlot = keptSlots(before, rows, [...urgent, ...later]);
  const kept = new Set(bySlot.values());
  const isMissing = (index: number) => !kept.has(index);
  const urgentMissing = urgent.filter(isMissing);
  const laterMissing = later.filter(isMissing);
  const ready = laterMissing.slice(0, Math.max(0, STEP - urgentMissing.length));

  const left = before.slots.filter(({ id }) => !bySlot.has(id));
  const free = left.filter(({ id }) => id !== before.pinned);
  let nextId = before.slots.reduce((most, { id }) => Math.max(most, id), -1) + 1;
  for (const index of [...urgentMissing, ...ready]) bySlot.set(free.shift()?.id ?? nextId++, index);

  const slotOf = (id: number, index: number): Slot<Row> => ({ id, index, row: rows[index]! });
  const placed = Array.from(bySlot, ([id, index]) => slotOf(id, index));
  return {
    rows,
    slots:
      before.rows === rows ? inPlace(before, placed, laterMissing.length - ready.length) : inOrder(placed),
    pinned: placed.find(({ index }) => index === tabStop)?.id ?? null,
    isWhole: ready.length === laterMissing.length,
  };
}

/** The indexes wanted, those that must be there first, each list by how soon it is needed. */
function wantedIndexes({ first, end, isDown }: RowView, tabStop: number, count: number) {
  const isRow = (index: number) => index >= 0 && index < count;
  const seen = range(first, end);
  const urgent = (seen.includes(tabStop) ? seen : [...seen, tabStop]).filter(isRow);
  const below = range(end, end + (isDown ? AHEAD : BEHIND));
  const above = range(first - (isDown ? BEHIND : AHEAD), first).reverse();
  const around = isDown ? [...below, ...above] : [...above, ...below];
  return { urgent, later: around.filter((index) => isRow(index) && index !== tabStop) };
}

/** By the id of their slot, the indexes of wanted rows that have one. */
function keptSlots<Row extends Keyed>(
  { slots }: RowPool<Row>,
  rows: readonly Row[],
  wanted: readonly number[],
): Map<number, number> {
  const idOf = new Map(slots.map(({ id, row }) => [row.key, id]));
  const kept = new Map<number, number>();
  for (const index of wanted) {
    const id = idOf.get(rows[index]!.key);
    if (id !== undefined) kept.set(id, index);
  }
  return kept;
}

/** No element moves. As many of those that are not wanted as will soon be needed show what they did. */
function inPlace<Row extends Keyed>(
  { slots }: RowPool<Row>,
  placed: readonly Slot<Row>[],
  spare: number,
): readonly Slot<Row>[] {
  const now = new Map(placed.map((slot) => [slot.id, slot]));
  let kept = 0;
  const there = slots.flatMap((slot) => now.get(slot.id) ?? (kept++ < spare ? [slot] : []));
  const known = new Set(slots.map(({ id }) => id));
  return [...there, ...placed.filter(({ id }) => !known.has(id))];
}

function inOrder<Row extends Keyed>(placed: readonly Slot<Row>[]): readonly Slot<Row>[] {
  return placed.toSorted((left, right) => left.index - right.index);
}

/** Whether every row in view has a slot. */
export function isShown({ rows, slots }: RowPool<Keyed>, { first, end }: RowView): boolean {
  const indexes = new Set(slots.map(({ index }) => index));
  return range(first, Math.min(end, rows.length)).every((index) => indexes.has(index));
}

function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset);
}

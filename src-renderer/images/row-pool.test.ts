import { describe, expect, it } from 'vitest';
import { EMPTY_POOL, isShown, type RowPool, turnPool } from './row-pool.ts';

interface Row {
  readonly key: string;
}

const ROWS = rowsNamed(1000, 'r');
const TOP = { first: 0, end: 10, isDown: true };

function rowsNamed(count: number, prefix: string): readonly Row[] {
  return Array.from({ length: count }, (_, index) => ({ key: `${prefix}${index}` }));
}

function viewFrom(first: number, isDown = true) {
  return { first, end: first + 10, isDown };
}

/** Turns until there is nothing more to bring, and says how many rows each turn gave an element. */
function settle(
  from: RowPool<Row>,
  rows: readonly Row[],
  view: typeof TOP,
  tabStop = 0,
): { readonly pool: RowPool<Row>; readonly brought: readonly number[] } {
  const brought: number[] = [];
  let pool = from;
  for (let turns = 0; turns < 100; turns += 1) {
    const next = turnPool(pool, rows, view, tabStop);
    brought.push(next.slots.filter(({ row }) => !shows(pool, row)).length);
    pool = next;
    if (pool.isWhole) break;
  }
  return { pool, brought };
}

function shows(pool: RowPool<Row>, row: Row): boolean {
  return pool.slots.some((slot) => slot.row.key === row.key);
}

function indexesOf(pool: RowPool<Row>): readonly number[] {
  return pool.slots.map(({ index }) => index).sort((a, b) => a - b);
}

function slotOf(pool: RowPool<Row>, index: number): number | undefined {
  return pool.slots.find((slot) => slot.index === index)?.id;
}

describe('turnPool', () => {
  it('has every row in view after the first turn, and of those that come next no more than four a turn', () => {
    const { pool, brought } = settle(EMPTY_POOL, ROWS, TOP);
    expect(brought[0]).toBe(10);
    expect(brought.slice(1)).toEqual([4, 4, 4, 4, 2]);
    expect(indexesOf(pool)).toEqual(Array.from({ length: 28 }, (_, index) => index));
  });

  it('gives the elements of rows left behind to rows that come, and makes no others', () => {
    let { pool } = settle(EMPTY_POOL, ROWS, viewFrom(500), 500);
    const elements = new Set(pool.slots.map(({ id }) => id));
    for (let first = 503; first < 600; first += 3) {
      pool = turnPool(pool, ROWS, viewFrom(first), 500);
      expect(isShown(pool, viewFrom(first))).toBe(true);
    }
    // The row with the tab stop is far behind by now and has an element beside those of the view.
    const more = pool.slots.filter(({ id }) => !elements.has(id));
    expect(more.length).toBeLessThanOrEqual(1);
    expect(slotOf(pool, 500)).toBeDefined();
  });

  it('shows what is in view at once wherever it jumps, each row in one element', () => {
    let pool = settle(EMPTY_POOL, ROWS, TOP).pool;
    for (const first of [900, 3, 450, 444, 990, 0]) {
      pool = turnPool(pool, ROWS, viewFrom(first, first > 400), 0);
      expect(isShown(pool, viewFrom(first))).toBe(true);
      expect(new Set(indexesOf(pool)).size).toBe(pool.slots.length);
      expect(new Set(pool.slots.map(({ id }) => id)).size).toBe(pool.slots.length);
      expect(pool.slots.every(({ row, index }) => ROWS[index] === row)).toBe(true);
    }
  });

  it('prepares rows on the side that one scrolls to', () => {
    const down = settle(EMPTY_POOL, ROWS, viewFrom(500), 505).pool;
    expect([indexesOf(down)[0], indexesOf(down).at(-1)]).toEqual([496, 527]);
    const up = settle(EMPTY_POOL, ROWS, viewFrom(500, false), 505).pool;
    expect([indexesOf(up)[0], indexesOf(up).at(-1)]).toEqual([482, 513]);
  });

  it('keeps the element of the row with the tab stop, however far away it is', () => {
    let { pool } = settle(EMPTY_POOL, ROWS, TOP, 4);
    const element = slotOf(pool, 4);
    for (const first of [20, 400, 990]) {
      pool = settle(pool, ROWS, viewFrom(first), 4).pool;
      expect(slotOf(pool, 4)).toBe(element);
    }
  });

  it('gives no other row to the element that loses the tab stop before the focus has gone from it', () => {
    const away = settle(settle(EMPTY_POOL, ROWS, TOP, 4).pool, ROWS, viewFrom(600), 4).pool;
    const element = slotOf(away, 4);
    const moved = turnPool(away, ROWS, viewFrom(600), 5);
    expect(slotOf(moved, 5)).toBeDefined();
    expect(moved.slots.filter(({ id, index }) => id === element && index !== 4)).toEqual([]);
  });

  it('leaves rows in their elements when others come above them, and puts the elements in order', () => {
    let pool = settle(EMPTY_POOL, ROWS, viewFrom(100), 102).pool;
    pool = settle(pool, ROWS, viewFrom(103), 102).pool;
    const before = new Map(pool.slots.map(({ id, row }) => [row.key, id]));
    const after = turnPool(pool, [{ key: 'new' }, ...ROWS], viewFrom(104), 103);
    const seen = after.slots.filter(({ index }) => index >= 104 && index < 114);
    expect(seen.map(({ row, id }) => before.get(row.key) === id)).toEqual(Array(10).fill(true));
    expect(after.slots.map(({ index }) => index)).toEqual(indexesOf(after));
  });

  it('reuses elements for rows of another order', () => {
    const { pool } = settle(EMPTY_POOL, ROWS, TOP);
    const elements = new Set(pool.slots.map(({ id }) => id));
    const sorted = turnPool(pool, ROWS.toReversed(), TOP, 999);
    expect(sorted.slots.filter(({ id }) => !elements.has(id))).toEqual([]);
    expect(sorted.slots.map(({ row }) => row.key).slice(0, 3)).toEqual(['r999', 'r998', 'r997']);
  });

  it('lets go of elements that a smaller list or view has no use for', () => {
    const { pool } = settle(EMPTY_POOL, ROWS, TOP);
    expect(settle(pool, ROWS.slice(0, 3), TOP).pool.slots.map(({ index }) => index)).toEqual([0, 1, 2]);
    const low = settle(pool, ROWS, { first: 0, end: 4, isDown: true }).pool;
    expect(low.slots).toHaveLength(22);
    expect(settle(pool, [], TOP, -1).pool.slots).toEqual([]);
  });

  it('has no slot for the header', () => {
    const { pool } = settle(EMPTY_POOL, ROWS, viewFrom(500), -1);
    expect(pool.pinned).toBeNull();
    expect(indexesOf(pool)[0]).toBe(496);
  });
});

import { expect, test } from 'vitest';
import { type GridPosition, HEADER_ROW, moveInGrid, WHOLE_ROW } from './grid-moves.ts';

const size = { rows: 100, columns: 7, page: 10 };

function press(row: number, column: number, ...keys: readonly string[]): GridPosition {
  return keys.reduce<GridPosition>(
    (at, key) =>
      moveInGrid(at, { key: key.replace('Ctrl+', ''), hasModifier: key.startsWith('Ctrl+') }, size) ?? at,
    { row, column },
  );
}

test('moves by row and by page and stops at the ends', () => {
  expect(press(0, WHOLE_ROW, 'ArrowDown', 'PageDown').row).toBe(11);
  expect(press(95, WHOLE_ROW, 'PageDown').row).toBe(99);
  expect(press(5, WHOLE_ROW, 'PageUp').row).toBe(0);
  expect(press(40, WHOLE_ROW, 'End').row).toBe(99);
  expect(press(40, WHOLE_ROW, 'Home').row).toBe(0);
});

test('goes into the cells of a row and out again', () => {
  expect(press(3, WHOLE_ROW, 'ArrowRight')).toEqual({ row: 3, column: 0 });
  expect(press(3, WHOLE_ROW, 'ArrowRight', 'End')).toEqual({ row: 3, column: 6 });
  expect(press(3, 1, 'ArrowLeft', 'ArrowLeft', 'ArrowLeft')).toEqual({ row: 3, column: WHOLE_ROW });
  expect(press(3, 4, 'Ctrl+Home')).toEqual({ row: 0, column: 4 });
});

test('reaches the header from the first row, in a cell, and comes back to a row', () => {
  const header = press(0, WHOLE_ROW, 'ArrowUp');
  expect(header).toEqual({ row: HEADER_ROW, column: 1 });
  expect(press(HEADER_ROW, 1, 'ArrowLeft', 'ArrowLeft')).toEqual({ row: HEADER_ROW, column: 0 });
  expect(press(HEADER_ROW, 4, 'ArrowDown')).toEqual({ row: 0, column: WHOLE_ROW });
  expect(press(HEADER_ROW, 4, 'Ctrl+Home')).toEqual({ row: 0, column: WHOLE_ROW });
});

test('stays in the header when there are no rows', () => {
  const empty = { ...size, rows: 0 };
  const at = moveInGrid({ row: HEADER_ROW, column: 2 }, { key: 'ArrowDown', hasModifier: false }, empty);
  expect(at?.row).toBe(HEADER_ROW);
});

test('leaves other keys alone', () => {
  expect(moveInGrid({ row: 0, column: 0 }, { key: 'x', hasModifier: false }, size)).toBeNull();
});

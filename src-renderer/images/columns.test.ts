import { expect, test } from 'vitest';
import { fitColumns } from './columns.ts';
import type { SortColumn } from './image-list-state.ts';

const shown = (width: number, chosen?: ReadonlySet<SortColumn>) =>
  fitColumns(width, chosen).columns.map((column) => column.name);

test('shows every column where there is room', () => {
  expect(shown(1200)).toEqual(['image', 'on-disk', 'layers', 'platform', 'used-by', 'created', 'last-used']);
});

test('gives up the expendable columns one by one before the name', () => {
  expect(shown(820)).toEqual(['image', 'on-disk', 'layers', 'platform', 'used-by', 'created']);
  expect(shown(560)).toEqual(['image', 'on-disk', 'used-by']);
});

test('spreads the other columns over a wide window', () => {
  const widths = (width: number) => fitColumns(width).template.split(' ').slice(3);
  expect(widths(2000)).not.toEqual(widths(900));
  expect(fitColumns(2000).imageWidth).toBeGreaterThan(fitColumns(1200).imageWidth);
});

test('never gives up name, size and users', () => {
  expect(shown(0)).toEqual(['image', 'on-disk', 'used-by']);
});

test('shows the columns chosen, in their own order, and the name in any case', () => {
  expect(shown(1200, new Set<SortColumn>(['created', 'on-disk']))).toEqual(['image', 'on-disk', 'created']);
  expect(shown(1200, new Set())).toEqual(['image']);
  expect(fitColumns(1200, new Set()).template).toBe('38px minmax(0, 1fr)');
  expect(shown(560, new Set<SortColumn>(['created', 'platform']))).toEqual(['image', 'platform', 'created']);
});

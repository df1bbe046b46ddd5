import { expect, test } from 'vitest';
import { fitColumns, sizeColumn } from './columns.ts';
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

test('gives columns the widths a person chose, and the name the rest', () => {
  const layout = fitColumns(1200, null, { platform: 180, created: 70 });
  expect(layout.template).toBe('38px minmax(0, 1fr) 108px 50px 180px 122px 70px 93px');
  expect(layout.imageWidth).toBe(1200 - 38 - 6 - 108 - 50 - 180 - 122 - 70 - 93);
});

test('takes from widened columns before any column goes or the name is short', () => {
  const layout = fitColumns(900, null, { platform: 300 });
  expect(layout.columns.map(({ name }) => name)).toContain('last-used');
  expect(layout.imageWidth).toBe(280);
  expect(shown(560)).toEqual(fitColumns(560, null, { 'on-disk': 400 }).columns.map(({ name }) => name));
});

test('never draws a column narrower than it can be read', () => {
  expect(fitColumns(1200, null, { layers: 16 }).template).toContain('108px 50px');
});

test('sizes one column within its bounds, and keeps the others where they are', () => {
  const layout = fitColumns(2000);
  const before = Object.fromEntries(layout.columns.map(({ name, width }) => [name, width]));
  const { image: _image, ...others } = before;
  expect(sizeColumn(layout, 'platform', 203.4)).toEqual({ ...others, platform: 203 });
  expect(sizeColumn(layout, 'platform', 1)).toEqual({ ...others, platform: 64 });
  const widest = sizeColumn(layout, 'platform', 9999);
  expect(fitColumns(2000, null, widest).imageWidth).toBe(280);
});

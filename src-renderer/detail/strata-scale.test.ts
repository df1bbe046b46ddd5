import { expect, it } from 'vitest';
import { scaleThickness } from './strata-scale.ts';

it('draws the largest layer thickest and an empty one still visible', () => {
  expect(scaleThickness([0, 50, 100])).toEqual([10, 41, 72]);
});

it('draws layers that are all missing at the minimum', () => {
  expect(scaleThickness([0, 0])).toEqual([10, 10]);
});

it('gives nothing for no layers', () => {
  expect(scaleThickness([])).toEqual([]);
});

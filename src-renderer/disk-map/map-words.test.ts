import { describe, expect, it } from 'vitest';
import { shareOf } from './map-words.ts';

describe('shareOf', () => {
  it.each([
    [1, 2, '50.0 %'],
    [1, 8, '12.5 %'],
    [1, 100_000, '< 0.1 %'],
    [0, 10, '0.0 %'],
    [0, 0, '0.0 %'],
  ])('says %d of %d as %s', (bytes, whole, words) => {
    expect(shareOf(bytes, whole)).toBe(words);
  });
});

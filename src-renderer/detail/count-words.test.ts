import { describe, expect, it } from 'vitest';
import { countOf, joinNames } from './count-words.ts';

describe('countOf', () => {
  it('says one, none and many', () => {
    expect([countOf(0, 'image'), countOf(1, 'image'), countOf(1200, 'entry', 'entries')]).toEqual([
      '0 images',
      '1 image',
      '1,200 entries',
    ]);
  });
});

describe('joinNames', () => {
  it('joins as a sentence does', () => {
    expect([joinNames([]), joinNames(['a']), joinNames(['a', 'b']), joinNames(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });

  it('counts what it leaves out', () => {
    expect(joinNames(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  });
});

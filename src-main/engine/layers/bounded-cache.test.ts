import { describe, expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

const value = (memoryBytes: number) => ({ memoryBytes });

describe('a bounded cache', () => {
  it('forgets what was used least recently when the bytes do not suffice', () => {
    const cache = new BoundedCache<{ memoryBytes: number }>(10);
    cache.set('a', value(4));
    cache.set('b', value(4));
    cache.get('a');
    cache.set('c', value(4));
    expect(['a', 'b', 'c'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true]);
  });

  it('keeps nothing larger than itself, and forgets nothing for it', () => {
    const cache = new BoundedCache<{ memoryBytes: number }>(10);
    cache.set('a', value(4));
    cache.set('giant', value(11));
    expect([cache.get('a')?.memoryBytes, cache.get('giant')]).toEqual([4, undefined]);
  });

  it('counts a value that is set again once', () => {
    const cache = new BoundedCache<{ memoryBytes: number }>(10);
    for (let round = 0; round < 5; round += 1) cache.set('a', value(5));
    cache.set('b', value(5));
    expect([cache.get('a')?.memoryBytes, cache.get('b')?.memoryBytes]).toEqual([5, 5]);
  });
});

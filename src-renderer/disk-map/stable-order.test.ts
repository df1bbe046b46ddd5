import { describe, expect, it } from 'vitest';
import { keepOrder } from './stable-order.ts';

const item = (id: string, bytes: number) => ({ id, bytes });
const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id).join(' ');

describe('keepOrder', () => {
  it('puts the largest first at first sight, and equals by name', () => {
    expect(ids(keepOrder([], [item('b', 1), item('c', 9), item('a', 1)]))).toBe('c a b');
  });

  it('keeps cells in their order when their sizes change', () => {
    expect(ids(keepOrder(['a', 'b', 'c'], [item('c', 90), item('b', 5), item('a', 1)]))).toBe('a b c');
  });

  it('puts what is new before the first that is smaller, and last when none is', () => {
    const items = [item('a', 10), item('b', 5), item('new', 7), item('tiny', 1)];
    expect(ids(keepOrder(['a', 'b'], items))).toBe('a new b tiny');
  });

  it('closes the gap where something went', () => {
    expect(ids(keepOrder(['a', 'b', 'c'], [item('a', 1), item('c', 1)]))).toBe('a c');
  });
});

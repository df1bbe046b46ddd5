import { describe, expect, it } from 'vitest';
import { filterPairs, sortLabels, splitEnv } from './config-fields.ts';

describe('splitEnv', () => {
  it('cuts at the first equals sign and keeps the order', () => {
    expect(splitEnv(['B=1=2', 'A='])).toEqual([
      { key: 'B', value: '1=2' },
      { key: 'A', value: '' },
    ]);
  });

  it('tells an entry without a value from one with an empty value', () => {
    expect(splitEnv(['LONELY'])).toEqual([{ key: 'LONELY', value: null }]);
  });
});

describe('sortLabels', () => {
  it('orders labels by name', () => {
    expect(sortLabels({ b: '2', a: '1' }).map((pair) => pair.key)).toEqual(['a', 'b']);
  });

  it('has no rows for an image without labels', () => {
    expect(sortLabels(null)).toEqual([]);
  });
});

describe('filterPairs', () => {
  const pairs = splitEnv(['PATH=/usr/bin', 'LANG=C.UTF-8', 'LONELY']);

  it('finds by name and by value, whatever the case', () => {
    expect(filterPairs(pairs, 'path').map((pair) => pair.key)).toEqual(['PATH']);
    expect(filterPairs(pairs, ' utf ').map((pair) => pair.key)).toEqual(['LANG']);
  });

  it('shows everything for an empty needle', () => {
    expect(filterPairs(pairs, '  ')).toBe(pairs);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { formatBytes, showSizesIn } from './format.ts';

describe('showSizesIn', () => {
  afterEach(() => showSizesIn('decimal'));

  it('shows every size in the units chosen, but where others are asked for', () => {
    showSizesIn('binary');
    expect([formatBytes(1_048_576), formatBytes(1_048_576, 'decimal')]).toEqual(['1.00 MiB', '1.05 MB']);
  });
});

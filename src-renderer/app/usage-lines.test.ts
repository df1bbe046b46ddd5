import { expect, test } from 'vitest';
import type { Usage, UsageLine } from '../../src-shared/domain/usage.ts';
import { usageShares } from './usage-lines.ts';

function usage(lines: readonly Pick<UsageLine, 'category' | 'allocatedBytes'>[]): Usage {
  const full = lines.map((line) => ({ ...line, files: 1, logicalBytes: line.allocatedBytes }));
  return {
    totalBytes: full.reduce((sum, line) => sum + line.allocatedBytes, 0),
    logicalBytes: 0,
    files: full.length,
    lines: full,
    counts: { references: 0, manifests: 0, layers: 0, damaged: 0, unlisted: 0 },
    gcLayers: { count: 0, bytes: 0 },
    gc: { count: 0, bytes: 0 },
    prune: { count: 0, bytes: 0 },
    outside: [],
    isBusy: false,
    inFlight: 0,
    freeSpaceBytes: null,
  };
}

test('adds up to the whole, small categories together in one share', () => {
  const shares = usageShares(
    usage([
      { category: 'shared-layers', allocatedBytes: 100 },
      { category: 'flat', allocatedBytes: 40 },
      { category: 'vmdk', allocatedBytes: 3 },
      { category: 'metadata', allocatedBytes: 2 },
      { category: 'directories', allocatedBytes: 1 },
    ]),
  );
  expect(shares.map(({ label, bytes, files }) => [label, bytes, files])).toEqual([
    ['Shared layers', 100, 1],
    ['Unique layers', 0, 0],
    ['Flat root disks', 40, 1],
    ['Garbage', 0, 0],
    ['Other', 6, 3],
  ]);
});

test('leaves the grey share out when nothing is in it', () => {
  expect(usageShares(usage([{ category: 'garbage', allocatedBytes: 9 }])).at(-1)?.label).toBe('Garbage');
});

import type { Usage, UsageCategory } from '../../src-shared/domain/usage.ts';
import type { ByteColor } from '../ui/index.ts';

/** One line of the usage card: categories of `cache.usage` added up. */
export interface UsageShare {
  readonly label: string;
  readonly color: ByteColor;
  readonly bytes: number;
  readonly files: number;
}

interface Group {
  readonly label: string;
  readonly color: ByteColor;
  readonly categories: readonly UsageCategory[];
}

const GROUPS: readonly Group[] = [
  { label: 'Shared layers', color: 'shared', categories: ['shared-layers'] },
  { label: 'Unique layers', color: 'own', categories: ['own-layers'] },
  { label: 'Flat root disks', color: 'flat', categories: ['flat'] },
  { label: 'Garbage', color: 'garbage', categories: ['garbage'] },
];

/** The cache in a few shares that add up to its whole; what no group names is in the last, grey one. */
export function usageShares(usage: Usage): readonly UsageShare[] {
  const shares = GROUPS.map(({ label, color, categories }) => {
    const lines = usage.lines.filter((line) => categories.includes(line.category));
    return {
      label,
      color,
      bytes: lines.reduce((sum, line) => sum + line.allocatedBytes, 0),
      files: lines.reduce((sum, line) => sum + line.files, 0),
    };
  });
  const rest: UsageShare = {
    label: 'Other',
    color: 'other',
    bytes: usage.totalBytes - shares.reduce((sum, share) => sum + share.bytes, 0),
    files: usage.files - shares.reduce((sum, share) => sum + share.files, 0),
  };
  return rest.bytes > 0 ? [...shares, rest] : shares;
}

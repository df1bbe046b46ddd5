import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { UsageDetail } from '../../src-shared/domain/usage.ts';
import { countOf, joinNames } from '../detail/count-words.ts';
import { toVisible } from '../detail/visible-text.ts';

/** Unreadable files named before the rest is only counted. */
const MOST_NAMED = 3;

/** Which sizes of the cache mislead and what could not be read, a sentence each. */
export function explainDetail({ sparse, hardLinked, reflinked, unreadable }: UsageDetail): readonly string[] {
  return [
    ...(sparse.files > 0
      ? [
          `${countOf(sparse.files, 'file')} longer than the blocks occupied: ${formatBytes(sparse.logicalBytes)} long, ${formatBytes(sparse.allocatedBytes)} on disk.`,
        ]
      : []),
    ...(hardLinked.files > 0
      ? [
          `${countOf(hardLinked.files, 'file')} with another name as well: ${formatBytes(hardLinked.allocatedBytes)} that come free with the last one.`,
        ]
      : []),
    reflinked === 'none'
      ? 'This file system cannot share blocks between copies: every byte counted is a byte of its own.'
      : 'This file system may share blocks between copies: less may come free than is counted.',
    ...(unreadable.length > 0
      ? [
          `Not readable, and counted without what is inside: ${joinNames(unreadable.map(nameOf), MOST_NAMED)}.`,
        ]
      : []),
  ];
}

function nameOf(path: string): string {
  return path === '' ? 'the cache itself' : toVisible(path);
}

/** `3 disks beside the cache, 5.20 GB`. */
export function summarizeOutside(count: number, bytes: number): string {
  return `${formatCount(count)} ${count === 1 ? 'disk' : 'disks'} beside the cache, ${formatBytes(bytes)}`;
}

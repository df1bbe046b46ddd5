import { describe, expect, it } from 'vitest';
import { explainDetail } from './detail-words.ts';

const NONE = { files: 0, allocatedBytes: 0, logicalBytes: 0 };

describe('explainDetail', () => {
  it('says only whether blocks may be shared when nothing else misleads', () => {
    const detail = {
      garbage: [],
      sparse: NONE,
      hardLinked: NONE,
      reflinked: 'none',
      unreadable: [],
      files: [],
    } as const;
    expect(explainDetail(detail)).toEqual([
      'This file system cannot share blocks between copies: every byte counted is a byte of its own.',
    ]);
  });

  it('tells sparse, hard-linked and unreadable files apart', () => {
    const words = explainDetail({
      garbage: [],
      sparse: { files: 1, allocatedBytes: 4_096, logicalBytes: 1e9 },
      hardLinked: { files: 2, allocatedBytes: 8_192, logicalBytes: 8_000 },
      reflinked: 'unknown',
      unreadable: ['', 'layers/a', 'layers/b', 'layers/c'],
      files: [],
    });
    expect(words).toEqual([
      '1 file longer than the blocks occupied: 1.00 GB long, 4.10 kB on disk.',
      '2 files with another name as well: 8.19 kB that come free with the last one.',
      'This file system may share blocks between copies: less may come free than is counted.',
      'Not readable, and counted without what is inside: the cache itself, layers/a, layers/b and 1 more.',
    ]);
  });
});

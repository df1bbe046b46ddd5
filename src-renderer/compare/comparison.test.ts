import { describe, expect, it } from 'vitest';
import type { ComparedFile } from '../../src-shared/domain/tree-entry.ts';
import { filterFiles, growthOf } from './comparison.ts';

const files: readonly ComparedFile[] = [
  { path: '/app/Main.py', change: 'modified', leftBytes: 10, rightBytes: 4 },
  { path: '/app/new', change: 'added', leftBytes: null, rightBytes: 7 },
  { path: '/etc/old', change: 'removed', leftBytes: 5, rightBytes: null },
];

describe('filterFiles', () => {
  it('keeps one kind of change', () => {
    expect(filterFiles(files, 'added', '').map((file) => file.path)).toEqual(['/app/new']);
  });

  it('finds paths whatever the case', () => {
    expect(filterFiles(files, 'all', 'MAIN').map((file) => file.path)).toEqual(['/app/Main.py']);
  });
});

describe('growthOf', () => {
  it('counts a file one side lacks as empty there', () => {
    expect(files.map(growthOf)).toEqual([-6, 7, -5]);
  });
});

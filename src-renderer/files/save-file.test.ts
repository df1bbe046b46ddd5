import { expect, it } from 'vitest';
import type { TreeEntry } from '../../src-shared/domain/tree-entry.ts';
import { canBeSaved } from './save-file.ts';

const FILE: TreeEntry = {
  name: 'a',
  path: '/a',
  type: 'regular',
  mode: 0o644,
  uid: 0,
  gid: 0,
  sizeBytes: 5 * 1024 ** 3,
  mtime: 0,
  linkCount: 1,
  target: null,
  device: null,
  position: 0,
  change: 'added',
  isWhiteout: false,
  isOpaque: false,
  damage: null,
};

it('lets files be saved that an image can have, and nothing else', () => {
  expect(canBeSaved(FILE)).toBe(true);
  expect(canBeSaved({ ...FILE, sizeBytes: 2 ** 52 })).toBe(false);
  expect(canBeSaved({ ...FILE, sizeBytes: null })).toBe(false);
  expect(canBeSaved({ ...FILE, isWhiteout: true })).toBe(false);
  expect(canBeSaved({ ...FILE, type: 'symlink' })).toBe(false);
});

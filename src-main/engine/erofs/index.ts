export { DirentReader, findDirent } from './directory.ts';
export { compareNameAt, DirentTable } from './dirent-table.ts';
export { ErofsError, type ErofsProblem } from './erofs-error.ts';
export { type Directory, type DirectoryEntry, ErofsImage, type OpenOptions, openErofs } from './image.ts';
export {
  type DeviceNumber,
  type Inode,
  InodeRecord,
  isDirectory,
  isRegular,
  isWhiteout,
  toInode,
} from './inode.ts';
export { Pacer } from './pacer.ts';
export { buildTreeIndex, ROOT, TreeIndex } from './tree-index.ts';
export type { Xattr } from './xattrs.ts';

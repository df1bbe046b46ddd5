import {
  ArrowRightLeft,
  Cpu,
  File,
  FileLock,
  Folder,
  FolderOpen,
  HardDrive,
  Link2,
  type LucideIcon,
  Plug,
} from 'lucide-react';
import type { FileType, TreeEntry } from '../../src-shared/domain/tree-entry.ts';

export interface FileIconProps {
  readonly entry: TreeEntry;
  readonly isOpen?: boolean;
  readonly className?: string | undefined;
}

const ICONS: Readonly<Record<FileType, LucideIcon>> = {
  regular: File,
  directory: Folder,
  symlink: Link2,
  'character-device': Cpu,
  'block-device': HardDrive,
  fifo: ArrowRightLeft,
  socket: Plug,
};

/** What kind of entry it is; a lock on files that run with another's rights. */
export function FileIcon({ entry, isOpen = false, className }: FileIconProps) {
  const isPrivileged = entry.type === 'regular' && (entry.mode & 0o6000) !== 0;
  const Icon = isPrivileged ? FileLock : isOpen ? FolderOpen : ICONS[entry.type];
  return <Icon size={15} className={className} aria-hidden="true" />;
}

/** The kind in words. */
export const TYPE_WORDS: Readonly<Record<FileType, string>> = {
  regular: 'file',
  directory: 'folder',
  symlink: 'symbolic link',
  'character-device': 'character device',
  'block-device': 'block device',
  fifo: 'named pipe',
  socket: 'socket',
};

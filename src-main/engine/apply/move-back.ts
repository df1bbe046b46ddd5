import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';

/**
 * Moves what was set aside back to its place, and never over what has come there meanwhile: a second name is made,
 * which the system refuses where there is one, then the first goes. False when the place is taken.
 *
 * @throws the system's error.
 */
export function moveBack(from: string, to: string): boolean {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!UNLINKABLE.has(code ?? '')) throw error;
    return renameUnlessTaken(from, to);
  }
  unlinkSync(from);
  return true;
}

/** A folder, a file of somebody else's, or a file system without hard links. */
const UNLINKABLE: ReadonlySet<string> = new Set([
  'EPERM',
  'EISDIR',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);

function renameUnlessTaken(from: string, to: string): boolean {
  // A link to nowhere is there, too.
  if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) return false;
  renameSync(from, to);
  return true;
}

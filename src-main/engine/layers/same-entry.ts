import { ErofsError, type InodeRecord, isRegular, type Pacer, toInode } from '../erofs/index.ts';
import type { ComparedBytes } from './compared-bytes.ts';
import { type OpenLayer, tryErofs } from './open-layers.ts';

/** Bytes compared at once. */
const PIECE_BYTES = 256 * 1024;

/**
 * Whether an upper layer brings exactly what was there: type, mode, owner, time, size, target, device number and,
 * where all of these agree, every byte. What cannot be read, or is too much to compare, counts as different.
 */
export async function isSameEntry(
  [below, belowNid]: readonly [OpenLayer, number],
  [above, aboveNid]: readonly [OpenLayer, number],
  budget: ComparedBytes,
  pacer: Pacer,
): Promise<boolean> {
  if (belowNid === aboveNid && below.image.file.identity === above.image.file.identity) return true;
  const left = tryErofs(() => below.image.record(belowNid));
  const right = tryErofs(() => above.image.record(aboveNid));
  if (left === null || right === null) return false;
  if (
    !isSameMetadata(left, right) ||
    left.mtimeLow !== right.mtimeLow ||
    left.mtimeHigh !== right.mtimeHigh
  ) {
    return false;
  }
  if (isRegular(left) && !budget.take(left.size)) return false;
  return isSameContent([below, left], [above, right], pacer);
}

/** Type, mode, owner, size (not of directories) and device number. */
export function isSameMetadata(left: InodeRecord, right: InodeRecord): boolean {
  if (left.mode !== right.mode || left.uid !== right.uid || left.gid !== right.gid) return false;
  const { type, device, size } = toInode(left);
  if (type === 'directory') return true;
  const other = toInode(right);
  return (
    size === other.size && device?.major === other.device?.major && device?.minor === other.device?.minor
  );
}

/** The bytes of two regular files, or the targets of two symlinks, of one size; true for all other types. */
export async function isSameContent(
  [below, left]: readonly [OpenLayer, InodeRecord],
  [above, right]: readonly [OpenLayer, InodeRecord],
  pacer: Pacer,
): Promise<boolean> {
  try {
    if (toInode(left).type === 'symlink') {
      return below.image.readLinkOf(left).equals(above.image.readLinkOf(right));
    }
    if (!isRegular(left)) return true;
    for (let offset = 0; offset < left.size; offset += PIECE_BYTES) {
      const piece = below.image.readFileOf(left, offset, PIECE_BYTES);
      if (!piece.equals(above.image.readFileOf(right, offset, PIECE_BYTES))) return false;
      if (pacer.isLate()) await pacer.rest();
    }
    return true;
  } catch (error) {
    if (error instanceof ErofsError) return false;
    throw error;
  }
}

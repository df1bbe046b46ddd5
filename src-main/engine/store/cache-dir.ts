import { realpathSync } from 'node:fs';
import type { HomePaths } from '../home/paths.ts';

/**
 * The cache directory with its links resolved. The directory itself may be a link (people put caches on another
 * disk), so it is followed once, here; nothing below it ever is. Null when there is none, or none we may see.
 */
export function resolveCacheDir(paths: Pick<HomePaths, 'cacheDir'>): string | null {
  try {
    return realpathSync(paths.cacheDir);
  } catch {
    return null;
  }
}

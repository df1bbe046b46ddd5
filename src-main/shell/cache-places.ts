import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { HomeState } from '../../src-shared/domain/home.ts';
import type { RevealTarget } from '../../src-shared/ipc/bridge.ts';

export type CachePlaces = Pick<HomeState, 'home' | 'cacheDir' | 'databaseFile'>;

/**
 * The file or folder a renderer wants shown, absolute; null when it is not there or not inside the cache. The
 * renderer names places of the cache that is open, never paths of this machine: file names come from images.
 */
export async function findPlace(places: CachePlaces, target: RevealTarget): Promise<string | null> {
  const path = pathOf(places, target);
  if (path === null || !(await exists(path))) return null;
  return target.kind !== 'cache-file' || (await isInside(places.cacheDir, path)) ? path : null;
}

function pathOf(places: CachePlaces, target: RevealTarget): string | null {
  switch (target.kind) {
    case 'home':
      return places.home;
    case 'cache':
      return places.cacheDir;
    case 'database':
      return places.databaseFile;
    case 'cache-file':
      return isPlainRelative(target.path) ? join(places.cacheDir, target.path) : null;
  }
}

function isPlainRelative(path: string): boolean {
  const parts = path.split(/[/\\]/);
  return !isAbsolute(path) && !path.includes('\0') && parts.every((part) => !['', '.', '..'].includes(part));
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Whether the folder a path is in lies in the cache once every link on the way is followed. */
async function isInside(cacheDir: string, path: string): Promise<boolean> {
  try {
    const [root, folder] = await Promise.all([realpath(cacheDir), realpath(dirname(path))]);
    const inside = relative(root, join(folder, basename(path)));
    return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
  } catch {
    return false;
  }
}

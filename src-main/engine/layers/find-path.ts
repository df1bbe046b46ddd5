import type { TreeEntry } from '../../../src-shared/domain/tree-entry.ts';
import { ErofsError, findDirent, isDirectory } from '../erofs/index.ts';
import { describeEntry } from './describe-entry.ts';
import { decodePath, encodePath } from './entry-name.ts';
import { asFailure, type OpenLayer } from './open-layers.ts';

/**
 * The entry one layer has at a path, whiteouts included, or null. Reads a few blocks per name, whatever the size
 * of the layer; symbolic links on the way are not followed.
 *
 * @throws CacheFailure `damaged` when a directory on the way cannot be read.
 */
export function findPath({ layer, image }: OpenLayer, path: string): TreeEntry | null {
  const names = decodePath(path);
  let nid = image.root;
  let fileType = 0;
  try {
    for (const name of names) {
      const directory = image.record(nid);
      const found = isDirectory(directory) ? findDirent(image, directory, name) : null;
      if (found === null) return null;
      ({ nid, fileType } = found);
    }
  } catch (error) {
    throw error instanceof ErofsError ? asFailure(layer, error) : error;
  }
  const directoryPath = encodePath(names.slice(0, -1));
  const place = {
    directoryPath,
    name: names.at(-1) ?? Buffer.alloc(0),
    nid,
    fileType,
    change: 'unchanged',
  } as const;
  return describeEntry({ layer, image }, { ...place, isLayerView: true });
}

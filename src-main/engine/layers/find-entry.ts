import type { TreeEntry } from '../../../src-shared/domain/tree-entry.ts';
import { Pacer } from '../erofs/index.ts';
import { describePath } from './describe-path.ts';
import { decodePath, encodePath } from './entry-name.ts';
import type { OpenLayers } from './open-layers.ts';
import { findPathSteps } from './resolve-path.ts';

/**
 * The entry a tree has at a path, `removed` when it had it once, or null. Reads a few blocks of each layer per
 * name, whatever the size of the directories; symbolic links on the way are not followed.
 *
 * @throws CacheFailure `damaged` when only a damaged layer may have it; the signal's reason when aborted.
 */
export async function findEntry(
  layers: OpenLayers,
  path: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<TreeEntry | null> {
  const names = decodePath(path);
  const { steps } = findPathSteps(layers, names);
  return describePath(layers, steps, new Pacer(signal), {
    directoryPath: encodePath(names.slice(0, -1)),
    name: names.at(-1) ?? Buffer.alloc(0),
    fileType: 0,
  });
}

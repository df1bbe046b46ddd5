import type { FileContent } from '../../../src-shared/domain/tree-entry.ts';
import { ErofsError, isRegular, toInode } from '../erofs/index.ts';
import { decodePath, encodePath } from './entry-name.ts';
import { notFound } from './not-found.ts';
import { asFailure, type OpenLayers } from './open-layers.ts';
import { isDirectoryStep, isLive } from './overlay.ts';
import { requirePath } from './resolve-path.ts';

/**
 * Bytes of a regular file as the tree shows it; `base64` is empty from its end on. Symbolic links are not
 * followed, neither on the way nor at the end.
 *
 * @throws CacheFailure `not-found` when the path is not there, was removed or is no regular file; `damaged` when
 *   its inode or the bytes asked for cannot be read.
 */
export function readFileBytes(layers: OpenLayers, path: string, offset: number, length: number): FileContent {
  const names = decodePath(path);
  const step = requirePath(layers, names, path).steps.at(-1);
  if (!isLive(step)) throw notFound(path, `removed by layer ${positionOf(layers, step?.layer)}`);
  if (isDirectoryStep(step)) throw notFound(path, 'a directory, not a regular file');
  const { image, layer } = layers.at(step.layer);
  try {
    const inode = image.record(step.node);
    if (!isRegular(inode)) throw notFound(path, `a ${toInode(inode).type}, not a regular file`);
    return {
      path: encodePath(names),
      totalBytes: inode.size,
      offset,
      base64: image.readFileOf(inode, offset, length).toString('base64'),
    };
  } catch (error) {
    throw error instanceof ErofsError ? asFailure(layer, error) : error;
  }
}

function positionOf(layers: OpenLayers, layer: number | undefined): string {
  return layer === undefined ? '?' : String(layers.at(layer).layer.position);
}

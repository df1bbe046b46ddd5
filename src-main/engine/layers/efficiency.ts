import type { ImageEfficiency } from '../../../src-shared/domain/tree-entry.ts';
import { encodePath } from './entry-name.ts';
import type { MergedIndex } from './merged-index.ts';
import type { LayerTree } from './open-layers.ts';

/** Most hidden files one answer names. */
const MAX_HIDDEN = 1000;

/** What the layers of a tree waste: see `waste-score.ts` for the efficiency, `hidden-bytes.ts` for the files. */
export function describeEfficiency(tree: LayerTree, index: MergedIndex): ImageEfficiency {
  return {
    efficiency: index.efficiency,
    files: index.shownFiles,
    hiddenBytes: index.hidden.reduce((sum, { bytes }) => sum + bytes, 0),
    hiddenFiles: index.hidden.length,
    hidden: index.hidden.slice(0, MAX_HIDDEN).map(({ id, bytes, layers }) => ({
      path: encodePath(index.namesOf(id)),
      hiddenBytes: bytes,
      positions: layers.map((layer) => tree.layers[layer]!.position),
      isRemoved: index.isRemoved(id),
    })),
  };
}

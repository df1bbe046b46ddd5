import type {
  DirectoryListing,
  FileContent,
  ImageEfficiency,
  TreeEntry,
} from '../../../src-shared/domain/tree-entry.ts';
import { buildTreeIndex, ErofsError, openErofs, type TreeIndex } from '../erofs/index.ts';
import { BoundedCache } from './bounded-cache.ts';
import { compareTrees, type TreeComparison } from './compare-trees.ts';
import { describeEfficiency } from './efficiency.ts';
import { findEntry } from './find-entry.ts';
import { findPath } from './find-path.ts';
import { listDirectory } from './list-directory.ts';
import { buildMergedIndex, type MergedIndex } from './merged-index.ts';
import { asFailure, type LayerFile, type LayerTree, type OpenLayers, withLayers } from './open-layers.ts';
import { readFileBytes } from './read-file.ts';
import { type SearchQuery, searchTree } from './search-tree.ts';

interface ReadOptions {
  /** Ends the call with its reason; looked at about every 10 ms. */
  readonly signal?: AbortSignal;
}

/** What the indexes of layers, and those of merged trees, may keep in memory each: millions of entries. */
const CACHE_BYTES = 128 * 1024 * 1024;

/**
 * Reads files inside images. Every call opens the layers it needs and closes them again, so a layer that is removed
 * or replaced meanwhile is neither kept alive nor taken for what it was; only indexes are remembered, each for
 * exactly the file it was made from.
 *
 * A layer that is missing or damaged never hides the others: `damage` of a listing tells. Paths are as
 * `TreeEntry.path` has them. All calls throw `CacheFailure`, or the signal's reason.
 */
export interface TreeReader {
  /** One directory; never reads more than it. */
  listDirectory(tree: LayerTree, path: string, options?: ReadOptions): Promise<DirectoryListing>;
  /** Bytes of a regular file. Symbolic links are never followed. */
  readFileBytes(tree: LayerTree, path: string, offset: number, length: number): Promise<FileContent>;
  /** What later layers hide of earlier ones. Reads all metadata once. */
  efficiency(tree: LayerTree, options?: ReadOptions): Promise<ImageEfficiency>;
  /** Entries by name, change and size. Reads all metadata once. */
  searchTree(tree: LayerTree, query: SearchQuery, options?: ReadOptions): Promise<DirectoryListing>;
  /** What a tree shows at a path, `removed` when it no longer does, or null. Never reads whole directories. */
  findEntry(tree: LayerTree, path: string, options?: ReadOptions): Promise<TreeEntry | null>;
  /** The entry of one layer at a path, or null; `damaged` when the layer cannot tell. */
  findPath(layer: LayerFile, path: string): Promise<TreeEntry | null>;
  /** Paths that two trees show differently. Reads all metadata, and files that may differ. */
  compareTrees(left: LayerTree, right: LayerTree, options?: ReadOptions): Promise<TreeComparison>;
  /** Forgets all indexes. The reader may be used again. */
  close(): void;
}

export function createTreeReader(): TreeReader {
  const known = new KnownIndexes();
  return {
    listDirectory: (tree, path, options) =>
      withLayers(tree, (layers) => listDirectory(layers, path, { ...options, index: known.merged(layers) })),
    readFileBytes: (tree, path, offset, length) =>
      withLayers(tree, async (layers) => readFileBytes(layers, path, offset, length)),
    efficiency: (tree, options) =>
      withLayers(tree, async (layers) => describeEfficiency(tree, await known.merge(layers, options))),
    searchTree: (tree, query, options) =>
      withLayers(tree, async (layers) =>
        searchTree(layers, await known.merge(layers, options), query, options),
      ),
    findEntry: (tree, path, options) => withLayers(tree, (layers) => findEntry(layers, path, options)),
    findPath: async (layer, path) => findInLayer(layer, path),
    compareTrees: (left, right, options) =>
      withLayers(left, (leftLayers) =>
        withLayers(right, async (rightLayers) => {
          const leftIndex = await known.merge(leftLayers, options);
          const rightIndex = await known.merge(rightLayers, options);
          const sides = [
            { layers: leftLayers, index: leftIndex },
            { layers: rightLayers, index: rightIndex },
          ] as const;
          return compareTrees(...sides, options);
        }),
      ),
    close: () => known.clear(),
  };
}

function findInLayer(layer: LayerFile, path: string): TreeEntry | null {
  const image = openLayer(layer);
  try {
    return findPath({ layer, image }, path);
  } finally {
    image.close();
  }
}

function openLayer(layer: LayerFile) {
  try {
    return openErofs(layer.file);
  } catch (error) {
    throw error instanceof ErofsError ? asFailure(layer, error) : error;
  }
}

class KnownIndexes {
  readonly #layers = new BoundedCache<TreeIndex>(CACHE_BYTES);
  readonly #merged = new BoundedCache<MergedIndex>(CACHE_BYTES);
  /** The last call that builds, so that two who want the same do not both build it. */
  #turn: Promise<unknown> = Promise.resolve();

  merged(layers: OpenLayers): MergedIndex | null {
    return this.#merged.get(layers.identity) ?? null;
  }

  async merge(layers: OpenLayers, options: ReadOptions = {}): Promise<MergedIndex> {
    const turn = this.#turn.then(() => this.merged(layers) ?? this.#build(layers, options));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #build(layers: OpenLayers, options: ReadOptions): Promise<MergedIndex> {
    const indexes: (TreeIndex | null)[] = [];
    for (const open of layers.layers) {
      const key = open?.image.file.identity;
      const index =
        open === null ? null : (this.#layers.get(key!) ?? (await buildTreeIndex(open.image, options)));
      if (index !== null) this.#layers.set(key!, index);
      indexes.push(index);
    }
    const merged = await buildMergedIndex(layers, indexes, options);
    this.#merged.set(layers.identity, merged);
    return merged;
  }

  clear(): void {
    this.#layers.clear();
    this.#merged.clear();
  }
}

export type { TreeComparison } from './compare-trees.ts';
export type { LayerFile, LayerTree } from './open-layers.ts';
export type { SearchQuery } from './search-tree.ts';
export { createTreeReader, type ReadOptions, type TreeReader } from './tree-reader.ts';

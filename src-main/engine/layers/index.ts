export type { LayerFile, LayerTree } from './open-layers.ts';
export { createTreeReader, type TreeReader } from './tree-reader.ts';

import { join } from 'node:path';
import { buildTreeIndex, type ErofsImage } from '../erofs/index.ts';
import { hashOf } from '../erofs/test-images.ts';
import { buildMergedIndex, type MergedIndex } from './merged-index.ts';
import { type LayerTree, type OpenLayers, withLayers } from './open-layers.ts';
import { walkIndex } from './walk-index.ts';

/** For tests: the tree of an image in a cache that msb filled. */
export function treeOf(
  cacheDir: string,
  diffIds: readonly string[],
  view: 'merged' | 'layer' = 'merged',
): LayerTree {
  return {
    view,
    layers: diffIds.map((diffId, position) => ({ position, diffId, file: layerFile(cacheDir, diffId) })),
  };
}

/** For tests: where msb keeps a layer. */
export function layerFile(cacheDir: string, diffId: string): string {
  return join(cacheDir, 'layers', `${diffId.replace(':', '_')}.erofs`);
}

/** For tests: the merged index, built without a cache. */
export async function mergedIndex(layers: OpenLayers): Promise<MergedIndex> {
  const indexes = layers.layers.map((open) => (open === null ? null : buildTreeIndex(open.image)));
  return buildMergedIndex(layers, await Promise.all(indexes));
}

/**
 * For tests: every path that a merged tree shows, in the lines of `printTree`. Link counts are those of the merged
 * tree: names of a file, and two plus the directories in a directory (the root always two, as msb has it).
 */
export function printMerged(tree: LayerTree): Promise<string[]> {
  return withLayers(tree, async (layers) => {
    const index = await mergedIndex(layers);
    const shown = [0, ...walkIndex(index)].filter((id) => !index.isRemoved(id));
    const names = new Map<string, number>();
    for (const id of shown) names.set(linkKey(index, id), (names.get(linkKey(index, id)) ?? 0) + 1);
    return shown.map((id) => {
      const { image } = layers.at(index.layer[id]!);
      const path = `/${index
        .namesOf(id)
        .map((name) => name.toString('latin1'))
        .join('/')}`;
      const links = linkCount(index, id, names);
      return printNode(image, index.indexOf(id).dirents.nid[index.entry[id]!]!, path, links);
    });
  });
}

function linkKey(index: MergedIndex, id: number): string {
  return `${index.layer[id]}:${index.indexOf(id).dirents.nid[index.entry[id]!]}`;
}

function linkCount(index: MergedIndex, id: number, names: ReadonlyMap<string, number>): number {
  const isDirectory = (at: number) => index.indexOf(at).isDirectory(index.entry[at]!);
  if (!isDirectory(id)) return names.get(linkKey(index, id))!;
  if (id === 0) return 2;
  let links = 2;
  for (let at = 0; at < index.childCount[id]!; at += 1) {
    const child = index.firstChild[id]! + at;
    if (isDirectory(child) && !index.isRemoved(child)) links += 1;
  }
  return links;
}

/** The root is what msb makes of it, whatever the layers say. */
function printNode(image: ErofsImage, nid: number, path: string, links: number): string {
  const inode = image.readInode(nid);
  const { type, mode, uid, gid, mtime, device } = inode;
  const parts = [
    path,
    type,
    mode.toString(8).padStart(4, '0'),
    `${uid}:${gid}`,
    `${mtime}`,
    `links=${links}`,
  ];
  if (type === 'regular') parts.push(`size=${inode.size}`, `sha256=${hashOf(image, nid, inode.size)}`);
  if (type === 'symlink') parts.push(`-> ${image.readLink(nid).toString('latin1')}`);
  if (device !== null) parts.push(`device=${device.major}:${device.minor}`);
  return parts.join(' ');
}

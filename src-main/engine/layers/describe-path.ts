import type { TreeEntry } from '../../../src-shared/domain/tree-entry.ts';
import { isRegular, type Pacer } from '../erofs/index.ts';
import { changeOf } from './change.ts';
import { describeEntry, type EntryPlace } from './describe-entry.ts';
import { type OpenLayers, tryErofs } from './open-layers.ts';
import { isDirectoryStep, isLive, lastLive, type Step } from './overlay.ts';

export type PathPlace = Pick<EntryPlace, 'directoryPath' | 'name' | 'fileType' | 'directoryBytes'>;

/** What is shown at a path, or was before it was removed, from its steps (nodes are nids); null for nothing. */
export async function describePath(
  layers: OpenLayers,
  steps: readonly Step[],
  pacer: Pacer,
  { directoryBytes, ...place }: PathPlace,
): Promise<TreeEntry | null> {
  const shown = lastLive(steps);
  const last = steps.at(-1);
  if (shown === undefined || last === undefined) return null;
  return describeEntry(layers.at(shown.layer), {
    ...place,
    nid: shown.node,
    change: await changeOf(layers, steps, (step) => step.node, pacer),
    isLayerView: layers.isLayerView,
    ...(isDirectoryStep(shown)
      ? { directoryBytes: directoryBytes ?? null }
      : { hiddenBytes: hiddenBytesOf(layers, steps) }),
    ...(isLive(last) ? {} : { removedBy: layers.at(last.layer).layer.position }),
  });
}

/** Bytes of every file at this path but the one that is shown. */
function hiddenBytesOf(layers: OpenLayers, steps: readonly Step[]): number {
  let bytes = 0;
  for (const [index, step] of steps.entries()) {
    if (step.action !== 'file' || index === steps.length - 1) continue;
    const inode = tryErofs(() => layers.at(step.layer).image.record(step.node));
    if (inode !== null && isRegular(inode)) bytes += inode.size;
  }
  return bytes;
}

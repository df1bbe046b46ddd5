import type { Change } from '../../../src-shared/domain/tree-entry.ts';
import type { Pacer } from '../erofs/index.ts';
import type { OpenLayers } from './open-layers.ts';
import { isLive, type Step } from './overlay.ts';
import { isSameEntry } from './same-entry.ts';

/**
 * What the last layer that touched a path did to it. A directory counts by itself: what changed below it is told
 * there; one that hides all it was is modified.
 *
 * @param nidOf the nid of a step's node.
 */
export async function changeOf(
  layers: OpenLayers,
  steps: readonly Step[],
  nidOf: (step: Step) => number,
  pacer: Pacer,
): Promise<Change> {
  const last = steps.at(-1);
  const before = steps.at(-2);
  if (!isLive(last)) return 'removed';
  if (last.layer === 0) return 'unchanged';
  if (!isLive(before)) return 'added';
  if (last.action === 'clear') return 'modified';
  const isSame = await isSameEntry(
    [layers.at(before.layer), nidOf(before)],
    [layers.at(last.layer), nidOf(last)],
    layers.comparedBytes,
    pacer,
  );
  return isSame ? 'unchanged' : 'modified';
}

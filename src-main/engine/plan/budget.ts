import type { PrunePolicy } from '../../../src-shared/domain/plan.ts';
import { allocatedOnce } from '../inventory/allocated.ts';
import type { Inventory, ReferenceNode } from '../inventory/inventory.ts';
import { OWN_FOLDER } from '../store/names.ts';
import { cheapSubset } from './cheap-subset.ts';
import { cheapestSubset } from './cheapest-subset.ts';
import { partsOf } from './parts.ts';
import { planAction } from './plan.ts';
import { lastUsedMs } from './select.ts';

/** Up to this many images every choice is compared: twice as many choices with each image more. */
const COMPARABLE = 16;

/**
 * Of the images a rule may take, those that meet its byte targets; all of them when the rule names no target, or
 * when all together do not meet it.
 *
 * Up to sixteen images: the choice that loses least, an image counting by what it takes to download it again and by
 * how lately it was used. Beyond that one that loses little more (docs/performance.md says how much), in which no image
 * could stay.
 */
export function chooseForBudget(
  inventory: Inventory,
  policy: PrunePolicy,
  eligible: readonly ReferenceNode[],
): ReadonlySet<ReferenceNode> {
  const target = bytesToFree(inventory, policy);
  if (target === null) return new Set(eligible);
  const parts = partsOf(inventory, new Set(eligible));
  const choose = eligible.length <= COMPARABLE ? cheapestSubset : cheapSubset;
  return choose(eligible, parts, target, (reference) => lossOf(inventory, reference));
}

/**
 * What going without an image may cost: its download, the less the longer it was not used. An image whose size or
 * date is not known counts as small, or as long unused.
 */
function lossOf(inventory: Inventory, reference: ReferenceNode): number {
  const unusedDays = Math.max(0, inventory.nowMs - (lastUsedMs(reference) || 0)) / 86_400_000;
  return (1 + (reference.manifest.row?.totalSizeBytes ?? 0)) / (1 + unusedDays);
}

/** Bytes the images must give, beside what collecting garbage frees anyway; null without a byte target. */
function bytesToFree(inventory: Inventory, policy: PrunePolicy): number | null {
  const { cacheUnderBytes, freeAtLeastBytes } = policy;
  if (cacheUnderBytes === undefined && freeAtLeastBytes === undefined) return null;
  const garbage = planAction(inventory, { kind: 'gc' }).bytes;
  const over = cacheUnderBytes === undefined ? 0 : stayingBytes(inventory) - cacheUnderBytes;
  return Math.max(0, over - garbage, (freeAtLeastBytes ?? 0) - garbage);
}

/** What occupies the cache and does not go by itself, as what can be undone does when its time has passed. */
function stayingBytes({ store }: Inventory): number {
  return allocatedOnce(
    store.entries.filter(
      ({ path, what }) => path !== OWN_FOLDER && what.kind !== 'set-aside' && what.kind !== 'undo-journal',
    ),
  );
}

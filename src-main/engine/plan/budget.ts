import type { PrunePolicy } from '../../../src-shared/domain/plan.ts';
import { allocatedOnce } from '../inventory/allocated.ts';
import type { Inventory, ReferenceNode } from '../inventory/inventory.ts';
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
 * how lately it was used. Beyond that least recently used first, and afterwards whatever turns out not to be needed
 * for the target stays.
 */
export function chooseForBudget(
  inventory: Inventory,
  policy: PrunePolicy,
  eligible: readonly ReferenceNode[],
): ReadonlySet<ReferenceNode> {
  const target = bytesToFree(inventory, policy);
  if (target === null) return new Set(eligible);
  const parts = partsOf(inventory, new Set(eligible));
  if (eligible.length <= COMPARABLE) {
    return cheapestSubset(eligible, parts, target, (reference) => lossOf(inventory, reference));
  }
  const oldestFirst = eligible.toSorted((a, b) => (lastUsedMs(a) || 0) - (lastUsedMs(b) || 0));
  const tally = new Tally(parts);
  const chosen: ReferenceNode[] = [];
  for (const reference of oldestFirst) {
    if (tally.freedBytes >= target) break;
    tally.take(reference);
    chosen.push(reference);
  }
  return withoutNeedless(tally, chosen, target);
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
  const over = cacheUnderBytes === undefined ? 0 : allocatedOnce(inventory.store.entries) - cacheUnderBytes;
  return Math.max(0, over - garbage, (freeAtLeastBytes ?? 0) - garbage);
}

/** Puts images back, most recently used first, as long as the rest still meets the target. */
function withoutNeedless(
  tally: Tally,
  chosen: readonly ReferenceNode[],
  target: number,
): ReadonlySet<ReferenceNode> {
  const kept = new Set(chosen);
  for (const reference of chosen.toReversed()) {
    tally.putBack(reference);
    if (tally.freedBytes >= target) kept.delete(reference);
    else tally.take(reference);
  }
  return kept;
}

/** How many bytes come free with the images taken so far. Taking one or putting it back costs what it consists of. */
class Tally {
  freedBytes = 0;
  readonly #partsOf = new Map<ReferenceNode, { needed: number; readonly bytes: number }[]>();

  constructor(parts: ReturnType<typeof partsOf>) {
    for (const { bytes, owners } of parts) {
      const part = { needed: owners.size, bytes };
      for (const owner of owners) {
        const known = this.#partsOf.get(owner);
        if (known === undefined) this.#partsOf.set(owner, [part]);
        else known.push(part);
      }
    }
  }

  take(reference: ReferenceNode): void {
    for (const part of this.#partsOf.get(reference) ?? []) {
      part.needed -= 1;
      if (part.needed === 0) this.freedBytes += part.bytes;
    }
  }

  putBack(reference: ReferenceNode): void {
    for (const part of this.#partsOf.get(reference) ?? []) {
      if (part.needed === 0) this.freedBytes -= part.bytes;
      part.needed += 1;
    }
  }
}

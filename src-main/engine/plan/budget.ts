import type { PrunePolicy } from '../../../src-shared/domain/plan.ts';
import { allocatedOnce } from '../inventory/allocated.ts';
import type { Inventory, ReferenceNode } from '../inventory/inventory.ts';
import { Ownership } from './ownership.ts';
import { planAction } from './plan.ts';
import { lastUsedMs } from './select.ts';

/**
 * Of the images a rule may take, those that meet its byte targets; all of them when the rule names no target.
 * Least recently used first; afterwards whatever turns out not to be needed for the target stays.
 */
export function chooseForBudget(
  inventory: Inventory,
  policy: PrunePolicy,
  eligible: readonly ReferenceNode[],
): ReadonlySet<ReferenceNode> {
  const target = bytesToFree(inventory, policy);
  if (target === null) return new Set(eligible);
  const oldestFirst = eligible.toSorted((a, b) => (lastUsedMs(a) || 0) - (lastUsedMs(b) || 0));
  const ownership = new Ownership(inventory);
  const chosen: ReferenceNode[] = [];
  let freed = 0;
  for (const reference of oldestFirst) {
    if (freed >= target) break;
    freed += ownership.take(reference);
    chosen.push(reference);
  }
  return withoutNeedless(inventory, chosen, target);
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
  inventory: Inventory,
  chosen: readonly ReferenceNode[],
  target: number,
): ReadonlySet<ReferenceNode> {
  const kept = new Set(chosen);
  for (const reference of chosen.toReversed()) {
    kept.delete(reference);
    if (freedByAll(inventory, kept) < target) kept.add(reference);
  }
  return kept;
}

function freedByAll(inventory: Inventory, references: Iterable<ReferenceNode>): number {
  const ownership = new Ownership(inventory);
  let bytes = 0;
  for (const reference of references) bytes += ownership.take(reference);
  return bytes;
}

import { describeHolder } from '../../../src-shared/domain/holder.ts';
import type { KeptItem, PlanAction, PrunePolicy } from '../../../src-shared/domain/plan.ts';
import { displayReference } from '../../../src-shared/domain/reference.ts';
import { CacheFailure } from '../failure.ts';
import { holdersOf, type Inventory, type ReferenceNode } from '../inventory/inventory.ts';
import { ageInWords } from './age.ts';
import { chooseForBudget } from './budget.ts';

/** The references an action removes, each with the reason, and those it looked at and kept. */
export interface Selection {
  readonly removed: ReadonlyMap<ReferenceNode, string>;
  readonly kept: readonly KeptItem[];
}

const NOTHING: Selection = { removed: new Map(), kept: [] };

export function selectReferences(inventory: Inventory, action: PlanAction): Selection {
  switch (action.kind) {
    case 'remove':
      return selectNamed(
        inventory,
        'references' in action ? action.references : [action.reference],
        action.force,
      );
    case 'prune':
      return selectByPolicy(inventory, action.policy);
    case 'gcLayers':
    case 'gc':
      return NOTHING;
  }
}

function selectNamed(inventory: Inventory, names: readonly string[], force: boolean): Selection {
  const removed = new Map<ReferenceNode, string>();
  for (const name of names) {
    const reference = inventory.referencesByName.get(name);
    if (reference === undefined) throw new CacheFailure({ code: 'not-found', what: 'image', name });
    refuseIfAmbiguous(inventory, name);
    const holders = holdersOf(inventory, reference.manifest);
    if (holders.length > 0 && (!force || reference.isPinnedByUnknownTable)) {
      throw new CacheFailure({ code: 'in-use', reference: name, holders });
    }
    removed.set(reference, 'chosen for removal');
  }
  return { removed, kept: [] };
}

/** References are unique as bytes; two that are not UTF-8 can read alike, and then the name does not say which. */
function refuseIfAmbiguous(inventory: Inventory, name: string): void {
  if (!name.includes('\u{fffd}') && !name.startsWith("x'")) return;
  if (inventory.references.filter(({ row }) => row.reference === name).length === 1) return;
  const detail = 'Several references in the database are damaged in a way that makes them look the same.';
  throw new CacheFailure({ code: 'damaged', file: 'db/msb.db', detail });
}

/**
 * The prune rule. Whoever changes which images go by rule changes this function: `keepsByRule` names what
 * protects an image, the budget then takes from what is left whatever is missed least.
 */
function selectByPolicy(inventory: Inventory, policy: PrunePolicy): Selection {
  const newest = newestOfEachRepository(inventory.references, policy.keepNewestPerRepository ?? 0);
  const pinned = new Set(policy.pinned);
  const kept: KeptItem[] = [];
  const eligible: ReferenceNode[] = [];
  for (const reference of inventory.references) {
    const reason = keepsByRule(inventory, policy, reference, pinned, newest);
    if (reason === null) eligible.push(reference);
    else kept.push(keep(reference, reason));
  }
  const chosen = chooseForBudget(inventory, policy, eligible);
  const removed = new Map<ReferenceNode, string>();
  for (const reference of eligible) {
    if (chosen.has(reference)) removed.set(reference, unusedFor(inventory, reference));
    else kept.push(keep(reference, 'enough is freed without it'));
  }
  return { removed, kept };
}

function keepsByRule(
  inventory: Inventory,
  policy: PrunePolicy,
  reference: ReferenceNode,
  pinned: ReadonlySet<string>,
  newest: ReadonlySet<ReferenceNode>,
): string | null {
  const holders = holdersOf(inventory, reference.manifest);
  if (holders.length > 0) return `held by ${holders.map(describeHolder).join(', ')}`;
  if (pinned.has(reference.row.reference)) return 'pinned';
  if (newest.has(reference)) return 'among the newest tags of its repository';
  const unusedMs = inventory.nowMs - lastUsedMs(reference);
  if (policy.keepPulledWithinHours !== undefined) {
    if (Number.isNaN(unusedMs)) return 'when it was pulled is not known';
    if (unusedMs < policy.keepPulledWithinHours * 3_600_000) return `pulled ${ageInWords(unusedMs)} ago`;
  }
  if (policy.unusedForDays !== undefined) {
    if (Number.isNaN(unusedMs)) return 'when it was last used is not known';
    if (unusedMs < policy.unusedForDays * 86_400_000) return `used ${ageInWords(unusedMs)} ago`;
  }
  return null;
}

function newestOfEachRepository(
  references: readonly ReferenceNode[],
  count: number,
): ReadonlySet<ReferenceNode> {
  const byRepository = Map.groupBy(references, (reference) => {
    const { registry, repository } = displayReference(reference.row.reference);
    return `${registry}/${repository}`;
  });
  const newest = new Set<ReferenceNode>();
  for (const tags of byRepository.values()) {
    const sorted = tags.toSorted((a, b) => (b.row.createdAt ?? '').localeCompare(a.row.createdAt ?? ''));
    for (const tag of sorted.slice(0, count)) newest.add(tag);
  }
  return newest;
}

/** Last pull, load or create, in milliseconds since 1970; NaN when no date was stored. */
export function lastUsedMs(reference: ReferenceNode): number {
  return Date.parse(reference.row.updatedAt ?? reference.row.createdAt ?? '');
}

function unusedFor(inventory: Inventory, reference: ReferenceNode): string {
  const ageMs = inventory.nowMs - lastUsedMs(reference);
  return Number.isNaN(ageMs) ? 'unused' : `unused for ${ageInWords(ageMs)}`;
}

function keep(reference: ReferenceNode, reason: string): KeptItem {
  return { kind: 'reference', name: reference.row.reference, reason, allocatedBytes: 0 };
}

import type { KeptItem, Plan, PlanItem } from '../../src-shared/domain/plan.ts';

/** One line of the list: what goes with everything it takes along, or what stays. */
export type PlanRow = GoingRow | KeptRow;

export interface GoingRow {
  readonly kind: 'going';
  readonly item: PlanItem;
  /** What goes because `item` goes, largest first; `item` itself left out. */
  readonly parts: readonly PlanItem[];
  /** Of the item and its parts together. */
  readonly bytes: number;
}

interface KeptRow {
  readonly kind: 'kept';
  readonly item: KeptItem;
}

export type RowSort = 'bytes' | 'name' | 'reason';

/**
 * The plan's lines folded: a manifest, its layers and files count with the reference (or, when it dangles, the
 * manifest) that takes them along. The bytes of the going rows add up to the plan's.
 */
export function foldPlan(plan: Plan): readonly GoingRow[] {
  const heads = new Map<string, PlanItem>();
  for (const item of plan.items) if (isHead(item)) heads.set(item.name, item);
  const parts = new Map<PlanItem, PlanItem[]>();
  for (const item of plan.items) {
    const head = item.partOf === null ? item : (heads.get(item.partOf) ?? item);
    const list = parts.get(head) ?? [];
    if (head !== item) list.push(item);
    parts.set(head, list);
  }
  return [...parts].map(([item, list]) => ({
    kind: 'going',
    item,
    parts: list.sort((a, b) => b.allocatedBytes - a.allocatedBytes),
    bytes: list.reduce((sum, part) => sum + part.allocatedBytes, item.allocatedBytes),
  }));
}

/** The rows in the order shown: what goes as sorted, then what stays. */
export function sortRows(
  going: readonly GoingRow[],
  kept: readonly KeptItem[],
  sort: RowSort,
): readonly PlanRow[] {
  const stays = kept.map((item): KeptRow => ({ kind: 'kept', item }));
  return [
    ...going.toSorted((a, b) => compare(a.item, b.item, a.bytes, b.bytes, sort)),
    ...stays.sort((a, b) => compare(a.item, b.item, a.item.allocatedBytes, b.item.allocatedBytes, sort)),
  ];
}

/** Names that go: the images of a prune. */
export function countReferences(plan: Plan): number {
  return plan.items.reduce((count, item) => count + (item.kind === 'reference' ? 1 : 0), 0);
}

function isHead(item: PlanItem): boolean {
  if (item.kind === 'reference') return true;
  return item.kind === 'manifest' && (item.partOf === null || item.partOf === item.name);
}

function compare(
  a: PlanItem | KeptItem,
  b: PlanItem | KeptItem,
  aBytes: number,
  bBytes: number,
  sort: RowSort,
): number {
  if (sort === 'bytes') return bBytes - aBytes || collate(a.name, b.name);
  if (sort === 'reason') return collate(a.reason, b.reason) || bBytes - aBytes;
  return collate(a.name, b.name);
}

/** By code units: the same order on every machine, and quick for tens of thousands of rows. */
function collate(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

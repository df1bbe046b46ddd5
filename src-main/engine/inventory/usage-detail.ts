import type { FileGroup, UsageDetail } from '../../../src-shared/domain/usage.ts';
import { planAction } from '../plan/plan.ts';
import type { StoreEntry } from '../store/entries.ts';
import { canReflink } from '../store/reflinks.ts';
import { countedOnce } from './allocated.ts';
import type { Inventory } from './inventory.ts';

/** Which garbage there is, and which files have sizes that mislead. */
export function detailUsage(inventory: Inventory, cacheDir: string): UsageDetail {
  const { store } = inventory;
  const files = store.entries.filter((entry) => entry.type === 'file');
  const damaged = files.filter((entry) => entry.erofs === 'unreadable').map((entry) => entry.path);
  return {
    garbage: garbageByKind(inventory),
    sparse: groupOf(files.filter((entry) => entry.allocatedBytes < entry.logicalBytes)),
    hardLinked: groupOf(files.filter((entry) => entry.linkCount > 1)),
    reflinked: canReflink(cacheDir) === false ? 'none' : 'unknown',
    unreadable: [...new Set([...store.unreadable, ...damaged])],
  };
}

function garbageByKind(inventory: Inventory): UsageDetail['garbage'] {
  const items = planAction(inventory, { kind: 'gc' }).steps.map((step) => step.item);
  const groups = [...Map.groupBy(items, (item) => item.kind)].map(([kind, same]) => ({
    kind,
    count: same.length,
    bytes: same.reduce((sum, item) => sum + item.allocatedBytes, 0),
  }));
  return groups.toSorted((a, b) => b.bytes - a.bytes || b.count - a.count);
}

function groupOf(entries: readonly StoreEntry[]): FileGroup {
  let allocated = 0;
  for (const { allocatedBytes } of countedOnce(entries)) allocated += allocatedBytes;
  return {
    files: entries.length,
    allocatedBytes: allocated,
    logicalBytes: entries.reduce((sum, entry) => sum + entry.logicalBytes, 0),
  };
}

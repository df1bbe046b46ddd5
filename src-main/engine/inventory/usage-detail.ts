import type { CacheFile, FileGroup, UsageCategory, UsageDetail } from '../../../src-shared/domain/usage.ts';
import { planAction, type Step } from '../plan/plan.ts';
import type { StoreEntry } from '../store/entries.ts';
import { canReflink } from '../store/reflinks.ts';
import { countedOnce } from './allocated.ts';
import { referencesUsingFlatDisk } from './facts.ts';
import type { Inventory } from './inventory.ts';
import { categoryOf } from './usage.ts';

/** Files listed of each line: beyond that only the sum is told. */
const MOST_FILES = 500;

/** Which garbage there is, and which files have sizes that mislead. */
export function detailUsage(inventory: Inventory, cacheDir: string): UsageDetail {
  const { store } = inventory;
  const garbage = planAction(inventory, { kind: 'gc' }).steps;
  const files = store.entries.filter((entry) => entry.type === 'file');
  const damaged = files.filter((entry) => entry.erofs === 'unreadable').map((entry) => entry.path);
  return {
    garbage: garbageByKind(garbage),
    sparse: groupOf(files.filter((entry) => entry.allocatedBytes < entry.logicalBytes)),
    hardLinked: groupOf(files.filter((entry) => entry.linkCount > 1)),
    reflinked: canReflink(cacheDir) === false ? 'none' : 'unknown',
    unreadable: [...new Set([...store.unreadable, ...damaged])],
    files: filesWithoutImage(inventory, garbage),
  };
}

function garbageByKind(garbage: readonly Step[]): UsageDetail['garbage'] {
  const items = garbage.map((step) => step.item);
  const groups = [...Map.groupBy(items, (item) => item.kind)].map(([kind, same]) => ({
    kind,
    count: same.length,
    bytes: same.reduce((sum, item) => sum + item.allocatedBytes, 0),
  }));
  return groups.toSorted((a, b) => b.bytes - a.bytes || b.count - a.count);
}

function filesWithoutImage(inventory: Inventory, garbage: readonly Step[]): readonly CacheFile[] {
  const going = new Set(garbage.map((step) => step.entry));
  const found: CacheFile[] = [];
  for (const { entry, allocatedBytes } of countedOnce(inventory.store.entries)) {
    const category = going.has(entry) ? 'garbage' : categoryOf(inventory, entry);
    if (!hasFileLines(category) || entry.what.kind === 'layer') continue;
    found.push({
      path: entry.path,
      category,
      allocatedBytes,
      logicalBytes: entry.logicalBytes,
      modifiedAt: new Date(entry.mtimeMs).toISOString(),
      flatDisk: flatDiskOf(inventory, entry),
    });
  }
  return [...Map.groupBy(found, (file) => file.category).values()].flatMap((files) =>
    files.toSorted((a, b) => b.allocatedBytes - a.allocatedBytes).slice(0, MOST_FILES),
  );
}

function hasFileLines(category: UsageCategory): category is CacheFile['category'] {
  return ['flat', 'in-flight', 'set-aside', 'unknown'].includes(category);
}

function flatDiskOf(inventory: Inventory, { what }: StoreEntry): CacheFile['flatDisk'] {
  if (what.kind !== 'flat-disk') return null;
  const { artifactDigest } = what;
  return { artifactDigest, references: referencesUsingFlatDisk(inventory, artifactDigest) };
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

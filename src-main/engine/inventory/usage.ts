import { severityOf } from '../../../src-shared/domain/image.ts';
import type { PlanAction } from '../../../src-shared/domain/plan.ts';
import type {
  OutsideDisk,
  Reclaimable,
  Usage,
  UsageCategory,
  UsageLine,
} from '../../../src-shared/domain/usage.ts';
import { type Draft, planAction } from '../plan/plan.ts';
import type { StoreEntry } from '../store/entries.ts';
import { countedOnce } from './allocated.ts';
import { manifestsBeingPulled } from './being-pulled.ts';
import { damageOf } from './facts.ts';
import type { Inventory } from './inventory.ts';
import { countOperations } from './operations.ts';

const CATEGORIES: readonly UsageCategory[] = [
  'shared-layers',
  'own-layers',
  'fsmeta',
  'vmdk',
  'flat',
  'metadata',
  'in-flight',
  'garbage',
  'set-aside',
  'unknown',
  'directories',
];

/** What follows from an inventory and the pins alone. */
type Derived = Omit<Usage, 'outside' | 'freeSpaceBytes'>;

interface Known {
  readonly atMs: number;
  readonly pins: readonly string[];
  readonly derived: Derived;
}

/** Files come to count as abandoned by the time alone. */
const LONGEST_KNOWN_MS = 30_000;

/** By the references of an inventory, which are the same ones until rows or files change. */
const known = new WeakMap<Inventory['references'], Known>();

/** Where every byte of the cache directory is. The lines add up to what `du` says of it. */
export function summarizeUsage(
  inventory: Inventory,
  outside: readonly OutsideDisk[],
  freeSpaceBytes: number | null,
  pins: readonly string[],
): Usage {
  const steps = derive(inventory, pins);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return { ...step.value, outside, freeSpaceBytes };
}

/**
 * Works out what takes long in `summarizeUsage`, which then has it, in parts of some tenths of a second at most.
 *
 * @param mayGoOn Asked between two parts. False when the inventory is not that of the cache any more: its nodes may have
 * changed.
 */
export async function prepareUsage(
  inventory: Inventory,
  pins: readonly string[],
  mayGoOn: () => Promise<boolean>,
): Promise<void> {
  const steps = derive(inventory, pins);
  while (!steps.next().done && (await mayGoOn()));
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  return some === others || JSON.stringify(some) === JSON.stringify(others);
}

function* derive(inventory: Inventory, pins: readonly string[]): Generator<void, Derived> {
  const { nowMs, references } = inventory;
  const last = known.get(references);
  if (last !== undefined && nowMs - last.atMs <= LONGEST_KNOWN_MS && areSame(last.pins, pins))
    return last.derived;
  const gc = planAction(inventory, { kind: 'gc' });
  yield;
  const gcLayers = reclaimable(inventory, { kind: 'gcLayers' });
  yield;
  const prune = reclaimable(inventory, { kind: 'prune', policy: { pinned: pins } });
  yield;
  const lines = countLines(inventory, gc);
  const derived = {
    totalBytes: sum(lines, (line) => line.allocatedBytes),
    logicalBytes: sum(lines, (line) => line.logicalBytes),
    files: sum(lines, (line) => line.files),
    lines,
    counts: countThings(inventory),
    gcLayers,
    gc: { count: gc.steps.length, bytes: gc.bytes },
    prune,
    isBusy: inventory.inFlight.length > 0,
    inFlight: countOperations(inventory.inFlight),
  };
  known.set(references, { atMs: nowMs, pins, derived });
  return derived;
}

function reclaimable(inventory: Inventory, action: PlanAction): Reclaimable {
  const draft = planAction(inventory, action);
  return { count: draft.steps.length, bytes: draft.bytes };
}

function countThings(inventory: Inventory): Usage['counts'] {
  const listed = new Set(inventory.references.map((reference) => reference.manifest));
  const pulled = manifestsBeingPulled(inventory);
  let unlisted = 0;
  for (const metadata of inventory.metadata.values()) {
    if (metadata.manifest !== null && metadata.references.length === 0 && !listed.has(metadata.manifest))
      unlisted += 1;
  }
  let layers = 0;
  for (const layer of inventory.layers.values()) if (layer.row !== null || layer.entry !== null) layers += 1;
  return {
    references: inventory.references.length,
    manifests: listed.size,
    layers,
    damaged: inventory.references.filter(
      (reference) =>
        !pulled.has(reference.manifest) && severityOf(damageOf(inventory, reference)) === 'damaged',
    ).length,
    unlisted,
  };
}

function countLines(inventory: Inventory, gc: Draft): readonly UsageLine[] {
  const garbage = new Set(gc.steps.map((step) => step.entry));
  const totals = new Map(
    CATEGORIES.map((category) => [category, { files: 0, allocatedBytes: 0, logicalBytes: 0 }]),
  );
  for (const { entry, allocatedBytes } of countedOnce(inventory.store.entries)) {
    const line = totals.get(garbage.has(entry) ? 'garbage' : categoryOf(inventory, entry))!;
    line.files += entry.files;
    line.allocatedBytes += allocatedBytes;
    line.logicalBytes += entry.logicalBytes;
  }
  return CATEGORIES.map((category) => ({ category, ...totals.get(category)! }));
}

/** The line a file belongs to that gc does not take. */
export function categoryOf(inventory: Inventory, entry: StoreEntry): UsageCategory {
  const { what } = entry;
  switch (what.kind) {
    case 'layer': {
      const layer = inventory.layers.get(what.diffId);
      const users = (layer?.manifests.length ?? 0) || (layer?.metadata.length ?? 0);
      if (users === 0) return 'in-flight';
      return users > 1 ? 'shared-layers' : 'own-layers';
    }
    case 'fsmeta':
      return 'fsmeta';
    case 'vmdk':
      return 'vmdk';
    case 'flat-ref':
    case 'flat-disk':
      return 'flat';
    case 'metadata':
    case 'layer-lock':
    case 'fsmeta-lock':
    case 'metadata-lock':
    case 'flat-lock':
    case 'download-lock':
      return 'metadata';
    case 'blob':
    case 'metadata-part':
    case 'flat-ref-part':
    case 'download-part':
    case 'spool':
    case 'layer-part':
    case 'work':
    case 'transfer':
    case 'leftover':
      return 'in-flight';
    case 'set-aside':
      return 'set-aside';
    case 'directory':
    case 'undo-journal':
      return 'directories';
    case 'unknown':
      return 'unknown';
  }
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

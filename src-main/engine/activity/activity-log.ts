import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { ActivityEntry } from '../../../src-shared/domain/activity.ts';
import type { KeptItem, PlanAction, RemovedItem } from '../../../src-shared/domain/plan.ts';
import { planAction } from '../../../src-shared/ipc/contract.ts';
import { JsonLines } from './json-lines.ts';

/** An operation as it is told to the log: lists in full. */
export type FinishedOperation = Omit<ActivityEntry, 'id' | 'at' | 'removedOmitted' | 'leftAloneOmitted'>;

/** What a person did to caches, kept in `activity.jsonl` of Strata's own folder: some thousand operations. */
export class ActivityLog {
  readonly #lines: JsonLines;

  constructor(dataDir: string) {
    this.#lines = new JsonLines(path.join(dataDir, 'activity.jsonl'), MOST_BYTES);
  }

  /** @throws the system's error when it cannot be written. */
  record(operation: FinishedOperation): void {
    const { action, removed, leftAlone } = operation;
    const entry: ActivityEntry = {
      ...operation,
      id: randomBytes(16).toString('hex'),
      at: new Date().toISOString(),
      action: shortenAction(action),
      removed: mostImportant(removed),
      removedOmitted: Math.max(0, removed.length - MOST_ITEMS),
      leftAlone: mostImportant(leftAlone),
      leftAloneOmitted: Math.max(0, leftAlone.length - MOST_ITEMS),
    };
    this.#lines.append(entry);
  }

  /** The newest `limit` entries, newest first. Lines of another form are left out. */
  list(limit: number): readonly ActivityEntry[] {
    const entries = this.#lines.read().flatMap((value) => entrySchema.safeParse(value).data ?? []);
    return entries.slice(-limit).toReversed();
  }
}

/** Of one of the two files: entries take a few hundred bytes to some 60 KB. */
const MOST_BYTES = 4 * 2 ** 20;
const MOST_ITEMS = 200;
const MOST_REFERENCES = 100;
const MOST_NAME = 512;

function shortenAction(action: PlanAction): PlanAction {
  if (action.kind === 'remove' && 'references' in action)
    return { ...action, references: action.references.slice(0, MOST_REFERENCES) };
  if (action.kind !== 'prune' || action.policy.pinned === undefined) return action;
  return { ...action, policy: { ...action.policy, pinned: action.policy.pinned.slice(0, MOST_REFERENCES) } };
}

/** Those with the most bytes, else in their order. */
function mostImportant<Item extends RemovedItem | KeptItem>(items: readonly Item[]): readonly Item[] {
  return items
    .toSorted((a, b) => b.allocatedBytes - a.allocatedBytes)
    .slice(0, MOST_ITEMS)
    .map(({ kind, name, reason, allocatedBytes }) => ({
      kind,
      name: name.slice(0, MOST_NAME),
      reason: reason.slice(0, MOST_NAME),
      allocatedBytes,
    })) as unknown as readonly Item[];
}

const REMOVED_KINDS = [
  'reference',
  'manifest',
  'layer',
  'fsmeta',
  'vmdk',
  'flat-ref',
  'flat-disk',
  'metadata',
  'download',
  'spool',
  'work',
  'leftover',
] as const satisfies readonly RemovedItem['kind'][];

const count = z.number().int().nonnegative();
const itemFields = { name: z.string(), reason: z.string(), allocatedBytes: z.number() };
const removedItem = z.object({ kind: z.enum(REMOVED_KINDS), ...itemFields });
const keptItem = z.object({ kind: z.enum([...REMOVED_KINDS, 'file']), ...itemFields });

const entrySchema: z.ZodType<ActivityEntry> = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  tookMs: z.number(),
  home: z.string(),
  kind: z.enum(['removal', 'undo', 'emptied']),
  action: planAction,
  count,
  bytesPlanned: count,
  bytesFreed: count,
  bytesSetAside: count,
  undoId: z.string().nullable(),
  isCancelled: z.boolean(),
  removed: z.array(removedItem),
  removedOmitted: count,
  leftAlone: z.array(keptItem),
  leftAloneOmitted: count,
  notes: z.array(z.string()),
});

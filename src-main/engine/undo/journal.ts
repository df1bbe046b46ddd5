import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { PlanAction, PlanItemKind } from '../../../src-shared/domain/plan.ts';
import { planAction } from '../../../src-shared/ipc/contract.ts';
import { readBoundedFile } from '../store/bounded-file.ts';
import { JOURNAL } from '../store/names.ts';
import { writeAtomically } from '../write-atomically.ts';
import { type SavedRows, savedRowsSchema } from './saved-rows.ts';

/**
 * `undo.json` in the private folder of one removal: what it took. It is written as a whole once every file is set
 * aside, so a folder without one was left by a crash.
 */
export interface Journal {
  readonly version: 1;
  /** RFC 3339 in UTC. */
  readonly removedAt: string;
  readonly expiresAt: string;
  readonly action: PlanAction;
  readonly rows: SavedRows;
  readonly files: readonly SavedFile[];
  /**
   * Files of those rows that stayed in the cache, relative to it, because somebody came to need them: without them the
   * rows must not come back.
   */
  readonly leftAlone?: readonly string[];
}

/** A file, or a directory with everything below it, that lies at `path` in the private folder as it did in the cache. */
export interface SavedFile {
  /** Relative to the cache, `/`-separated. */
  readonly path: string;
  readonly kind: PlanItemKind;
  readonly type: 'file' | 'directory';
  readonly logicalBytes: number;
  /** What emptying it frees. */
  readonly allocatedBytes: number;
  readonly dev: string;
  readonly ino: string;
}

/** @throws the system's error. */
export function writeJournal(folder: string, journal: Journal): void {
  writeAtomically(path.join(folder, JOURNAL), JSON.stringify(journal));
}

/** Null when the journal is not what Strata writes. */
export function readJournal(folder: string): Journal | null {
  const read = readBoundedFile(path.join(folder, JOURNAL), MOST_BYTES);
  if (read.kind !== 'text') return null;
  try {
    return journalSchema.safeParse(JSON.parse(read.text)).data ?? null;
  } catch {
    return null;
  }
}

export function hasJournal(folder: string): boolean {
  return existsSync(path.join(folder, JOURNAL));
}

/** A removal of a hundred thousand images fits. */
const MOST_BYTES = 256 * 2 ** 20;

const bytes = z.number().int().nonnegative();

const journalSchema: z.ZodType<Journal> = z.object({
  version: z.literal(1),
  removedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  action: planAction,
  rows: savedRowsSchema,
  files: z.array(
    z.object({
      path: z.string(),
      kind: z.enum([
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
      ]),
      type: z.enum(['file', 'directory']),
      logicalBytes: bytes,
      allocatedBytes: bytes,
      dev: z.string(),
      ino: z.string(),
    }),
  ),
  leftAlone: z.array(z.string()).exactOptional(),
});

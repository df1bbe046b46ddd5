import { readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import type { PlanAction, RemovedItem } from '../../../src-shared/domain/plan.ts';
import type { UndoEntry, UndoRestored } from '../../../src-shared/domain/undo.ts';
import type { World } from '../apply/apply.ts';
import { Company } from '../apply/company.ts';
import { hasOwnFolder } from '../apply/own-folder.ts';
import { holdsMount, removeTree } from '../apply/remove-tree.ts';
import { ACTIVE_LOCK, restoreWanted } from '../apply/set-aside.ts';
import { inImmediateTransaction, openWritableDatabase } from '../database/index.ts';
import { CacheFailure } from '../failure.ts';
import { canProbeLocks, tryLockExclusive } from '../store/locks.ts';
import { classify, JOURNAL, OWN_FOLDER } from '../store/names.ts';
import { measureTree } from '../store/tree-size.ts';
import { FilesBack } from './files-back.ts';
import { hasJournal, type Journal, readJournal } from './journal.ts';
import { countRows, restoreRows, savedReferences } from './saved-rows.ts';

/** Removals of this cache that can be undone, newest first; those whose journal cannot be read last. */
export function listUndo(world: World): readonly UndoEntry[] {
  const entries = undoIds(world).map((id) => describe(folderOf(world, id), id));
  return entries.toSorted((a, b) => (a.removedAt < b.removedAt ? 1 : a.removedAt > b.removedAt ? -1 : 0));
}

/** The folders that have a journal. */
export function undoIds(world: World): readonly string[] {
  const own = path.join(world.paths.cacheDir, OWN_FOLDER);
  if (!hasOwnFolder(world.paths.cacheDir)) return [];
  try {
    const folders = readdirSync(own, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return folders.map(({ name }) => name).filter((name) => isUndo(world, name));
  } catch {
    // Nothing was ever set aside, or the folder cannot be read, which the scan says.
    return [];
  }
}

/** When a removal's time is up, in milliseconds since 1970; null when its journal cannot be read. */
export function expiryOf(world: World, id: string): number | null {
  const journal = readJournal(folderOf(world, id));
  return journal === null ? null : Date.parse(journal.expiresAt);
}

/** What came back, and which action had taken it. */
export interface Restored extends UndoRestored {
  readonly action: PlanAction;
  readonly items: readonly RemovedItem[];
}

/**
 * Brings one removal back: in one write transaction the rows are put back and the files moved to where they were.
 * When anything has taken the place of anything, nothing is changed. After a crash in between the same call goes on.
 *
 * While an `msb` is at work it waits: a prune that has taken rows away goes on to delete files by their names, also when
 * those rows are there again.
 *
 * @throws CacheFailure `not-found`, `undo-blocked`, and what opening the database throws.
 */
export async function restoreUndo(world: World, id: string): Promise<Restored> {
  const company = new Company(world.paths, new AbortController().signal);
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    await company.leaves();
    const restored = withFolder(world, id, (folder) => restoreUnlessDisturbed(world, id, folder, company));
    if (restored !== null) return restored;
    if (performance.now() > endMs) throw blocked(id, ['Commands of msb keep coming.']);
  }
}

/** How long commands of msb that keep coming are waited for. */
const PATIENCE_MS = 10_000;

/** Null, with nothing changed, when an `msb` is there that may still delete what comes back. */
function restoreUnlessDisturbed(world: World, id: string, folder: string, company: Company): Restored | null {
  const journal = readJournal(folder);
  if (journal === null) throw blocked(id, ['The journal of this removal cannot be read.']);
  const files = new FilesBack(world.paths.cacheDir, folder, journal);
  const database = openWritableDatabase(world.paths.databaseFile);
  try {
    const isDisturbed = inImmediateTransaction(database, () => {
      // Whoever begins from here on finds the rows.
      if (company.hasCome()) return true;
      const problems = [...restoreRows(database, journal.rows), ...files.problems()];
      if (problems.length > 0) throw blocked(id, problems);
      const problem = files.move();
      if (problem !== null) throw blocked(id, [problem]);
      return false;
    });
    if (isDisturbed) return null;
  } catch (error) {
    files.setAsideAgain();
    throw isRefusedRow(error) ? blocked(id, ['Its rows do not fit into the database (any more).']) : error;
  } finally {
    files.release();
    database.close();
  }
  removeFolder(folder);
  return {
    id,
    action: journal.action,
    items: itemsOf(journal),
    references: savedReferences(journal.rows),
    files: journal.files.length,
    rows: countRows(journal.rows),
    bytes: sumBytes(journal),
  };
}

/** What one emptied folder gave back, and the action that had filled it: null when its journal cannot be read. */
export interface Emptied {
  readonly action: PlanAction | null;
  readonly items: readonly RemovedItem[];
  readonly bytesFreed: number;
}

/**
 * Frees what one removal set aside; what somebody came to need meanwhile goes back to its place first.
 *
 * @throws CacheFailure `not-found`, `undo-blocked`, and what reading the cache throws.
 */
export function emptyUndo(world: World, id: string): Emptied {
  return withFolder(world, id, (folder) => {
    const journal = readJournal(folder);
    restoreWanted(folder, world.paths.cacheDir, world);
    const bytesFreed = occupiedBy(folder, journal);
    removeFolder(folder);
    return {
      action: journal?.action ?? null,
      items: journal === null ? [] : itemsOf(journal),
      bytesFreed,
    };
  });
}

/** What the removal took and is still there; all of the folder when nobody can tell what it took. */
function occupiedBy(folder: string, journal: Journal | null): number {
  if (journal === null) return measureTree(folder).freedBytes;
  return journal.files.reduce((sum, file) => sum + measureTree(path.join(folder, file.path)).freedBytes, 0);
}

const MOST_REFERENCES = 100;

function describe(folder: string, id: string): UndoEntry {
  const journal = readJournal(folder);
  if (journal === null) {
    const { allocatedBytes, files } = measureTree(folder);
    return {
      id,
      removedAt: '',
      expiresAt: '',
      action: null,
      references: [],
      referencesOmitted: 0,
      files,
      rows: 0,
      bytes: allocatedBytes,
      problem: 'Its journal cannot be read, so it can only be emptied.',
    };
  }
  const references = savedReferences(journal.rows);
  return {
    id,
    removedAt: journal.removedAt,
    expiresAt: journal.expiresAt,
    action: journal.action,
    references: references.slice(0, MOST_REFERENCES),
    referencesOmitted: Math.max(0, references.length - MOST_REFERENCES),
    files: journal.files.length,
    rows: countRows(journal.rows),
    bytes: sumBytes(journal),
    problem: null,
  };
}

function isUndo(world: World, name: string): boolean {
  return (
    classify(`${OWN_FOLDER}/${name}`, 'directory').kind === 'leftover' && hasJournal(folderOf(world, name))
  );
}

function folderOf(world: World, id: string): string {
  return path.join(world.paths.cacheDir, OWN_FOLDER, id);
}

/** Runs `work` while nobody else, in this process or another, works on the folder. */
function withFolder<T>(world: World, id: string, work: (folder: string) => T): T {
  const folder = folderOf(world, id);
  const notFound = () => new CacheFailure({ code: 'not-found', what: 'undo', name: id });
  if (!undoIds(world).includes(id)) throw notFound();
  const lock = tryLockExclusive(path.join(folder, ACTIVE_LOCK), { create: true });
  if (lock === null && canProbeLocks()) throw blocked(id, ['Another Strata is working on it.']);
  try {
    // Whoever had the lock before may have finished it.
    if (!hasJournal(folder)) throw notFound();
    if (holdsMount(folder)) throw blocked(id, [`Another file system is mounted in ${folder}.`]);
    return work(folder);
  } finally {
    lock?.release();
    removeUnlessUsed(folder);
  }
}

/** SQLite refused a row: a journal somebody has written to, or a database that others changed. */
function isRefusedRow(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG)/.test(code);
}

/** First the journal: what is left by a crash then is a leftover, which the next collection finds. */
function removeFolder(folder: string): void {
  unlinkSync(path.join(folder, JOURNAL));
  removeTree(folder);
}

function removeUnlessUsed(folder: string): void {
  try {
    if (hasJournal(folder)) unlinkSync(path.join(folder, ACTIVE_LOCK));
    rmdirSync(path.dirname(folder));
  } catch {
    // Other removals are set aside beside it.
  }
}

function itemsOf(journal: Journal): readonly RemovedItem[] {
  const reason = 'set aside';
  const names = savedReferences(journal.rows).map(
    (name): RemovedItem => ({ kind: 'reference', name, reason, allocatedBytes: 0 }),
  );
  const files = journal.files.map(
    ({ kind, path: name, allocatedBytes }): RemovedItem => ({ kind, name, reason, allocatedBytes }),
  );
  return [...names, ...files];
}

function sumBytes({ files }: Journal): number {
  return files.reduce((sum, file) => sum + file.allocatedBytes, 0);
}

function blocked(id: string, reasons: readonly string[]): CacheFailure {
  return new CacheFailure({ code: 'undo-blocked', id, reasons });
}

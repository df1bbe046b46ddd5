import { statfsSync } from 'node:fs';
import path from 'node:path';
import type { KeptItem, PlanAction, Progress, RemovedItem, Report } from '../../../src-shared/domain/plan.ts';
import { describeSystemError } from '../../../src-shared/domain/system-error.ts';
import {
  changeCounter,
  deleteRows,
  inImmediateTransaction,
  openWritableDatabase,
  readSnapshot,
  type WritableDatabase,
} from '../database/index.ts';
import type { DatabaseSnapshot } from '../database/rows.ts';
import type { HomePaths } from '../home/paths.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { type Draft, planAction, type Step } from '../plan/plan.ts';
import type { StoreEntry, StoreSnapshot } from '../store/entries.ts';
import { folderOf } from '../store/names.ts';
import { canLookCheaply } from '../store/scan.ts';
import { turn } from '../turn.ts';
import type { SavedFile } from '../undo/journal.ts';
import { countRows, type SavedRows, saveRows } from '../undo/saved-rows.ts';
import { Company } from './company.ts';
import { compareDrafts } from './difference.ts';
import { explainDifference } from './explain-difference.ts';
import { keepsLeases } from './lease.ts';
import { removeEmptyOwnFolder } from './own-folder.ts';
import { SetAside } from './set-aside.ts';
import { Unchanged, wantedNow, withoutOurs } from './wanted.ts';

/** How apply looks at the cache: afresh each time it asks. */
export interface World {
  readonly paths: HomePaths;
  /**
   * Files as they are now, every lock tried. Whatever has not changed since the last time is the same object.
   *
   * @param ignored A folder of our own to leave out, relative to the cache.
   */
  readStore(ignored?: string): StoreSnapshot;
  /** As `readStore`, but layers, indexes and disks may be as they were: only what could keep a file is as of now. */
  readKeepers(ignored: string): StoreSnapshot;
  join(database: DatabaseSnapshot, store: StoreSnapshot): Inventory;
  /**
   * True when neither rows nor files have changed since the draft was made, so that planning again would come to
   * the same. `store` is what `readStore` has just answered; nobody else may be able to write rows meanwhile.
   */
  stands(draft: Draft, store: StoreSnapshot): boolean;
}

export interface ApplyOptions {
  /** How long the removal can be undone; 0 deletes at once. */
  readonly undoMinutes: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Files renamed, checked and unlinked between two looks at the cache: each look costs a listing of what changed. */
const BATCH = 32_768;
/** When nobody else is there a look costs little, and one batch is unlinked while the next is set aside. */
const BATCH_ALONE = 4096;
/** Slices on their way to be unlinked: those after them are put back by a cancel. */
const SLICES_UNDER_WAY = 2;
/** A lease is an open file, of which there may be a thousand. */
const LEASED_BATCH = 256;
/** Renames or unlinks between two turns of the event loop, so that a cancel is heard. */
const SLICE = 512;
/** How long files are tried to be set aside while commands of msb keep coming. */
const PATIENCE_MS = 10_000;

const STOPPED = 'stopped before its turn';
const DISTURBED = 'commands of msb kept coming: the next collection takes it';

/**
 * Metadata first, so that a concurrent cached check of msb misses before it finds half an image; then what
 * starts an image, then what it is made of.
 */
const ORDER: Readonly<Record<string, number>> = {
  metadata: 0,
  vmdk: 1,
  fsmeta: 2,
  layer: 3,
  'flat-ref': 4,
  'flat-disk': 5,
};

/**
 * Carries out what a person saw, or nothing.
 *
 * Rows: in one write transaction the world is read again and planned again; if the outcome is not what was seen,
 * the transaction is rolled back. Files: after the commit each batch is checked against locks, metadata and rows,
 * renamed to a folder of its own on the same file system, checked once more, and only then unlinked; what somebody
 * wants by then is put back. A crash at any instant leaves the database consistent and at worst files that the
 * next collection finds.
 *
 * @throws CacheFailure `world-changed` with the difference; `database-busy`; `read-only`; whatever planning throws.
 */
export async function applyDraft(
  world: World,
  action: PlanAction,
  seen: Draft,
  options: ApplyOptions,
): Promise<Report> {
  const run = new Run(world, action, seen, options);
  return run.apply();
}

class Run {
  readonly #world: World;
  readonly #action: PlanAction;
  readonly #seen: Draft;
  readonly #options: ApplyOptions;
  readonly #removed: RemovedItem[] = [];
  readonly #leftAlone: KeptItem[];
  readonly #setAside: SavedFile[] = [];
  #rows: SavedRows | null = null;
  #undo: { readonly id: string; readonly until: string } | null = null;
  #undoProblem: string | null = null;
  #doneBytes = 0;
  /** Where files were set aside, relative to the cache. */
  #folder: string | null = null;
  /** Of the moment, inside the transaction, when the plan held: as long as it does, nothing new is wanted. */
  #planned: { readonly store: StoreSnapshot; readonly files: Unchanged; readonly counter: number } | null =
    null;
  readonly #company: Company;
  #patienceEndsMs: number | null = null;

  constructor(world: World, action: PlanAction, seen: Draft, options: ApplyOptions) {
    this.#world = world;
    this.#action = action;
    this.#seen = seen;
    this.#options = options;
    this.#leftAlone = [...seen.kept];
    this.#company = new Company(world.paths, options.signal);
  }

  async apply(): Promise<Report> {
    const freeBefore = freeSpace(this.#world.paths.cacheDir);
    this.#progress('checking');
    await turn();
    const isStarted = !this.#options.signal.aborted && this.#seen.steps.length > 0;
    if (isStarted) {
      const database = openWritableDatabase(this.#world.paths.databaseFile);
      try {
        await this.#delete(database);
      } finally {
        database.close();
      }
    }
    removeEmptyOwnFolder(this.#world.paths.cacheDir);
    return this.#report(isStarted, freeBefore);
  }

  /** The folder for the files comes first: what cannot be set aside must not lose its rows. */
  async #delete(database: WritableDatabase): Promise<void> {
    const store = this.#world.readStore();
    const setAside = this.#needsFolder() ? SetAside.create(this.#world.paths.cacheDir) : null;
    this.#folder = setAside?.name ?? null;
    try {
      this.#deleteRows(database, store);
      this.#progress('rows');
      if (setAside !== null) await this.#deleteFiles(database, setAside);
    } finally {
      setAside?.close();
    }
  }

  /** For files, and for the journal of rows that can come back. */
  #needsFolder(): boolean {
    const canUndo = this.#options.undoMinutes > 0;
    return this.#seen.steps.some(({ entry, row }) => entry !== null || (canUndo && row !== null));
  }

  #deleteRows(database: WritableDatabase, store: StoreSnapshot): void {
    inImmediateTransaction(database, () => {
      if (!this.#world.stands(this.#seen, store)) this.#planAgain(readSnapshot(database), store);
      this.#planned = {
        store,
        files: new Unchanged(store, this.#seen.steps),
        counter: changeCounter(database),
      };
      const ids = (table: string) =>
        this.#seen.steps.flatMap((step) => (step.row?.table === table ? [step.row.id] : []));
      const rows = {
        referenceIds: ids('image_ref'),
        manifestIds: ids('manifest'),
        layerIds: ids('layer'),
      };
      if (this.#options.undoMinutes > 0) this.#rows = saveRows(database, rows);
      deleteRows(database, rows);
    });
    for (const step of this.#seen.steps) if (step.entry === null) this.#gone(step, 0);
  }

  /** @throws WorldChanged when it comes to something else. */
  #planAgain(rows: DatabaseSnapshot, store: StoreSnapshot): void {
    const now = planAction(this.#world.join(rows, store), this.#action);
    const difference = compareDrafts(this.#seen, now);
    if (difference !== null) throw new WorldChanged(difference, now);
  }

  async #deleteFiles(database: WritableDatabase, setAside: SetAside): Promise<void> {
    const victims = this.#seen.steps
      .filter((step) => step.entry !== null)
      .toSorted((a, b) => (ORDER[a.item.kind] ?? 9) - (ORDER[b.item.kind] ?? 9));
    const areLeased = this.#areLeased(victims);
    const looksAreCheap = canLookCheaply(this.#world.paths);
    const canUndo = this.#rows !== null;
    if (!canUndo) setAside.expect(victims.length);
    let left: readonly Step[] = victims;
    let finishing = Promise.resolve();
    try {
      while (left.length > 0 && !this.#options.signal.aborted) {
        await this.#company.leaves(0);
        const batch = left.slice(0, areLeased ? LEASED_BATCH : this.#batchSize(left, looksAreCheap));
        left = left.slice(batch.length);
        if (!canUndo) setAside.startBatch();
        const goes = await this.#setBatchAside(database, setAside, batch, victims);
        await finishing;
        finishing = this.#finish(setAside, goes);
        if (areLeased) await finishing;
      }
    } finally {
      await finishing;
    }
    this.#leaveAll(left, STOPPED);
    this.#keep(setAside);
    if (this.#undoProblem !== null) await this.#freeAtOnce(database, setAside, victims);
  }

  /**
   * Metadata goes in one batch, for its folder is listed in every look after it has changed; all else in small ones when
   * nobody else is there.
   */
  #batchSize(left: readonly Step[], looksAreCheap: boolean): number {
    if (!looksAreCheap || !this.#company.isAlone) return BATCH;
    const others = left.findIndex(({ item }) => item.kind !== 'metadata');
    if (others === 0) return BATCH_ALONE;
    return others < 0 ? BATCH : Math.min(BATCH, others);
  }

  #areLeased(steps: readonly Step[]): boolean {
    const folders = new Set(steps.map(({ entry }) => folderOf(entry!.path)));
    return [...folders].some((folder) => keepsLeases(path.join(this.#world.paths.cacheDir, folder)));
  }

  /** Answers the steps whose file is set aside and wanted by nobody. */
  async #setBatchAside(
    database: WritableDatabase,
    setAside: SetAside,
    batch: readonly Step[],
    victims: readonly Step[],
  ): Promise<readonly Step[]> {
    const unwanted = (steps: readonly Step[]) => this.#unwanted(database, setAside, steps, victims);
    const moved = await this.#moveUnseen(setAside, batch, unwanted);
    const goes = new Set(unwanted(moved));
    setAside.putBack(entriesOf(moved.filter((step) => !goes.has(step))));
    return [...goes];
  }

  /**
   * Sets files aside at moments in which no `msb` can count on them, and answers whose are; who is there already has been
   * waited for. One that comes in the midst gets back what it may have seen, and is waited for. Where it cannot be told
   * who is there, what is looked at first goes first, and between one stage and the next whoever found the first gone
   * shows himself.
   */
  async #moveUnseen(
    setAside: SetAside,
    batch: readonly Step[],
    unwanted: (steps: readonly Step[]) => readonly Step[],
  ): Promise<readonly Step[]> {
    const company = this.#company;
    const moved: Step[] = [];
    for (let left = batch; left.length > 0; ) {
      const stage = company.isAlone ? left : firstStageOf(left);
      const disturbed = await this.#moveUntilSomebodyComes(setAside, unwanted(stage), moved);
      left = [...disturbed, ...left.slice(stage.length)];
      if (this.#options.signal.aborted || (disturbed.length > 0 && this.#isOutOfPatience())) {
        this.#leaveAll(left, this.#options.signal.aborted ? STOPPED : DISTURBED);
        break;
      }
      if (!company.isAlone || disturbed.length > 0) await company.leaves();
    }
    return moved;
  }

  /** Deletes what was set aside, or keeps it for an undo. */
  async #finish(setAside: SetAside, steps: readonly Step[]): Promise<void> {
    const underWay: Promise<void>[] = [];
    for (let start = 0; start < steps.length; start += SLICE) {
      if (this.#options.signal.aborted) {
        const left = steps.slice(start);
        setAside.putBack(entriesOf(left));
        this.#leaveAll(left, STOPPED);
        break;
      }
      underWay.push(this.#finishSlice(setAside, steps.slice(start, start + SLICE)));
      if (underWay.length >= SLICES_UNDER_WAY) await underWay.shift();
      await turn();
    }
    await Promise.all(underWay);
  }

  async #finishSlice(setAside: SetAside, steps: readonly Step[]): Promise<void> {
    const goes: Step[] = [];
    for (const step of steps) {
      if (this.#isKept(step)) this.#keepAside(setAside, step);
      else goes.push(step);
    }
    if (goes.length > 0) await this.#unlink(setAside, goes);
    this.#progress('files');
  }

  /** Adds to `moved`, and answers the steps that are left. */
  async #moveUntilSomebodyComes(
    setAside: SetAside,
    steps: readonly Step[],
    moved: Step[],
  ): Promise<readonly Step[]> {
    if (this.#company.hasCome()) return steps;
    for (let start = 0; start < steps.length; start += SLICE) {
      if (this.#options.signal.aborted) return steps.slice(start);
      const gone = this.#move(setAside, steps.slice(start, start + SLICE));
      if (this.#company.hasCome()) {
        setAside.putBack(entriesOf(gone));
        return [...gone, ...steps.slice(start + SLICE)];
      }
      moved.push(...gone);
      await turn();
    }
    return [];
  }

  #isOutOfPatience(): boolean {
    this.#patienceEndsMs ??= performance.now() + PATIENCE_MS;
    return performance.now() > this.#patienceEndsMs;
  }

  #move(setAside: SetAside, steps: readonly Step[]): readonly Step[] {
    const refused = setAside.move(entriesOf(steps));
    return steps.filter((step) => {
      const problem = refused.get(step.entry!);
      if (problem !== undefined) this.#leave(step, problem);
      return problem === undefined;
    });
  }

  /** The steps whose file still nothing wants; the others are noted as left alone. */
  #unwanted(
    database: WritableDatabase,
    setAside: SetAside,
    steps: readonly Step[],
    victims: readonly Step[],
  ): readonly Step[] {
    if (steps.length === 0) return steps;
    const ours = setAside.leasePaths();
    const { counter, files } = this.#planned!;
    const keepers = this.#world.readKeepers(setAside.name);
    if (counter === changeCounter(database) && files.holds(keepers, ours)) return steps;
    const store = this.#world.readStore(setAside.name);
    const inventory = this.#world.join(readSnapshot(database), withoutOurs(store, victims, ours));
    return steps.filter((step) => {
      const reason = wantedNow(inventory, step.entry!.what, () => this.#manifestOf(step.entry!));
      if (reason !== null) this.#leave(step, reason);
      return reason === null;
    });
  }

  /** By the metadata file as it was planned. */
  #manifestOf({ what }: StoreEntry): string | null {
    const file = this.#planned!.store.metadata.find(
      ({ key }) => what.kind === 'metadata' && key === what.key,
    );
    return file?.content?.manifestDigest ?? null;
  }

  /** Writes down what can be undone. */
  #keep(setAside: SetAside): void {
    const rows = this.#rows;
    if (rows === null || (countRows(rows) === 0 && this.#setAside.length === 0)) return;
    const removedAt = new Date();
    const until = new Date(removedAt.getTime() + this.#options.undoMinutes * 60_000).toISOString();
    try {
      const id = setAside.keep({
        version: 1,
        removedAt: removedAt.toISOString(),
        expiresAt: until,
        action: this.#action,
        rows,
        files: this.#setAside,
        leftAlone: this.#stayed(),
      });
      this.#undo = { id, until };
    } catch (error) {
      this.#undoProblem = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    }
  }

  /** Without a journal nothing that is set aside could come back: a full disk, above all, is to have the space. */
  async #freeAtOnce(database: WritableDatabase, setAside: SetAside, victims: readonly Step[]): Promise<void> {
    const paths = new Set(this.#setAside.splice(0).map((file) => file.path));
    const steps = victims.filter(({ entry }) => paths.has(entry!.path));
    this.#notGone(steps);
    this.#rows = null;
    const goes = new Set(this.#unwanted(database, setAside, steps, victims));
    setAside.putBack(entriesOf(steps.filter((step) => !goes.has(step))));
    await this.#finish(setAside, [...goes]);
  }

  /** Takes back what `gone` has noted. */
  #notGone(steps: readonly Step[]): void {
    const names = new Set(steps.map(({ item }) => `${item.kind} ${item.name}`));
    const gone = this.#removed.splice(0);
    for (const item of gone) {
      if (names.has(`${item.kind} ${item.name}`)) this.#doneBytes -= item.allocatedBytes;
      else this.#removed.push(item);
    }
  }

  /** The planned files that its rows need and that are not set aside. */
  #stayed(): readonly string[] {
    const gone = new Set(this.#setAside.map((file) => file.path));
    return this.#seen.steps.flatMap(({ item, entry }) =>
      entry !== null && item.kind in ORDER && !gone.has(entry.path) ? [entry.path] : [],
    );
  }

  /** What an interrupted removal left is only ever freed: nothing knows the rows it had. */
  #isKept({ item }: Step): boolean {
    return this.#rows !== null && item.kind !== 'leftover';
  }

  #keepAside(setAside: SetAside, step: Step): void {
    const { item } = step;
    const entry = step.entry!;
    const allocatedBytes = setAside.measure(entry);
    this.#setAside.push({
      path: entry.path,
      kind: item.kind,
      type: entry.type === 'directory' ? 'directory' : 'file',
      logicalBytes: entry.logicalBytes,
      allocatedBytes,
      dev: entry.dev,
      ino: entry.ino,
    });
    this.#gone(step, allocatedBytes);
  }

  async #unlink(setAside: SetAside, steps: readonly Step[]): Promise<void> {
    const outcomes = await setAside.unlink(entriesOf(steps), this.#world);
    for (const [index, step] of steps.entries()) {
      const outcome = outcomes[index]!;
      if (typeof outcome === 'number') this.#gone(step, outcome);
      else this.#leave(step, outcome);
    }
  }

  #gone(step: Step, allocatedBytes: number): void {
    const { kind, name, reason } = step.item;
    this.#removed.push({ kind, name, reason, allocatedBytes });
    this.#doneBytes += allocatedBytes;
  }

  #leave(step: Step, reason: string): void {
    const { kind, name, allocatedBytes } = step.item;
    this.#leftAlone.push({ kind, name, reason, allocatedBytes });
  }

  #leaveAll(steps: readonly Step[], reason: string): void {
    for (const step of steps) this.#leave(step, reason);
  }

  #progress(step: Progress['step']): void {
    this.#options.onProgress({
      step,
      doneItems: this.#removed.length,
      totalItems: this.#seen.steps.length,
      doneBytes: this.#doneBytes,
      totalBytes: this.#seen.bytes,
    });
  }

  #report(isStarted: boolean, freeBefore: number | null): Report {
    const setAsideBytes = this.#setAside.reduce((sum, file) => sum + file.allocatedBytes, 0);
    const isCancelled = this.#options.signal.aborted && this.#removed.length < this.#seen.steps.length;
    if (!isStarted) this.#leaveAll(this.#seen.steps, STOPPED);
    const bytesFreed = this.#doneBytes - setAsideBytes;
    const freeAfter = freeSpace(this.#world.paths.cacheDir);
    return {
      action: this.#action,
      count: this.#removed.length,
      bytesFreed,
      ...(this.#rows === null ? {} : { bytesSetAside: setAsideBytes }),
      ...(this.#undo === null ? {} : { undoId: this.#undo.id, undoUntil: this.#undo.until }),
      bytesPlanned: this.#seen.bytes,
      removed: this.#removed,
      leftAlone: this.#leftAlone,
      freeSpaceBeforeBytes: freeBefore,
      freeSpaceAfterBytes: freeAfter,
      isCancelled,
      notes: [
        ...this.#notes(isCancelled),
        ...explainDifference({
          cacheDir: this.#world.paths.cacheDir,
          folder: this.#folder,
          bytesFreed,
          freeBefore,
          freeAfter,
        }),
      ],
    };
  }

  #notes(isCancelled: boolean): readonly string[] {
    const notes: string[] = [];
    if (isCancelled && this.#removed.length > 0) {
      notes.push(
        'Stopped half-way: the rows are gone, files that were left are found by the next collection.',
      );
    }
    const missing = this.#seen.bytes - this.#doneBytes;
    if (missing !== 0 && !isCancelled) {
      notes.push(
        `${Math.abs(missing)} bytes ${missing > 0 ? 'fewer' : 'more'} than announced: see what was left alone and why.`,
      );
    }
    if (this.#undoProblem !== null) {
      notes.push(
        `Cannot be undone, for ${describeSystemError(this.#undoProblem)} where its journal belongs: the space was freed at once.`,
      );
    }
    return notes;
  }
}

/** Carries the new draft out of the transaction; the session turns it into `world-changed` with a plan id. */
export class WorldChanged extends Error {
  readonly difference: { readonly appeared: readonly string[]; readonly disappeared: readonly string[] };
  readonly draft: Draft;

  constructor(difference: WorldChanged['difference'], draft: Draft) {
    super('the cache changed since the plan was seen');
    this.name = 'WorldChanged';
    this.difference = difference;
    this.draft = draft;
  }
}

/** Free bytes of the file system a directory is on; null where it does not say. */
export function freeSpace(directory: string): number | null {
  try {
    const stats = statfsSync(directory);
    return stats.bavail * stats.bsize;
  } catch {
    return null;
  }
}

/** Of steps in their order: metadata, or what starts an image, or what it is made of with everything else. */
function firstStageOf(steps: readonly Step[]): readonly Step[] {
  const first = stageOf(steps[0]!);
  const end = steps.findIndex((step) => stageOf(step) !== first);
  return end < 0 ? steps : steps.slice(0, end);
}

function stageOf({ item }: Step): number {
  if (item.kind === 'metadata') return 0;
  return item.kind === 'vmdk' || item.kind === 'fsmeta' ? 1 : 2;
}

/** Of steps that have a file. */
function entriesOf(steps: readonly Step[]): readonly StoreEntry[] {
  return steps.map(({ entry }) => entry!);
}

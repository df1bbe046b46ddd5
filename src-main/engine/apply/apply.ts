import { statfsSync } from 'node:fs';
import type { KeptItem, PlanAction, Progress, RemovedItem, Report } from '../../../src-shared/domain/plan.ts';
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
import type { StoreSnapshot } from '../store/entries.ts';
import { compareDrafts } from './difference.ts';
import { SetAside } from './set-aside.ts';
import { wantedNow, wantsTheSame, withoutOurs } from './wanted.ts';

/** How apply looks at the cache: afresh each time it asks. */
export interface World {
  readonly paths: HomePaths;
  readStore(): StoreSnapshot;
  join(database: DatabaseSnapshot, store: StoreSnapshot): Inventory;
}

export interface ApplyOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Files renamed, checked and unlinked between two looks at the cache: each look costs a listing of what changed. */
const BATCH = 32_768;
/** Renames or unlinks between two turns of the event loop, so that a cancel is heard. */
const SLICE = 256;

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
 * @throws CacheFailure `world-changed` with the difference; `database-busy`; whatever planning throws.
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
  #doneBytes = 0;
  /** What the plan was made of once more, inside the transaction: as long as that stands, nothing new is wanted. */
  #planned: { readonly store: StoreSnapshot; readonly counter: number } | null = null;

  constructor(world: World, action: PlanAction, seen: Draft, options: ApplyOptions) {
    this.#world = world;
    this.#action = action;
    this.#seen = seen;
    this.#options = options;
    this.#leftAlone = [...seen.kept];
  }

  async apply(): Promise<Report> {
    const freeBefore = freeSpace(this.#world.paths.cacheDir);
    this.#progress('checking');
    await turn();
    const isStarted = !this.#options.signal.aborted && this.#seen.steps.length > 0;
    if (isStarted) {
      const database = openWritableDatabase(this.#world.paths.databaseFile);
      try {
        this.#deleteRows(database);
        this.#progress('rows');
        await this.#deleteFiles(database);
      } finally {
        database.close();
      }
    }
    return this.#report(isStarted, freeBefore);
  }

  #deleteRows(database: WritableDatabase): void {
    const store = this.#world.readStore();
    inImmediateTransaction(database, () => {
      const now = planAction(this.#world.join(readSnapshot(database), store), this.#action);
      const difference = compareDrafts(this.#seen, now);
      if (difference !== null) throw new WorldChanged(difference, now);
      this.#planned = { store, counter: changeCounter(database) };
      const ids = (table: string) =>
        this.#seen.steps.flatMap((step) => (step.row?.table === table ? [step.row.id] : []));
      deleteRows(database, {
        referenceIds: ids('image_ref'),
        manifestIds: ids('manifest'),
        layerIds: ids('layer'),
      });
    });
    for (const step of this.#seen.steps) if (step.entry === null) this.#gone(step, 0);
  }

  async #deleteFiles(database: WritableDatabase): Promise<void> {
    const victims = this.#seen.steps
      .filter((step) => step.entry !== null)
      .toSorted((a, b) => (ORDER[a.item.kind] ?? 9) - (ORDER[b.item.kind] ?? 9));
    if (victims.length === 0) return;
    const setAside = SetAside.create(this.#world.paths.cacheDir);
    try {
      for (let start = 0; start < victims.length; start += BATCH) {
        const batch = victims.slice(start, start + BATCH);
        if (this.#options.signal.aborted) {
          for (const step of victims.slice(start)) this.#leave(step, 'stopped before its turn');
          return;
        }
        await this.#deleteBatch(database, setAside, batch, victims);
      }
    } finally {
      setAside.close();
    }
  }

  async #deleteBatch(
    database: WritableDatabase,
    setAside: SetAside,
    batch: readonly Step[],
    victims: readonly Step[],
  ): Promise<void> {
    const moved: Step[] = [];
    for (const slice of slices(this.#unwanted(database, setAside, batch, victims))) {
      for (const step of slice) {
        const problem = setAside.move(step.entry!);
        if (problem === null) moved.push(step);
        else this.#leave(step, problem);
      }
      await turn();
    }
    const goes = new Set(this.#unwanted(database, setAside, moved, victims));
    for (const slice of slices(moved)) {
      for (const step of slice) {
        if (goes.has(step) && !this.#options.signal.aborted) this.#unlink(setAside, step);
        else this.#putBack(setAside, step, goes.has(step));
      }
      this.#progress('files');
      await turn();
    }
  }

  /** The steps whose file still nothing wants; the others are noted as left alone. */
  #unwanted(
    database: WritableDatabase,
    setAside: SetAside,
    steps: readonly Step[],
    victims: readonly Step[],
  ): readonly Step[] {
    const ours = setAside.leasePaths();
    const store = withoutOurs(this.#world.readStore(), victims, ours);
    const { counter, store: planned } = this.#planned!;
    if (counter === changeCounter(database) && wantsTheSame(withoutOurs(planned, victims, ours), store))
      return steps;
    const inventory = this.#world.join(readSnapshot(database), store);
    return steps.filter((step) => {
      const reason = wantedNow(inventory, step.entry!.what);
      if (reason !== null) this.#leave(step, reason);
      return reason === null;
    });
  }

  #putBack(setAside: SetAside, step: Step, isStopped: boolean): void {
    setAside.putBack(step.entry!);
    if (isStopped) this.#leave(step, 'stopped before its turn');
  }

  #unlink(setAside: SetAside, step: Step): void {
    const outcome = setAside.unlink(step.entry!, this.#world);
    if (typeof outcome === 'number') this.#gone(step, outcome);
    else this.#leave(step, outcome);
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
    const isCancelled = this.#options.signal.aborted && this.#removed.length < this.#seen.steps.length;
    if (!isStarted) for (const step of this.#seen.steps) this.#leave(step, 'stopped before its turn');
    return {
      action: this.#action,
      count: this.#removed.length,
      bytesFreed: this.#doneBytes,
      bytesPlanned: this.#seen.bytes,
      removed: this.#removed,
      leftAlone: this.#leftAlone,
      freeSpaceBeforeBytes: freeBefore,
      freeSpaceAfterBytes: freeSpace(this.#world.paths.cacheDir),
      isCancelled,
      notes: this.#notes(isCancelled),
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

function* slices<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < values.length; start += SLICE) yield values.slice(start, start + SLICE);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

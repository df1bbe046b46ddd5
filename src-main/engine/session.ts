import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HomeState, HomeStatus, SchemaState } from '../../src-shared/domain/home.ts';
import type { ImageHandle } from '../../src-shared/domain/image.ts';
import type { Plan, PlanAction, Progress, Report } from '../../src-shared/domain/plan.ts';
import { describeSystemError } from '../../src-shared/domain/system-error.ts';
import { ActivityLog } from './activity/activity-log.ts';
import { recordRemoval } from './activity/record.ts';
import { UsageLog } from './activity/usage-log.ts';
import { type ApplyOptions, applyDraft, type World, WorldChanged } from './apply/apply.ts';
import {
  changeCounter,
  EMPTY_SNAPSHOT,
  findUnfinishedDowngrade,
  KeptLabels,
  KeptRows,
  listHandles,
  openReadableDatabase,
  type ReadableDatabase,
  type ReadRows,
  readInstallLeaseExpiry,
  readSchema,
} from './database/index.ts';
import type { DatabaseSnapshot } from './database/rows.ts';
import type { EngineOptions } from './engine.ts';
import { CacheFailure } from './failure.ts';
import { resolveHome } from './home/index.ts';
import type { HomePaths } from './home/paths.ts';
import { RecentHomes } from './home/recent-homes.ts';
import { unpackSample } from './home/sample.ts';
import { withChanges } from './inventory/changes.ts';
import { beginJoin, type Inventory } from './inventory/inventory.ts';
import { type Draft, planAction } from './plan/plan.ts';
import { SeenPlans } from './plans.ts';
import { SettingsFile } from './settings/settings-file.ts';
import { readStoreSigns } from './signs.ts';
import type { StoreSnapshot } from './store/entries.ts';
import {
  canProbeLocks,
  createStoreReader,
  FOLDERS,
  movedFrom,
  type ReadOptions,
  readSnapshotArtifact,
  readVmdkLayers,
  referenceKey,
  type StoreReader,
} from './store/index.ts';

/** Up to this many entries a full rescan costs a few milliseconds, so nothing is taken from memory. */
const SMALL_CACHE_ENTRIES = 4000;
/** How often a plan that nobody looked at is made anew when the cache moves under it. */
const ATTEMPTS = 5;
/** How long an msb may take to open the database. */
const OPENING_MS = 2000;
const LOOK_EVERY_MS = 25;

interface OpenDatabase {
  readonly handle: ReadableDatabase;
  readonly rows: KeptRows;
  readonly labels: KeptLabels;
  readonly file: string;
  /** Another number each time. */
  readonly opened: number;
}

interface JoinedRows extends ReadRows {
  /** All of them, at once. */
  readonly areReadAnew: boolean;
}

/** Begun while a thread looks at the files. */
interface JoinAhead {
  readonly counter: string;
  readonly rows: JoinedRows;
  readonly complete: (store: StoreSnapshot) => Inventory;
}

interface Joined {
  readonly inventory: Inventory;
  /** As the reader gave it: the inventory's own has the snapshots that lie elsewhere too. */
  readonly store: StoreSnapshot;
  /** As `changeCounter` was before the rows were read. */
  readonly counter: string;
  /** Another one each time rows and files are joined. */
  readonly id: number;
  /** Kept current by what has changed, without reading all rows and joining them: for showing only. */
  readonly isPatched: boolean;
}

/** One open cache: its paths, its database handle, and what was last read of it. */
export class Session implements World {
  readonly #options: EngineOptions;
  readonly settings: SettingsFile;
  readonly activity: ActivityLog;
  readonly usageLog: UsageLog;
  readonly recentHomes: RecentHomes;
  readonly #plans = new SeenPlans();
  #paths: HomePaths;
  #isSample = false;
  #samplePending: Promise<void> | null = null;
  /** Why the home that was asked for at the start could not be opened. */
  #unopened: { readonly error: unknown } | null = null;
  #reader: StoreReader;
  #database: OpenDatabase | null = null;
  #opened = 0;
  #joined: Joined | null = null;
  /** What each draft was made of. */
  readonly #madeOf = new WeakMap<Draft, number>();
  #joins = 0;
  #glanced: { readonly id: number; readonly text: string } | null = null;
  #handles: { readonly counter: string; readonly list: readonly ImageHandle[] } | null = null;
  #isApplying = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.settings = new SettingsFile(options.dataDir);
    this.activity = new ActivityLog(options.dataDir);
    this.usageLog = new UsageLog(options.dataDir);
    this.recentHomes = new RecentHomes(options.dataDir);
    this.#paths = this.#resolveOrWait(options.homeOption);
    this.#reader = createStoreReader(this.#paths);
    if (options.startWithSample) this.#samplePending = this.openSample().catch((error) => this.#fail(error));
  }

  get paths(): HomePaths {
    return this.#paths;
  }

  /** Waits for a sample that is being unpacked; every call starts here. @throws why there is no home to look at. */
  async ready(): Promise<void> {
    await this.settled();
    if (this.#unopened !== null) throw this.#unopened.error;
  }

  /** Waits likewise, for the calls that open another home: they work without one. */
  async settled(): Promise<void> {
    await this.#samplePending;
  }

  #fail(error: unknown): void {
    this.#unopened = { error };
  }

  /** A home that is misconfigured is told by every call until another is opened. */
  #resolveOrWait(homeOption: string | null): HomePaths {
    try {
      return this.#resolve(homeOption);
    } catch (error) {
      this.#fail(error);
      const nowhere = path.join(this.#options.scratchDir, 'no-home');
      return resolveHome({ homeOption: nowhere, env: {}, userHome: nowhere });
    }
  }

  #resolve(homeOption: string | null): HomePaths {
    return resolveHome({ homeOption, env: this.#options.env, userHome: this.#options.userHome });
  }

  /** Opens another home. The one that was open stays open when the path is no good. */
  open(home: string): void {
    const paths = this.#resolve(home);
    refuseUnlessFolder(paths.home);
    this.#switchTo(paths, false);
  }

  async openSample(): Promise<void> {
    const target = path.join(this.#options.scratchDir, `sample-${process.pid}-${Date.now()}`);
    await mkdir(target, { recursive: true, mode: 0o700 });
    const home = await unpackSample(this.#options.sampleArchive, target);
    const paths = resolveHome({ homeOption: home, env: {}, userHome: this.#options.userHome });
    this.#switchTo(paths, true);
  }

  #switchTo(paths: HomePaths, isSample: boolean): void {
    if (this.#isApplying) throw new CacheFailure({ code: 'removal-under-way' });
    this.#closeDatabase();
    this.#paths = paths;
    this.#unopened = null;
    this.#isSample = isSample;
    this.#reader = createStoreReader(paths);
  }

  close(): void {
    this.#closeDatabase();
  }

  /** For what was chosen anew: the next look joins rows and files again. */
  forgetInventory(): void {
    this.#joined = null;
  }

  #closeDatabase(): void {
    this.#database?.handle.close();
    this.#database = null;
    this.#joined = null;
    this.#handles = null;
  }

  /**
   * The open database, or null when msb has made none. A database that was replaced under us (another inode) is
   * opened anew.
   */
  database(): ReadableDatabase | null {
    const file = fileAt(this.#paths.databaseFile);
    if (file === null) {
      this.#closeDatabase();
      return null;
    }
    if (this.#database !== null && this.#database.file !== file) this.#closeDatabase();
    if (this.#database === null) {
      const handle = openReadableDatabase(this.#paths.databaseFile);
      this.#opened += 1;
      this.#database = {
        handle,
        rows: new KeptRows(handle),
        labels: new KeptLabels(handle),
        file,
        opened: this.#opened,
      };
    }
    return this.#database.handle;
  }

  /** Every reference, newest first: as listed before, as long as nobody has changed the database since. */
  handles(): readonly ImageHandle[] {
    const database = this.database();
    if (database === null) return [];
    // Asked for before the rows are read, as in `#joinOnce`.
    const counter = this.changeCounter();
    if (this.#handles?.counter !== counter) {
      // The old list need not be there beside the new one.
      this.#handles = null;
      this.#handles = { counter, list: listHandles(database) };
    }
    return this.#handles.list;
  }

  /** With every lock tried. Of a large cache only what its folders say has changed is looked at again. */
  readStore(ignored?: string): StoreSnapshot {
    return this.#read({ locks: 'probed', ignored: ignored ?? null });
  }

  readKeepers(ignored: string): StoreSnapshot {
    return this.#reader.read({ locks: 'probed', ignored, onlyKeepers: true });
  }

  #read(options: Pick<ReadOptions, 'locks' | 'ignored' | 'isForShowing' | 'ahead'>): StoreSnapshot {
    return this.#isSmall() ? this.#reader.readFully(options) : this.#reader.read(options);
  }

  #isSmall(): boolean {
    return this.#joined === null || this.#joined.store.entries.length <= SMALL_CACHE_ENTRIES;
  }

  join(database: DatabaseSnapshot, store: StoreSnapshot): Inventory {
    return this.#beginJoin(database)(store);
  }

  #beginJoin(database: DatabaseSnapshot): (store: StoreSnapshot) => Inventory {
    const complete = beginJoin(database, {
      nowMs: Date.now(),
      graceMs: this.#options.graceMs ?? this.settings.get().settings.graceMinutes * 60_000,
      referenceKey,
      layersOfVmdk: (digest) => readVmdkLayers(this.#paths, digest),
    });
    return (store) => complete({ ...store, snapshots: withArtifacts(database, store) });
  }

  /** Whether rows and files were joined, so that asking for them again costs little. */
  get hasInventory(): boolean {
    return this.#joined !== null;
  }

  /** Whether it is still what was joined last, so that nothing in it has been changed. */
  isCurrent({ references }: Inventory): boolean {
    return this.#joined?.inventory.references === references;
  }

  /** For showing: what was read last, as long as neither rows nor files changed since. */
  inventory(): Inventory {
    const ahead = this.#joined === null ? this.#reader.lookAhead() : null;
    try {
      const begun = ahead === null ? null : this.#joinAhead();
      return this.#joinOnce(this.#read({ locks: 'listed', isForShowing: true, ahead }), 'showing', begun)
        .inventory;
    } finally {
      ahead?.close();
    }
  }

  #joinAhead(): JoinAhead {
    const counter = this.changeCounter();
    const rows = this.#readRows();
    return { counter, rows, complete: this.#beginJoin(rows.snapshot) };
  }

  /**
   * As `inventory`, but of a large cache whose folders and rows show no sign of change since the last time nothing is
   * looked at again; files that grow, and locks, give no such sign.
   */
  glance(): Inventory {
    if (this.#isSmall()) return this.inventory();
    const signs = readStoreSigns(this.#paths);
    const last = this.#joined;
    const isSame = last !== null && this.#glanced?.id === last.id && this.#glanced.text === signs.text;
    if (isSame && last.counter === this.changeCounter()) return last.inventory;
    const inventory = this.inventory();
    this.#glanced =
      signs.isSettled && this.#joined !== null ? { id: this.#joined.id, text: signs.text } : null;
    return inventory;
  }

  /** Joined anew only when rows or files differ from the last time; as of now in any case. */
  #joinOnce(store: StoreSnapshot, purpose: 'showing' | 'planning', begun: JoinAhead | null = null): Joined {
    // Asked for before the rows are read: what is written in between makes the next call read them again.
    const counter = this.changeCounter();
    const last = purpose === 'planning' && this.#joined?.isPatched ? null : this.#joined;
    if (last !== null && this.#isOf(last, store, counter)) {
      const inventory = { ...last.inventory, nowMs: Date.now() };
      this.#joined = { ...last, inventory };
      return this.#joined;
    }
    this.#joins += 1;
    const ahead = begun?.counter === counter ? begun : null;
    const rows = ahead?.rows ?? this.#rowsAsOf(counter, purpose);
    // What was changed in place is not to be taken for whole when something fails on the way.
    this.#joined = null;
    const patched = last !== null && purpose === 'showing' ? this.#patched(last, store, rows) : null;
    const inventory = patched ?? ahead?.complete(store) ?? this.join(rows.snapshot, store);
    const isPatched = patched !== null || !rows.areReadAnew;
    this.#joined = { inventory, store, counter, id: this.#joins, isPatched };
    return this.#joined;
  }

  /** Null when more has changed than can be followed. */
  #patched(
    last: Joined,
    store: StoreSnapshot,
    { snapshot: database, changes: rows }: ReadRows,
  ): Inventory | null {
    const areFollowed = database === last.inventory.database || rows !== null;
    if (!areFollowed || !hasSameArtifacts(last.inventory, database, store)) return null;
    const { snapshots } = last.inventory.store;
    const now = { database, rows, store: { ...store, snapshots }, nowMs: Date.now(), referenceKey };
    return withChanges(last.inventory, now);
  }

  #isOf(joined: Joined, store: StoreSnapshot, counter: string): boolean {
    const { inventory } = joined;
    const isSame = joined.store === store && joined.counter === counter;
    return isSame && hasSameArtifacts(inventory, inventory.database, store);
  }

  #draft(action: PlanAction, store: StoreSnapshot): Draft {
    const { inventory, id } = this.#joinOnce(store, 'planning');
    const draft = planAction(inventory, action);
    this.#madeOf.set(draft, id);
    return draft;
  }

  stands(draft: Draft, store: StoreSnapshot): boolean {
    const joined = this.#joined;
    if (joined === null || this.#madeOf.get(draft) !== joined.id) return false;
    return this.#isOf(joined, store, this.changeCounter());
  }

  /**
   * The rows, and how they differ from those of the last inventory as far as that is known. What decides on deletions is
   * read anew, all of it, unless no row has changed since that was done.
   */
  #rowsAsOf(counter: string, purpose: 'showing' | 'planning'): JoinedRows {
    const last = this.#joined;
    const canKeep = last !== null && (purpose === 'showing' || !last.isPatched);
    if (canKeep && last.counter === counter && areLasting(last.inventory.database)) {
      return { snapshot: last.inventory.database, changes: null, areReadAnew: !last.isPatched };
    }
    const database = this.database();
    // Differences are those from what was read last, whatever that was for.
    const isLast = last !== null && last.inventory.database === this.#database?.rows.last;
    if (database === null || purpose === 'planning' || !isLast) return this.#readRows();
    const read = this.#database!.rows.read();
    return { ...read, areReadAnew: read.changes === null };
  }

  #readRows(): JoinedRows {
    const isThere = this.database() !== null;
    const read = isThere ? this.#database!.rows.readAnew() : { snapshot: EMPTY_SNAPSHOT, changes: null };
    return { ...read, areReadAnew: true };
  }

  /** By manifest row id. */
  labels(): ReadonlyMap<number, string> {
    const database = this.database();
    return database === null ? new Map() : this.#database!.labels.read(this.changeCounter());
  }

  /** Another text after every change of the database, ours included. */
  changeCounter(): string {
    const database = this.database();
    return database === null ? '' : `${this.#database!.opened}:${changeCounter(database)}`;
  }

  state(): HomeState {
    const { home, cacheDir, databaseFile } = this.#paths;
    const { schema, msbVersion, problem } = this.#schema();
    return {
      status: this.#status(),
      home,
      cacheDir,
      databaseFile,
      schema,
      msbVersion,
      readOnlyReasons: [...(problem === null ? [] : [problem]), ...this.#readOnlyReasons(schema)],
      canProbeLocks: canProbeLocks(),
      isSample: this.#isSample,
      movedFrom: movedFrom(this.#paths),
    };
  }

  #status(): HomeStatus {
    if (fileAt(this.#paths.home) === null) return 'no-home';
    if (fileAt(this.#paths.databaseFile) === null) return 'no-database';
    return fileAt(this.#paths.cacheDir) === null ? 'no-cache' : 'open';
  }

  #schema(): { schema: SchemaState; msbVersion: string | null; problem: string | null } {
    try {
      const database = this.database();
      if (database === null) return { schema: { kind: 'none' }, msbVersion: null, problem: null };
      const schema = readSchema(database);
      return { schema, msbVersion: schema.kind === 'known' ? schema.msbVersions : null, problem: null };
    } catch (error) {
      if (!(error instanceof CacheFailure)) throw error;
      return { schema: { kind: 'none' }, msbVersion: null, problem: describeProblem(error) };
    }
  }

  /** Why nothing may be removed now, as sentences. */
  #readOnlyReasons(schema: SchemaState): readonly string[] {
    const reasons: string[] = [];
    if (schema.kind === 'not-intact') reasons.push('The database is not laid out as Strata knows it.');
    const unfinished = findUnfinishedDowngrade(this.#paths.home);
    if (unfinished !== null) reasons.push(`msb has not finished changing its version (${unfinished}).`);
    if (existsSync(this.#paths.databaseFile)) {
      if (!isWritable(this.#paths.databaseFile)) reasons.push('The database file is not writable.');
      reasons.push(...this.#closedFolders());
    }
    return reasons;
  }

  /** Taking a file away needs leave to write in its folder, whoever owns the file. */
  #closedFolders(): readonly string[] {
    const { cacheDir } = this.#paths;
    if (existsSync(cacheDir) && !isWritable(cacheDir)) return ['The cache folder is not writable.'];
    return FOLDERS.filter((folder) => {
      const directory = path.join(cacheDir, folder);
      return existsSync(directory) && !isWritable(directory);
    }).map((folder) => `The folder ${folder} of the cache is not writable.`);
  }

  plan(action: PlanAction): Plan {
    // Every file is looked at and every lock tried.
    return this.#plans.add(action, this.#draft(this.#withPins(action), this.#reader.readFully()));
  }

  /** What a person pinned is pinned for every prune. */
  #withPins(action: PlanAction): PlanAction {
    if (action.kind !== 'prune') return action;
    const { pins } = this.settings.get().settings;
    if (pins.length === 0) return action;
    const pinned = [...new Set([...(action.policy.pinned ?? []), ...pins])];
    return { ...action, policy: { ...action.policy, pinned } };
  }

  /**
   * Applies the plan that was seen, or, without one, what the action means now.
   *
   * @throws CacheFailure `cache-missing`, `read-only`, `schema-unsupported`, `database-busy`, `world-changed`,
   * `in-use`, `not-found`.
   */
  async apply(
    action: PlanAction,
    how: { readonly planId?: string | undefined; readonly undoMinutes?: number | undefined },
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<Report> {
    return this.exclusively(async () => {
      const startMs = performance.now();
      const { planId, undoMinutes = this.settings.get().settings.undoMinutes } = how;
      const options = { signal, onProgress, undoMinutes };
      const seen = planId === undefined ? null : this.#plans.get(planId, action);
      const report =
        seen === null
          ? await this.#applyUnseen(action, options)
          : await this.#applySeen(action, seen, options);
      if (planId !== undefined) this.#plans.forget(planId);
      const problem = recordRemoval(this, report, performance.now() - startMs);
      return problem === null ? report : { ...report, notes: [...report.notes, problem] };
    });
  }

  /**
   * Runs what changes the cache: one such thing at a time.
   *
   * @throws CacheFailure `removal-under-way`, `cache-missing`, `read-only`, `schema-unsupported`, `database-busy`.
   */
  async exclusively<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#isApplying) throw new CacheFailure({ code: 'removal-under-way' });
    this.#isApplying = true;
    try {
      await this.#refuseUnlessWritable();
      return await work();
    } finally {
      this.#isApplying = false;
    }
  }

  async #applySeen(action: PlanAction, seen: Draft, options: ApplyOptions): Promise<Report> {
    const pinned = this.#withPins(action);
    // Another window may have pinned an image since, which neither rows nor files tell.
    if (pinned !== action) this.forgetInventory();
    try {
      return await applyDraft(this, pinned, seen, options);
    } catch (error) {
      if (!(error instanceof WorldChanged)) throw error;
      const plan = this.#plans.add(action, error.draft);
      throw new CacheFailure({ code: 'world-changed', ...error.difference, plan });
    }
  }

  /** Nobody saw this plan, so a world that moves only means planning again. */
  async #applyUnseen(action: PlanAction, options: ApplyOptions): Promise<Report> {
    const pinned = this.#withPins(action);
    for (let attempt = 1; ; attempt += 1) {
      const draft = this.#draft(pinned, this.readStore());
      try {
        return await applyDraft(this, pinned, draft, options);
      } catch (error) {
        if (!(error instanceof WorldChanged)) throw error;
        if (attempt < ATTEMPTS) continue;
        const plan = this.#plans.add(action, error.draft);
        throw new CacheFailure({ code: 'world-changed', ...error.difference, plan });
      }
    }
  }

  async #refuseUnlessWritable(): Promise<void> {
    const database = this.database();
    if (database === null) throw new CacheFailure({ code: 'cache-missing', path: this.#paths.databaseFile });
    const schema = readSchema(database);
    if (schema.kind === 'not-intact') {
      throw new CacheFailure({ code: 'schema-unsupported', differences: schema.differences });
    }
    const reasons = this.#readOnlyReasons(schema);
    if (reasons.length > 0) throw new CacheFailure({ code: 'read-only', reasons });
    const lease = await lastingInstallLease(database);
    if (lease !== null) {
      throw new CacheFailure({
        code: 'read-only',
        reasons: [`msb is installing or migrating until ${lease}.`],
      });
    }
  }
}

/**
 * When the install lease ends, if somebody keeps it: every msb that opens the database holds it for a moment, which is
 * waited for.
 */
async function lastingInstallLease(database: ReadableDatabase): Promise<string | null> {
  const endMs = performance.now() + OPENING_MS;
  let lease = readInstallLeaseExpiry(database);
  while (lease !== null && performance.now() < endMs) {
    await delay(LOOK_EVERY_MS);
    lease = readInstallLeaseExpiry(database);
  }
  return lease;
}

/** Leases end by the clock, and where something is wrong with a row it is looked at again. */
function areLasting({ installLeaseExpiresAt, damagedRows }: DatabaseSnapshot): boolean {
  return installLeaseExpiresAt === null && damagedRows.length === 0;
}

/** Snapshots may lie anywhere, and no folder of ours tells when they change. */
function hasSameArtifacts(known: Inventory, database: DatabaseSnapshot, store: StoreSnapshot): boolean {
  return JSON.stringify(withArtifacts(database, store)) === JSON.stringify(known.store.snapshots);
}

/** Snapshots on disk: those below the snapshots folder, and what lies wherever the index says one is. */
function withArtifacts(database: DatabaseSnapshot, store: StoreSnapshot): StoreSnapshot['snapshots'] {
  const known = new Set(store.snapshots.map((artifact) => artifact.path));
  const elsewhere = database.snapshots.flatMap(({ artifactPath }) => {
    if (artifactPath === null || known.has(artifactPath)) return [];
    return readSnapshotArtifact(artifactPath) ?? [];
  });
  return [...store.snapshots, ...elsewhere];
}

/** What the system does not let us look at is there all the same: opening it then says what is wrong. */
const HIDDEN = 'hidden';

/** Which file is at the path, by device and inode; null when there is none. */
function fileAt(file: string): string | null {
  try {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
  } catch {
    return HIDDEN;
  }
}

function refuseUnlessFolder(home: string): void {
  let isFolder: boolean | undefined;
  try {
    isFolder = statSync(home, { throwIfNoEntry: false })?.isDirectory();
  } catch (cause) {
    throw invalidPath(
      `cannot be opened: ${describeSystemError((cause as NodeJS.ErrnoException).code ?? 'unknown error')}`,
    );
  }
  if (isFolder === undefined) throw new CacheFailure({ code: 'cache-missing', path: home });
  if (!isFolder) throw invalidPath('is not a folder');
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function invalidPath(message: string): CacheFailure {
  return new CacheFailure({ code: 'invalid-input', issues: [{ path: 'path', message }] });
}

function describeProblem(failure: CacheFailure): string {
  const { error } = failure;
  switch (error.code) {
    case 'damaged':
      return `The database ${error.file} cannot be read: ${error.detail}`;
    case 'database-busy':
      return `The database ${error.file} was locked for ${error.waitedMs} ms.`;
    case 'read-only':
      return error.reasons.join(' ');
    default:
      return 'The database cannot be opened.';
  }
}

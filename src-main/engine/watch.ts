import { createHash, randomUUID } from 'node:crypto';
import { NO_WORK, type Work } from '../../src-shared/domain/work.ts';
import type { WatchItem } from '../../src-shared/ipc/contract.ts';
import type { HomePaths } from './home/paths.ts';
import type { Inventory } from './inventory/inventory.ts';
import type { Session } from './session.ts';
import { readStoreSigns } from './signs.ts';
import { LockSigns } from './store/index.ts';
import { completeLayers, readWork } from './work.ts';

/** How often the few cheap signs of change are looked at. */
const INTERVAL_MS = 400;
/**
 * While msb is at work: a process that was killed gives no sign of it but that it is gone. And how long news may go on
 * coming before it is looked into all the same.
 */
const BUSY_INTERVAL_MS = 2000;
/** How long the first look at what msb does waits for somebody to need the inventory anyway. */
const FIRST_LOOK_MS = 500;

/** Counters of the database start anew with every engine: another engine's signs are never ours. */
const ENGINE = randomUUID();

/**
 * Says when rows or files changed since `since` (null: since now) and what msb is at work on, until the signal aborts.
 * Nothing is scanned: a look is one pragma, a dozen stat calls, the kernel's short list of locks, and the lengths of
 * the files msb is writing. Names appear in a directory by changing its modification time; msb publishes everything
 * by rename.
 */
export async function watchCache(
  session: Session,
  since: string | null,
  signal: AbortSignal,
  emit: (item: WatchItem) => void,
): Promise<void> {
  let sign = signOf(session);
  emit({ kind: since === null || since === sign ? 'watching' : 'changed', sign });
  const follower = new WorkFollower(session);
  let told: string | null = null;
  while (!signal.aborted) {
    const now = signOf(session);
    const hasChanged = now !== sign;
    sign = now;
    if (hasChanged) emit({ kind: 'changed', sign });
    const work = follower.look(hasChanged);
    const text: string | null = work === null ? told : JSON.stringify(work);
    if (work !== null && text !== told) emit({ kind: 'work', work });
    told = text;
    await pause(signal);
  }
}

/**
 * Remembers which layers there were before the work began. Joins rows and files anew only when there is news, and once
 * that has settled: it may keep the engine busy for a second, in which nobody could be told of, or read, the next row.
 */
class WorkFollower {
  readonly #session: Session;
  readonly #startMs = performance.now();
  #paths: HomePaths;
  #locks: LockSigns;
  /** The locks of the cache that were held at the last look. */
  #seen = '';
  #inventory: Inventory | null = null;
  #joinedMs = 0;
  /** Since when there is news that was not joined; null without any. */
  #newsMs: number | null = null;
  #before: ReadonlySet<string> = new Set();

  constructor(session: Session) {
    this.#session = session;
    this.#paths = session.paths;
    this.#locks = new LockSigns(session.paths);
  }

  /** Null while it is not known. */
  look(hasChanged: boolean): Work | null {
    try {
      if (this.#session.paths !== this.#paths) this.#forget();
      if (this.#isDue(hasChanged)) this.#join();
      return this.#inventory === null ? null : this.#work(this.#inventory);
    } catch {
      // Unreadable just now, which other calls say.
      this.#inventory = null;
      return NO_WORK;
    }
  }

  #forget(): void {
    this.#inventory = null;
    this.#newsMs = null;
    this.#paths = this.#session.paths;
    this.#locks = new LockSigns(this.#paths);
  }

  #isDue(hasChanged: boolean): boolean {
    const nowMs = performance.now();
    if (this.#inventory === null) {
      return this.#session.hasInventory || nowMs - this.#startMs >= FIRST_LOOK_MS;
    }
    const held = this.#locks.read(this.#inventory.store.entries);
    const isNews = hasChanged || held !== this.#seen;
    this.#seen = held;
    if (isNews) this.#newsMs ??= nowMs;
    if (this.#newsMs !== null) return !isNews || nowMs - this.#newsMs >= BUSY_INTERVAL_MS;
    return this.#inventory.inFlight.length > 0 && nowMs - this.#joinedMs >= BUSY_INTERVAL_MS;
  }

  #join(): void {
    const next = this.#session.inventory();
    if (this.#inventory === null || next.inFlight.length === 0) this.#before = completeLayers(next);
    this.#inventory = next;
    this.#joinedMs = performance.now();
    this.#newsMs = null;
    this.#seen = this.#locks.read(next.store.entries);
  }

  #work(inventory: Inventory): Work {
    if (inventory.inFlight.length === 0) return NO_WORK;
    return readWork(this.#paths.cacheDir, inventory, this.#before);
  }
}

function signOf(session: Session): string {
  const { paths } = session;
  const content = [ENGINE, paths.home, counterOf(session), readStoreSigns(paths).text].join(' ');
  return createHash('sha256').update(content).digest('base64url');
}

/** A database that cannot be read just now is itself a state worth telling apart. */
function counterOf(session: Session): string {
  try {
    return session.changeCounter();
  } catch {
    return 'unreadable';
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, INTERVAL_MS);
    signal.addEventListener('abort', done);
  });
}

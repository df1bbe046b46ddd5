import type { ReadableDatabase } from './connection.ts';
import { type ImageRowChanges, ImageTables } from './image-tables.ts';
import { LogFollower } from './log-follower.ts';
import type { DatabaseSnapshot } from './rows.ts';
import { completeSnapshot } from './snapshot.ts';
import { TableReader } from './table-reader.ts';

export interface ReadRows {
  readonly snapshot: DatabaseSnapshot;
  /** What differs from the last reading; null when everything was read anew and nobody compared. */
  readonly changes: ImageRowChanges | null;
}

/** The rows of one open database, kept current for showing: see `LogFollower`. */
export class KeptRows {
  readonly #database: ReadableDatabase;
  readonly #follower: LogFollower;
  #tables = new ImageTables();
  #last: DatabaseSnapshot | null = null;

  constructor(database: ReadableDatabase) {
    this.#database = database;
    this.#follower = new LogFollower(database);
  }

  /** What was read last; null before. */
  get last(): DatabaseSnapshot | null {
    return this.#last;
  }

  /** As `read`, with every row read. */
  readAnew(nowMs: number = Date.now()): ReadRows {
    this.#follower.forget();
    return this.read(nowMs);
  }

  /**
   * All rows as `readSnapshot` would read them now. Where something is wrong with one, all are read anew.
   *
   * @throws CacheFailure As `readSnapshot`.
   */
  read(nowMs: number = Date.now()): ReadRows {
    const read = this.#follower.read<ReadRows>(
      (written) => this.#follow(written, nowMs),
      () => this.#readWhole(nowMs),
    );
    this.#last = read.snapshot;
    return read;
  }

  #readWhole(nowMs: number): { value: ReadRows; canFollow: boolean } {
    const reader = new TableReader(this.#database);
    this.#tables = new ImageTables();
    const snapshot = completeSnapshot(reader, this.#tables.readWhole(reader), nowMs);
    const canFollow = snapshot.damagedRows.length === 0 && this.#tables.locate(reader);
    return { value: { snapshot, changes: null }, canFollow };
  }

  #follow(written: ReadonlySet<number>, nowMs: number): ReadRows | null {
    const reader = new TableReader(this.#database);
    const followed = this.#tables.follow(reader, written);
    if (followed === null) return null;
    const snapshot = completeSnapshot(reader, followed.rows, nowMs);
    return snapshot.damagedRows.length > 0 ? null : { snapshot, changes: followed.changes };
  }
}

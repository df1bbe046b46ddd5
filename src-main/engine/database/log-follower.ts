import type { ReadableDatabase } from './connection.ts';
import { isStillAt, type LogPosition, pagesSince, readLogPosition } from './log-pages.ts';

/**
 * Remembers up to where the write-ahead log was read, so that only rows on pages written since are read the next time. It
 * is everything again whenever that cannot be told for certain: the log has started over, or the schema changed.
 */
export class LogFollower {
  readonly #database: ReadableDatabase;
  /** Null when only reading everything helps. */
  #known: { readonly position: LogPosition; readonly schema: unknown } | null = null;

  constructor(database: ReadableDatabase) {
    this.#database = database;
  }

  forget(): void {
    this.#known = null;
  }

  /**
   * Runs one of the two in a read transaction.
   *
   * @param follow Takes the pages written since; null when everything is to be read after all.
   * @param readWhole With whether what it read can be followed from there.
   */
  read<T>(
    follow: (written: ReadonlySet<number>) => T | null,
    readWhole: () => { readonly value: T; readonly canFollow: boolean },
  ): T {
    const position = readLogPosition(this.#database);
    return this.#database.inReadTransaction(() => {
      const known = this.#known;
      // Until this reading has come to its end nobody knows what is kept.
      this.#known = null;
      const schema = this.#database.row('PRAGMA schema_version')?.[0];
      const isSameSchema = known !== null && known.schema === schema;
      const written = isSameSchema ? pagesSince(this.#database, known.position) : null;
      const followed = written === null ? null : follow(written);
      const { value, canFollow } = followed === null ? readWhole() : { value: followed, canFollow: true };
      if (canFollow && position !== null && isStillAt(this.#database, position)) {
        this.#known = { position, schema };
      }
      return value;
    });
  }
}

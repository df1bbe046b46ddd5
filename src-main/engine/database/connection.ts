import { statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { CacheFailure } from '../failure.ts';
import { busyTimeoutMs, translateSqliteError } from './sqlite-errors.ts';

/** A row as SQLite gives it: text, numbers, bytes or null in the order of the SELECT list. */
export type RawRow = readonly unknown[];

/**
 * Opens `msb.db` for reading: content still in `-wal` included, nothing created, nothing written. SQLite itself puts
 * an empty `-shm` beside a database whose folder allows it, as every reader does.
 *
 * @param file Absolute.
 * @throws CacheFailure `cache-missing` when there is no file; `damaged` when it is not a database or cannot be read;
 * `database-busy`.
 */
export function openReadableDatabase(file: string): ReadableDatabase {
  return new ReadableDatabase(file, connect(file, true));
}

/**
 * Opens `msb.db` for a removal, with msb's own settings save one: a commit is on the disk before it returns
 * (`synchronous = FULL`), for files go right after it and must not outlive their rows' return after a power cut.
 * Never creates or migrates.
 *
 * @throws CacheFailure As `openReadableDatabase`, and `read-only`.
 */
export function openWritableDatabase(file: string): WritableDatabase {
  return new WritableDatabase(file, connect(file, false));
}

/** The version of SQLite that is built in. */
export function sqliteVersion(): string {
  const memory = new Database(':memory:');
  try {
    return memory.prepare('SELECT sqlite_version()').pluck().get() as string;
  } finally {
    memory.close();
  }
}

/** An open database that can only be asked. Every method throws `CacheFailure` where SQLite fails. */
export class ReadableDatabase {
  readonly file: string;
  readonly #connection: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #remembered = new Map<string, unknown>();
  #schemaVersion: unknown = null;
  #isReading = false;
  /** While a read transaction of ours is open, in which no schema changes. */
  #knowsSchema = false;

  constructor(file: string, connection: Database.Database) {
    this.file = file;
    this.#connection = connection;
  }

  rows(sql: string, ...values: readonly unknown[]): readonly RawRow[] {
    return this.attempt(
      () =>
        this.statement(sql)
          .raw()
          .all(...values) as RawRow[],
    );
  }

  row(sql: string, ...values: readonly unknown[]): RawRow | null {
    return this.attempt(
      () =>
        (this.statement(sql)
          .raw()
          .get(...values) as RawRow | undefined) ?? null,
    );
  }

  /** Hands over rows one by one, so that those before the point where a damaged file breaks off are not lost. */
  eachRow(sql: string, take: (row: RawRow) => void): void {
    this.attempt(() => {
      for (const row of this.statement(sql).raw().iterate()) take(row as RawRow);
    });
  }

  /** One view of the database for everything `work` reads; part of the transaction that is open, if one is. */
  inReadTransaction<T>(work: () => T): T {
    if (this.#connection.inTransaction) return work();
    return this.attempt(() => {
      this.statement('BEGIN').run();
      this.#isReading = true;
      try {
        return work();
      } finally {
        this.#isReading = false;
        this.#knowsSchema = false;
        // There is nothing to commit, and after a damaged page a commit would fail.
        if (this.#connection.inTransaction) this.statement('ROLLBACK').run();
      }
    });
  }

  /** `compute` anew only when the schema has changed: msb may migrate the database while we have it open. */
  perSchema<T>(key: string, compute: () => T): T {
    if (!this.#knowsSchema) this.#forgetOldSchema();
    if (!this.#remembered.has(key)) this.#remembered.set(key, compute());
    return this.#remembered.get(key) as T;
  }

  #forgetOldSchema(): void {
    const version = this.row('PRAGMA schema_version')?.[0];
    if (version !== this.#schemaVersion) this.#remembered.clear();
    this.#schemaVersion = version;
    this.#knowsSchema = this.#isReading;
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  protected attempt<T>(work: () => T): T {
    const startMs = performance.now();
    try {
      return work();
    } catch (error) {
      throw translateSqliteError(error, this.file, performance.now() - startMs);
    }
  }

  protected statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  protected get connection(): Database.Database {
    return this.#connection;
  }
}

/** A database that may be changed. Only a removal holds one. */
export class WritableDatabase extends ReadableDatabase {
  /** Answers the number of rows changed. */
  change(sql: string, ...values: readonly unknown[]): number {
    return this.attempt(() => this.statement(sql).run(...values).changes);
  }

  /** See `inImmediateTransaction`. */
  inImmediateTransaction<T>(work: () => T): T {
    return this.attempt(() => this.connection.transaction(work).immediate());
  }
}

function connect(file: string, readonly: boolean): Database.Database {
  refuseUnlessRegularFile(file);
  const startMs = performance.now();
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { readonly, fileMustExist: true, timeout: busyTimeoutMs });
    connection.pragma('foreign_keys = ON');
    // Functions in views, triggers and indexes of a file that may be anybody's do not run.
    connection.pragma('trusted_schema = OFF');
    // Finds a damaged page when it is read, not when its content is used.
    connection.pragma('cell_size_check = ON');
    if (!readonly) {
      connection.pragma('synchronous = FULL');
      // A removal is wanted most when the disk is full.
      connection.pragma('temp_store = MEMORY');
    }
    // The first statement that looks into the file: what is not a database, or needs recovery, fails here.
    connection.pragma('schema_version');
    return connection;
  } catch (error) {
    connection?.close();
    throw translateSqliteError(error, file, performance.now() - startMs);
  }
}

/** SQLite would wait for ever at a FIFO, and answers a missing file and a forbidden one alike. */
function refuseUnlessRegularFile(file: string): void {
  let isFile: boolean;
  try {
    isFile = statSync(file).isFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CacheFailure({ code: 'cache-missing', path: file }, { cause: error });
    const detail =
      code === 'EACCES'
        ? `A folder above ${path.basename(file)} does not let us in.`
        : `${(error as Error).message}.`;
    throw new CacheFailure({ code: 'damaged', file, detail }, { cause: error });
  }
  if (!isFile)
    throw new CacheFailure({
      code: 'damaged',
      file,
      detail: `${path.basename(file)} is not a regular file.`,
    });
}

import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { CacheError } from '../../../src-shared/ipc/cache-error.ts';
import { CacheFailure } from '../failure.ts';

type SqliteError = InstanceType<typeof Database.SqliteError>;

/** How long SQLite waits for another process's lock: as long as msb does. */
export const busyTimeoutMs = 5000;

/**
 * What SQLite says, as a failure a person can be told; anything that is not SQLite's, or is a defect of ours, comes
 * back unchanged.
 *
 * @param waitedMs How long the failed call took.
 */
export function translateSqliteError(error: unknown, file: string, waitedMs: number): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const told = describe(error, file, waitedMs);
  return told === null ? error : new CacheFailure(told, { cause: error });
}

/** True for damage of the file's content, where the rest of it may still be readable. */
export function isCorruption(error: unknown): boolean {
  const cause = error instanceof CacheFailure ? error.cause : error;
  return cause instanceof Database.SqliteError && primaryCode(cause) === 'SQLITE_CORRUPT';
}

function describe(error: SqliteError, file: string, waitedMs: number): CacheError | null {
  switch (primaryCode(error)) {
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
    case 'SQLITE_PROTOCOL':
      return { code: 'database-busy', file, waitedMs: Math.round(waitedMs) };
    case 'SQLITE_CORRUPT':
      return damaged(file, `Part of ${path.basename(file)} is damaged (${error.message}).`);
    case 'SQLITE_NOTADB':
      return damaged(file, `${path.basename(file)} is not an SQLite database.`);
    case 'SQLITE_IOERR':
      return damaged(
        file,
        isDiskFull(file)
          ? 'The disk is full, and SQLite needs 32 KB beside the database to read it: free some space first.'
          : `${path.basename(file)} could not be read or written (${error.code}).`,
      );
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return damaged(file, whyNotOpened(file));
    case 'SQLITE_READONLY':
      if (error.code === 'SQLITE_READONLY_DIRECTORY') return damaged(file, whyNotOpened(file));
      return { code: 'read-only', reasons: [`The database ${file} cannot be written to.`] };
    case 'SQLITE_FULL':
      return { code: 'read-only', reasons: [`The disk is full: ${file} could not be written.`] };
    case 'SQLITE_ERROR':
      return schemaError(error.message, file);
    default:
      return null;
  }
}

/** Missing tables and columns are the schema's fault, not ours: what we read is checked, but msb may migrate meanwhile. */
function schemaError(message: string, file: string): CacheError | null {
  if (/^no such (table|column)/.test(message)) {
    return { code: 'schema-unsupported', differences: [`The database has ${message}.`] };
  }
  // A table we do not know points at a column that an image table has not: SQLite then deletes from neither.
  if (message.startsWith('foreign key mismatch')) {
    return { code: 'schema-unsupported', differences: [`The database has a ${message}.`] };
  }
  if (message === 'unsupported file format')
    return damaged(file, `${path.basename(file)} has a format that SQLite does not know.`);
  return null;
}

/** SQLite reads a database in write-ahead mode only when it can map, or make, the `-shm` file beside it. */
function whyNotOpened(file: string): string {
  if (!isAllowed(file, constants.R_OK)) return `The permission to read ${path.basename(file)} is denied.`;
  if (!isAllowed(path.dirname(file), constants.W_OK) && !existsSync(`${file}-shm`)) {
    return 'Its folder cannot be written to, and SQLite needs the file msb.db-shm there to read it: run any msb command once as its owner, or make the folder writable.';
  }
  return `SQLite cannot open ${path.basename(file)} or the files beside it.`;
}

function isDiskFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(file));
    return bavail * bsize < 64 * 1024;
  } catch {
    return false;
  }
}

function isAllowed(file: string, mode: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}

function damaged(file: string, detail: string): CacheError {
  return { code: 'damaged', file, detail };
}

/** `SQLITE_BUSY_SNAPSHOT` is a kind of `SQLITE_BUSY`. */
function primaryCode(error: SqliteError): string {
  return error.code.split('_').slice(0, 2).join('_');
}

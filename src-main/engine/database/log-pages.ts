import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { SETTLED, settledAt } from '../settled.ts';
import type { ReadableDatabase } from './connection.ts';

/**
 * A point in the write-ahead log (https://sqlite.org/fileformat.html, section 4): its header, which is another one each
 * time the log starts over, and how many frames it had. A frame is one page as a commit left it. Of a log that was empty, which
 * has no header, what the database file looked like: every page written since is in the log for as long as nothing was copied
 * from there into that file.
 */
export type LogPosition =
  | { readonly header: Buffer; readonly frames: number }
  | { readonly header: null; readonly database: string };

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** More frames than this, and reading everything takes hardly longer. */
const MOST_FRAMES = 2000;
const NO_PAGES: ReadonlySet<number> = new Set();
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Where the log is now; null when there is none, or it cannot be told. To be asked outside of a transaction, and before
 * it: what the transaction then reads has this many frames or more, as long as `isStillAt` says so within it.
 */
export function readLogPosition(database: ReadableDatabase): LogPosition | null {
  const header = readLogHeader(database);
  if (header === null) {
    // Whatever is written from here on is in the log while this stays the same, also when the log is not empty any more.
    const sign = readDatabaseSign(database);
    return sign === null ? null : { header, database: sign };
  }
  // Looks at the log, copies nothing of it.
  const [isBusy, frames] = database.row('PRAGMA wal_checkpoint(NOOP)') ?? [];
  const isKnown = isBusy === 0 && typeof frames === 'number' && frames >= 0;
  return isKnown ? { header, frames } : null;
}

/** False when the log has started over since. */
export function isStillAt(database: ReadableDatabase, position: LogPosition): boolean {
  if (position.header === null) return readDatabaseSign(database) === position.database;
  return readLogHeader(database)?.equals(position.header) === true;
}

/**
 * Every page that a commit between the position and the read transaction that is open has written, and perhaps some
 * that one under way has. Null when the log has started over, or has too much to be worth it.
 *
 * The file is read beside SQLite, which never locks it: closing a file that SQLite has locked would take its locks
 * away, so neither the database nor its `-shm` may be opened here.
 */
export function pagesSince(database: ReadableDatabase, position: LogPosition): ReadonlySet<number> | null {
  if (position.header === null) {
    const header = readLogHeader(database);
    const pages = header === null ? NO_PAGES : pagesSince(database, { header, frames: 0 });
    return isStillAt(database, position) ? pages : null;
  }
  const { header, frames } = position;
  return withLog(database.file, (log) => {
    const pages = readHeader(log)?.equals(header) ? pagesAfter(log, header, frames) : null;
    // Whoever starts the log over writes its header first: as it is the old one still, so was all that was read.
    return readHeader(log)?.equals(header) ? pages : null;
  });
}

/**
 * Another one once something was copied from the log into the database file. Null while that could have happened so shortly
 * before that it would not show.
 */
function readDatabaseSign(database: ReadableDatabase): string | null {
  try {
    const stats = lstatSync(realpathSync(database.file), { bigint: true });
    if (settledAt(stats.mtimeNs, Date.now()) < SETTLED) return null;
    return `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs}`;
  } catch {
    return null;
  }
}

function pagesAfter(log: number, header: Buffer, start: number): ReadonlySet<number> | null {
  const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(8);
  const salts = header.subarray(16, 24);
  const pages = new Set<number>();
  const frame = Buffer.alloc(FRAME_HEADER_BYTES);
  for (let index = start; ; index += 1) {
    const read = readSync(log, frame, 0, FRAME_HEADER_BYTES, HEADER_BYTES + index * frameBytes);
    // What lies behind the last commit is older, of a log that has been started over since.
    if (read < FRAME_HEADER_BYTES || !frame.subarray(8, 16).equals(salts)) return pages;
    if (index - start >= MOST_FRAMES) return null;
    pages.add(frame.readUInt32BE(0));
  }
}

function readLogHeader(database: ReadableDatabase): Buffer | null {
  return withLog(database.file, readHeader);
}

function readHeader(log: number): Buffer | null {
  const header = Buffer.alloc(HEADER_BYTES);
  return readSync(log, header, 0, HEADER_BYTES, 0) === HEADER_BYTES ? header : null;
}

function withLog<T>(databaseFile: string, work: (log: number) => T | null): T | null {
  let log: number | undefined;
  try {
    // SQLite keeps the log beside the file itself, where the path is a link.
    log = openSync(`${realpathSync(databaseFile)}-wal`, FLAGS);
    return fstatSync(log).isFile() ? work(log) : null;
  } catch {
    return null;
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

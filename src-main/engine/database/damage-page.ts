import { closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Overwrites a leaf page in the middle of a table's b-tree with noise. The write-ahead log is emptied before. */
export function damagePageOf(file: string, table: string): void {
  const page = middleLeaf(file, table);
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096);
  } finally {
    closeSync(descriptor);
  }
}

/** Interior pages hold a four-byte child number at each cell (https://sqlite.org/fileformat.html, section 1.6). */
function middleLeaf(file: string, table: string): number {
  const database = new Database(file);
  database.pragma('wal_checkpoint(TRUNCATE)');
  const root = database
    .prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?')
    .pluck()
    .get(table) as number;
  const pages = database.serialize();
  database.close();
  const at = (root - 1) * 4096;
  if (pages[at] !== 5) throw new Error(`${table} has one page only`);
  const cells = pages.readUInt16BE(at + 3);
  const cell = pages.readUInt16BE(at + 12 + 2 * Math.floor(cells / 2));
  return pages.readUInt32BE(at + cell);
}

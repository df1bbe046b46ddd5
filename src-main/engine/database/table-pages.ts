import type { ReadableDatabase } from './connection.ts';
import { columnsOf } from './tables.ts';

/** A page with rows of a table, in the order of the rows' ids. */
export interface LeafPage {
  readonly page: number;
  /** How many rows begin on it. */
  readonly rows: number;
  /** Pages with the rest of rows that are too long for one. */
  readonly overflow: readonly number[];
}

export interface TablePages {
  readonly leaves: readonly LeafPage[];
  /** All of them, those that only lead to others included. */
  readonly all: ReadonlySet<number>;
}

/**
 * Which pages a table's rows are on, as of the transaction that is open. Null when that cannot be told: no such table, one
 * whose rows do not lie in the order of `id`, or a damaged page.
 */
export function readTablePages(database: ReadableDatabase, table: string): TablePages | null {
  if (!isKeyedById(database, table)) return null;
  const found = database.rows('SELECT pageno, pagetype, ncell, path FROM dbstat WHERE name = ?', table);
  const leaves: (LeafPage & { overflow: number[] })[] = [];
  const byPath = new Map<string, number[]>();
  const all = new Set<number>();
  // In the order of the tree, overflow pages wherever.
  for (const [page, type, cells, path] of found) {
    if (type === 'corrupted') return null;
    all.add(page as number);
    if (type !== 'leaf') continue;
    const overflow: number[] = [];
    leaves.push({ page: page as number, rows: cells as number, overflow });
    byPath.set(path as string, overflow);
  }
  for (const [page, type, , path] of found) {
    if (type !== 'overflow') continue;
    // The path of the leaf, then `<cell>+<place in the chain>`.
    const leaf = byPath.get((path as string).slice(0, (path as string).lastIndexOf('/') + 1));
    if (leaf === undefined) return null;
    leaf.push(page as number);
  }
  return leaves.length === 0 ? null : { leaves, all };
}

/** Whether `id` is the row id itself: then there is no index of the primary key. */
function isKeyedById(database: ReadableDatabase, table: string): boolean {
  return database.perSchema(`key of ${table}`, () => {
    if (columnsOf(database, table)?.get('id')?.isPrimaryKey !== true) return false;
    return database.row(`SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'`, table) === null;
  });
}

/** Whether no two rows of the table have the same value in a column, as far as the schema goes. */
export function isUnique(database: ReadableDatabase, table: string, column: string): boolean {
  return database.perSchema(`unique ${table}.${column}`, () => {
    const indexes = database.rows(
      `SELECT i.name FROM pragma_index_list(?) i WHERE i."unique" = 1 AND i.partial = 0`,
      table,
    );
    return indexes.some(([index]) => {
      const columns = database.rows('SELECT name FROM pragma_index_info(?)', index);
      return columns.length === 1 && columns[0]![0] === column;
    });
  });
}

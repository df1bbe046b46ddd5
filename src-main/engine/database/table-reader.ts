import { CacheFailure } from '../failure.ts';
import type { RawRow, ReadableDatabase } from './connection.ts';
import type { DamagedRow } from './rows.ts';
import { isCorruption } from './sqlite-errors.ts';
import { columnsOf, selectList } from './tables.ts';

/** Reads whole tables of a database that may be damaged, and remembers what was wrong with them. */
export class TableReader {
  readonly damagedRows: DamagedRow[] = [];
  /** Tables that broke off: some of their rows are not known. */
  readonly incompleteTables: string[] = [];
  readonly database: ReadableDatabase;

  constructor(database: ReadableDatabase) {
    this.database = database;
  }

  /**
   * Every row of a table: its id (null in tables that have none), then the named columns with null for those this
   * schema lacks. Empty when there is no such table. In a damaged file: the rows before the first and after the last
   * damaged page.
   */
  rows(table: string, columns: readonly string[]): readonly RawRow[] {
    const found = columnsOf(this.database, table);
    if (found === null) return [];
    const list = selectList(found, 't', ['id', ...columns]);
    try {
      return this.database.rows(`SELECT ${list} FROM ${table} t`);
    } catch (error) {
      if (!isCorruption(error)) throw error;
      this.incompleteTables.push(table);
      this.note(table, null, 'some rows lie in a damaged part of the database file');
      return readAroundDamage(this.database, table, list);
    }
  }

  note(table: string, id: unknown, detail: string): void {
    this.damagedRows.push({ table, id: typeof id === 'number' ? id : null, detail });
  }
}

/** The rows of a table `t` from both ends, until the damage stops each. The row id follows the list. */
export function readAroundDamage(database: ReadableDatabase, table: string, list: string): readonly RawRow[] {
  const rows = new Map<unknown, RawRow>();
  for (const direction of ['ASC', 'DESC']) {
    try {
      const select = `SELECT ${list}, t.rowid FROM ${table} t ORDER BY t.rowid ${direction}`;
      database.eachRow(select, (row) => rows.set(row.at(-1), row));
    } catch (error) {
      if (!(error instanceof CacheFailure)) throw error;
    }
  }
  return [...rows.values()];
}

import type { ReadableDatabase } from './connection.ts';
import { text } from './values.ts';

export interface Column {
  /** The declared type, as written. */
  readonly type: string;
  readonly isPrimaryKey: boolean;
}

export interface ForeignKey {
  readonly table: string;
  /** Lower case: SQLite does not tell names apart by case. */
  readonly parent: string;
  /** A null `to` stands for the parent's primary key. */
  readonly columns: readonly { readonly from: string; readonly to: string | null }[];
  /** `CASCADE`, `RESTRICT`, `NO ACTION`, … */
  readonly onDelete: string;
}

/** The columns of a table by name in lower case; null when there is no such table. */
export function columnsOf(database: ReadableDatabase, table: string): ReadonlyMap<string, Column> | null {
  return database.perSchema(`columns of ${table}`, () => {
    const isTable = database.row(
      `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`,
      table,
    );
    if (isTable === null) return null;
    const rows = database.rows('SELECT name, type, pk FROM pragma_table_info(?)', table);
    return new Map(
      rows.map(([name, type, pk]) => [
        String(name).toLowerCase(),
        { type: text(type) ?? '', isPrimaryKey: pk !== 0 },
      ]),
    );
  });
}

/** Every foreign key of every table. */
export function foreignKeys(database: ReadableDatabase): readonly ForeignKey[] {
  return database.perSchema('foreign keys', () => {
    const rows = database.rows(
      `SELECT t.name, k.id, k."table", k."from", k."to", k.on_delete
       FROM sqlite_schema t, pragma_foreign_key_list(t.name) k
       WHERE t.type = 'table' ORDER BY t.name, k.id, k.seq`,
    );
    const keys = new Map<string, ForeignKey & { columns: { from: string; to: string | null }[] }>();
    for (const [table, id, parent, from, to, onDelete] of rows) {
      const name = `${id} ${table}`;
      const key = keys.get(name) ?? {
        table: String(table),
        parent: String(parent).toLowerCase(),
        columns: [],
        onDelete: String(onDelete),
      };
      key.columns.push({ from: String(from), to: text(to) });
      keys.set(name, key);
    }
    return [...keys.values()];
  });
}

/** A SELECT list of columns of `alias`, with NULL in place of those this release of msb does not have. */
export function selectList(
  columns: ReadonlyMap<string, Column>,
  alias: string,
  names: readonly string[],
): string {
  return names.map((name) => (columns.has(name) ? `${alias}.${name}` : 'NULL')).join(', ');
}

import type { SchemaState } from '../../../src-shared/domain/home.ts';
import type { ReadableDatabase } from './connection.ts';
import {
  type Affinity,
  affinityOf,
  type ExpectedForeignKey,
  type ExpectedTable,
  expectedForeignKeys,
  expectedTables,
  imageTables,
} from './expected-schema.ts';
import { msbVersionsOf, unknownMigrations } from './migrations.ts';
import { type Column, columnsOf, foreignKeys } from './tables.ts';

/**
 * How the database's schema relates to what we know. Tables, columns, their types and the foreign keys are compared
 * as SQLite understands them, never as text: an upgraded database spells types differently from a fresh one.
 *
 * Tables we do not know do not change the answer: where they point at image tables, their rows are holders
 * (`DatabaseSnapshot.unknownHolders`).
 */
export function readSchema(database: ReadableDatabase): SchemaState {
  return database.inReadTransaction(() => {
    const differences = findDifferences(database);
    if (differences.length > 0) return { kind: 'not-intact', differences };
    const applied = new Set(readMigrations(database));
    const msbVersions = msbVersionsOf(applied);
    if (msbVersions !== null) return { kind: 'known', msbVersions };
    return { kind: 'unknown-intact', unknownMigrations: unknownMigrations(applied) };
  });
}

/** `seaql_migrations.version`, sorted; empty when there is no such table. */
export function readMigrations(database: ReadableDatabase): readonly string[] {
  if (columnsOf(database, 'seaql_migrations')?.has('version') !== true) return [];
  const rows = database.rows('SELECT version FROM seaql_migrations');
  return rows.map(([version]) => String(version)).toSorted();
}

function findDifferences(database: ReadableDatabase): readonly string[] {
  if (columnsOf(database, 'image_ref') === null && columnsOf(database, 'image') !== null) {
    return ['The database is from msb 0.3 or older, which stored images in another way.'];
  }
  if (database.row(`SELECT 1 FROM sqlite_schema WHERE type = 'table'`) === null) {
    return ['The database is empty: msb has not made its tables in it.'];
  }
  const applied = new Set(readMigrations(database));
  const expected = expectedTables.filter(({ since }) => since === null || applied.has(since));
  return [
    ...(columnsOf(database, 'seaql_migrations') === null ? ['The table seaql_migrations is missing.'] : []),
    ...expected.flatMap((table) => compareTable(table, columnsOf(database, table.name))),
    ...expectedForeignKeys.flatMap((key) => compareForeignKey(database, key)),
    ...findTriggers(database),
  ];
}

function compareTable(
  { name, columns }: ExpectedTable,
  found: ReadonlyMap<string, Column> | null,
): readonly string[] {
  if (found === null) return [`The table ${name} is missing.`];
  return Object.entries(columns).flatMap(([column, affinity]) =>
    compareColumn(name, column, affinity, found),
  );
}

function compareColumn(
  table: string,
  name: string,
  affinity: Affinity,
  found: ReadonlyMap<string, Column>,
): readonly string[] {
  const column = found.get(name);
  if (column === undefined) return [`The column ${table}.${name} is missing.`];
  if (affinityOf(column.type) !== affinity) {
    const declared = JSON.stringify(column.type);
    return [`The column ${table}.${name} is declared ${declared} instead of ${affinity.toUpperCase()}.`];
  }
  if (name === 'id' && !column.isPrimaryKey) return [`The column ${table}.id is no longer the primary key.`];
  return [];
}

function compareForeignKey(database: ReadableDatabase, expected: ExpectedForeignKey): readonly string[] {
  const { table, from, parent, onDelete } = expected;
  // A missing table or column is already told.
  if (columnsOf(database, table)?.has(from) !== true) return [];
  const key = foreignKeys(database).find((candidate) => isSameKey(candidate, table, from));
  const to = key?.columns[0]?.to ?? 'id';
  if (key?.parent !== parent || to.toLowerCase() !== 'id') {
    return [`The column ${table}.${from} no longer points at ${parent}.id.`];
  }
  if (key.onDelete === onDelete) return [];
  return [
    `Deleting a row of ${parent} has another effect on ${table}: ${key.onDelete} instead of ${onDelete}.`,
  ];
}

function isSameKey(
  key: { readonly table: string; readonly columns: readonly { readonly from: string }[] },
  table: string,
  from: string,
): boolean {
  const [column] = key.columns;
  return key.table.toLowerCase() === table && key.columns.length === 1 && column?.from.toLowerCase() === from;
}

/** msb has none. One on a table we delete from would do something nobody announced. */
function findTriggers(database: ReadableDatabase): readonly string[] {
  const triggers = database.rows(`SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger'`);
  return triggers
    .filter(([, table]) => imageTables.includes(String(table).toLowerCase()))
    .map(([name, table]) => `The trigger ${name} acts on the table ${table}.`);
}

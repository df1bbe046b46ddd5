import { z } from 'zod';
import type { ReadableDatabase, RowsToDelete, WritableDatabase } from '../database/index.ts';
import { columnsOf } from '../database/tables.ts';

/**
 * The rows a removal deletes, column by column as SQLite stored them, and the digests behind the row ids they point
 * at: ids of rows that stay may be others by the time they are put back.
 */
export interface SavedRows {
  readonly tables: Readonly<Record<SavedTable, SavedTableRows>>;
  /** Diff IDs by layer row id, of every layer a saved link names. */
  readonly layerDigests: Readonly<Record<string, string>>;
  /** Manifest digests by row id, of every manifest a saved reference names. */
  readonly manifestDigests: Readonly<Record<string, string>>;
}

interface SavedTableRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SavedValue[])[];
}

/** Text and null stand for themselves; whatever JSON would change is spelled out with its SQLite type. */
type SavedValue = string | null | readonly ['integer' | 'real' | 'blob' | 'text', string];

const TABLES = ['layer', 'manifest', 'config', 'manifest_layer', 'image_ref'] as const;
type SavedTable = (typeof TABLES)[number];

/** Reads, in the transaction that is about to delete them, the rows of these ids and those that go along. */
export function saveRows(database: ReadableDatabase, ids: RowsToDelete): SavedRows {
  const { referenceIds, manifestIds, layerIds } = ids;
  const tables = {
    layer: readRows(database, 'layer', 'id', layerIds),
    manifest: readRows(database, 'manifest', 'id', manifestIds),
    config: readRows(database, 'config', 'manifest_id', manifestIds),
    manifest_layer: readRows(database, 'manifest_layer', 'manifest_id', manifestIds),
    image_ref: readRows(database, 'image_ref', 'id', referenceIds),
  };
  return {
    tables,
    layerDigests: digestsBehind(database, tables.manifest_layer, 'layer_id', 'layer', 'diff_id'),
    manifestDigests: digestsBehind(database, tables.image_ref, 'manifest_id', 'manifest', 'digest'),
  };
}

export function countRows({ tables }: SavedRows): number {
  return TABLES.reduce((sum, table) => sum + tables[table].rows.length, 0);
}

export function savedReferences({ tables }: SavedRows): readonly string[] {
  const { columns, rows } = tables.image_ref;
  const at = columns.indexOf('reference');
  return rows.flatMap((row) => (typeof row[at] === 'string' ? [row[at]] : []));
}

/**
 * Puts the rows back in the transaction that is open, with their own ids where those are free. A manifest or layer
 * that has come again meanwhile stays as it is: rows of one digest say the same.
 *
 * @returns why not, as sentences; empty when every row is back. Roll back unless it is.
 */
export function restoreRows(database: WritableDatabase, saved: SavedRows): readonly string[] {
  const changed = TABLES.filter((table) => !hasSameColumns(database, table, saved.tables[table]));
  if (changed.length > 0) {
    return [`msb has changed its database since (table ${changed.join(', ')}), so the rows no longer fit.`];
  }
  return new Restoring(database, saved).run();
}

const integer = z
  .string()
  .regex(/^-?[0-9]{1,19}$/)
  .refine((text) => BigInt.asIntN(64, BigInt(text)) === BigInt(text));
const hex = z.string().regex(/^(?:[0-9A-Fa-f]{2})*$/);
const savedValue = z.union([
  z.string(),
  z.null(),
  z.tuple([z.literal('integer'), integer]),
  z.tuple([z.literal('real'), z.string()]),
  z.tuple([z.literal('blob'), hex]),
  z.tuple([z.literal('text'), hex]),
]);
const savedTable = z.object({ columns: z.array(z.string()), rows: z.array(z.array(savedValue)) });
const digests = z.record(z.string(), z.string());

export const savedRowsSchema: z.ZodType<SavedRows> = z.object({
  tables: z.object({
    layer: savedTable,
    manifest: savedTable,
    config: savedTable,
    manifest_layer: savedTable,
    image_ref: savedTable,
  }),
  layerDigests: digests,
  manifestDigests: digests,
});

class Restoring {
  readonly #database: WritableDatabase;
  readonly #saved: SavedRows;
  readonly #problems: string[] = [];
  /** New row ids by saved ones. */
  readonly #layerIds = new Map<string, bigint>();
  readonly #manifestIds = new Map<string, bigint>();
  /** Saved ids of manifests that are in the database again: their configuration and links are, too. */
  readonly #present = new Set<string>();

  constructor(database: WritableDatabase, saved: SavedRows) {
    this.#database = database;
    this.#saved = saved;
  }

  run(): readonly string[] {
    for (const row of this.#rows('layer')) this.#layerIds.set(idIn(row), this.#findOrInsert('layer', row));
    for (const row of this.#rows('manifest')) {
      const isPresent = this.#idOf('manifest', row.get('digest')) !== null;
      if (isPresent) this.#present.add(idIn(row));
      this.#manifestIds.set(idIn(row), this.#findOrInsert('manifest', row));
    }
    for (const row of this.#rows('config')) this.#restoreConfig(row);
    for (const row of this.#rows('manifest_layer')) this.#restoreLink(row);
    for (const row of this.#rows('image_ref')) this.#restoreReference(row);
    return this.#problems;
  }

  #rows(table: SavedTable): readonly Map<string, SavedValue>[] {
    const { columns, rows } = this.#saved.tables[table];
    return rows.map((row) => new Map(columns.map((column, index) => [column, row[index] ?? null])));
  }

  #findOrInsert(table: 'layer' | 'manifest', row: Map<string, SavedValue>): bigint {
    return this.#idOf(table, row.get(KEY_COLUMN[table])) ?? this.#insert(table, row);
  }

  #restoreConfig(row: Map<string, SavedValue>): void {
    const manifest = textOf(row.get('manifest_id'));
    if (this.#present.has(manifest)) return;
    this.#insert('config', row.set('manifest_id', this.#mapped(this.#manifestIds, manifest)));
  }

  #restoreLink(row: Map<string, SavedValue>): void {
    const [manifest, layer] = [textOf(row.get('manifest_id')), textOf(row.get('layer_id'))];
    if (this.#present.has(manifest)) return;
    const diffId = this.#saved.layerDigests[layer] ?? null;
    const layerId = this.#layerIds.get(layer) ?? this.#idOf('layer', diffId);
    if (layerId === null) {
      this.#problems.push(`Layer ${diffId ?? layer}, which other images had too, has gone since.`);
      return;
    }
    row.set('manifest_id', this.#mapped(this.#manifestIds, manifest));
    this.#insert('manifest_layer', row.set('layer_id', ['integer', `${layerId}`]));
  }

  #restoreReference(row: Map<string, SavedValue>): void {
    const reference = row.get('reference');
    if (this.#idOf('image_ref', reference) !== null) {
      this.#problems.push(`${textOf(reference)} is in the cache again.`);
      return;
    }
    const manifest = textOf(row.get('manifest_id'));
    const digest = this.#saved.manifestDigests[manifest] ?? null;
    const id = this.#manifestIds.get(manifest) ?? this.#idOf('manifest', digest);
    if (id === null) {
      this.#problems.push(`The image of ${textOf(reference)} (${digest ?? 'unknown'}) has gone since.`);
      return;
    }
    this.#insert('image_ref', row.set('manifest_id', ['integer', `${id}`]));
  }

  #mapped(ids: ReadonlyMap<string, bigint>, saved: string): SavedValue {
    return ['integer', `${ids.get(saved) ?? saved}`];
  }

  #idOf(table: keyof typeof KEY_COLUMN, key: SavedValue | undefined): bigint | null {
    if (key === undefined || key === null) return null;
    const row = this.#database.row(
      `SELECT CAST(id AS TEXT) FROM ${table} WHERE ${KEY_COLUMN[table]} = ${placeholder(key)}`,
      bindable(key),
    );
    return row === null ? null : BigInt(row[0] as string);
  }

  #insert(table: SavedTable, row: ReadonlyMap<string, SavedValue>): bigint {
    const isIdFree =
      this.#database.row(`SELECT 1 FROM ${table} WHERE id = ?`, bindable(row.get('id') ?? null)) === null;
    const fields = [...row].filter(([column]) => isIdFree || column !== 'id');
    const columns = fields.map(([column]) => quoted(column)).join(', ');
    const values = fields.map(([, value]) => placeholder(value)).join(', ');
    this.#database.change(
      `INSERT INTO ${table} (${columns}) VALUES (${values})`,
      ...fields.map(([, value]) => bindable(value)),
    );
    return BigInt(this.#database.row('SELECT CAST(last_insert_rowid() AS TEXT)')![0] as string);
  }
}

const KEY_COLUMN = { layer: 'diff_id', manifest: 'digest', image_ref: 'reference' } as const;

function hasSameColumns(database: ReadableDatabase, table: SavedTable, saved: SavedTableRows): boolean {
  if (saved.rows.length === 0) return true;
  const columns = columnsOf(database, table);
  return columns?.size === saved.columns.length && saved.columns.every((name) => columns.has(name));
}

function readRows(
  database: ReadableDatabase,
  table: SavedTable,
  key: string,
  ids: readonly number[],
): SavedTableRows {
  const columns = [...(columnsOf(database, table)?.keys() ?? [])];
  const select = columns
    .map(quoted)
    .map((name) => `typeof(${name}), CASE typeof(${name}) WHEN 'text' THEN ${name} ELSE ${exact(name)} END`)
    .join(', ');
  const rows = ids.flatMap((id) =>
    database
      .rows(`SELECT ${select} FROM ${table} WHERE ${quoted(key)} = ? ORDER BY id`, id)
      .map((row) => columns.map((_, index) => savedFrom(database, table, columns, row, index))),
  );
  return { columns, rows };
}

function exact(name: string): string {
  return `CASE typeof(${name}) WHEN 'blob' THEN hex(${name}) ELSE CAST(${name} AS TEXT) END`;
}

function savedFrom(
  database: ReadableDatabase,
  table: SavedTable,
  columns: readonly string[],
  row: readonly unknown[],
  index: number,
): SavedValue {
  const type = row[2 * index];
  const value = row[2 * index + 1];
  if (type === 'null' || typeof value !== 'string') return null;
  if (type !== 'text') return [type as 'integer' | 'real' | 'blob', value];
  // Bytes that are not UTF-8 arrive as replacement characters: such text is saved as its bytes.
  if (!value.includes('\ufffd')) return value;
  const id = row[2 * columns.indexOf('id') + 1];
  const bytes = database.row(
    `SELECT hex(CAST(${quoted(columns[index]!)} AS BLOB)) FROM ${table} WHERE id = CAST(? AS INTEGER)`,
    id,
  );
  return ['text', String(bytes?.[0] ?? '')];
}

function digestsBehind(
  database: ReadableDatabase,
  { columns, rows }: SavedTableRows,
  column: string,
  table: 'layer' | 'manifest',
  digest: string,
): Readonly<Record<string, string>> {
  const at = columns.indexOf(column);
  const found: Record<string, string> = {};
  for (const id of new Set(rows.map((row) => textOf(row[at])))) {
    const row = database.row(`SELECT ${digest} FROM ${table} WHERE id = CAST(? AS INTEGER)`, id);
    if (typeof row?.[0] === 'string') found[id] = row[0];
  }
  return found;
}

function idIn(row: ReadonlyMap<string, SavedValue>): string {
  return textOf(row.get('id'));
}

function textOf(value: SavedValue | undefined): string {
  return typeof value === 'string' ? value : (value?.[1] ?? '');
}

function bindable(value: SavedValue): unknown {
  if (value === null || typeof value === 'string') return value;
  const [type, text] = value;
  switch (type) {
    case 'integer':
      return BigInt(text);
    case 'real':
      return Number(text);
    default:
      return Buffer.from(text, 'hex');
  }
}

function placeholder(value: SavedValue): string {
  return Array.isArray(value) && value[0] === 'text' ? 'CAST(? AS TEXT)' : '?';
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

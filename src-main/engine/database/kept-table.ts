import type { RawRow, ReadableDatabase } from './connection.ts';
import { isUnique, type LeafPage, readTablePages, type TablePages } from './table-pages.ts';
import type { TableReader } from './table-reader.ts';
import { columnsOf, selectList } from './tables.ts';
import { replaceEach } from './values.ts';

export interface TableRecipe<Row extends object> {
  readonly table: string;
  /** Beside `id`. */
  readonly columns: readonly string[];
  /** The column that tells rows apart, if there is one beside `id`: no two may have the same. */
  readonly name?: string;
  /** What becomes of a row, `id` first; flat. Notes of the reader say what is wrong with it. */
  readonly make: (row: RawRow, reader: TableReader) => Row;
}

/** Rows that differ; an updated one is in both. */
export interface RowChange<Row> {
  readonly removed: readonly Row[];
  readonly added: readonly Row[];
}

/** The rows of one table as they were read last, and on which pages they were. */
export class KeptTable<Row extends object> {
  readonly #recipe: TableRecipe<Row>;
  #rows: readonly Row[] = [];
  /** Those of the rows, in ascending order. */
  #ids: Float64Array = new Float64Array(0);
  #pages: TablePages | null = null;

  constructor(recipe: TableRecipe<Row>) {
    this.#recipe = recipe;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** All rows; `follow` needs `locate` in the same transaction. */
  readWhole(reader: TableReader): readonly Row[] {
    const { table, columns, make } = this.#recipe;
    const rows = reader.rows(table, columns);
    const ids = new Float64Array(rows.length);
    let at = 0;
    this.#pages = null;
    this.#rows = replaceEach(rows, (row) => {
      ids[at] = typeof row[0] === 'number' ? row[0] : Number.NaN;
      at += 1;
      return make(row, reader);
    });
    this.#ids = ids;
    return this.#rows;
  }

  /** Finds out where the rows lie. False when that cannot be told. */
  locate(database: ReadableDatabase): boolean {
    const { table, name } = this.#recipe;
    const isFit = isAscending(this.#ids) && (name === undefined || isUnique(database, table, name));
    const pages = isFit ? readTablePages(database, table) : null;
    const count = pages?.leaves.reduce((sum, leaf) => sum + leaf.rows, 0);
    this.#pages = count === this.#rows.length ? pages : null;
    return this.#pages !== null;
  }

  /**
   * Reads anew only the rows on pages that were written since. A row on them that says what it said is the same object as
   * before. Null when it takes reading the whole.
   */
  follow(reader: TableReader, written: ReadonlySet<number>): RowChange<Row> | null {
    const known = this.#pages;
    if (known === null) return null;
    if (!isTouched(known, written)) return NO_CHANGE;
    const pages = readTablePages(reader.database, this.#recipe.table);
    if (pages === null) return null;
    const stretches = new Following(known, written).run(pages.leaves);
    return stretches === null ? null : this.#apply(reader, pages, stretches);
  }

  #apply(reader: TableReader, pages: TablePages, stretches: readonly Stretch[]): RowChange<Row> | null {
    const total = stretches.reduce((sum, { rows }) => sum + rows, 0);
    const rows: Row[] = [];
    const ids = new Float64Array(total);
    const change = { removed: [] as Row[], added: [] as Row[] };
    let end = 0;
    for (const [index, stretch] of stretches.entries()) {
      if (stretch.from === null) {
        const old = { start: end, end: stretches[index + 1]?.from ?? this.#rows.length };
        if (!this.#readStretch(reader, stretch.rows, old, { rows, ids, change })) return null;
        end = old.end;
      } else {
        for (let at = end; at < stretch.from; at += 1) change.removed.push(this.#rows[at]!);
        end = stretch.from + stretch.rows;
        ids.set(this.#ids.subarray(stretch.from, end), rows.length);
        for (let at = stretch.from; at < end; at += 1) rows.push(this.#rows[at]!);
      }
    }
    for (let at = end; at < this.#rows.length; at += 1) change.removed.push(this.#rows[at]!);
    this.#rows = rows;
    this.#ids = ids;
    this.#pages = pages;
    return change;
  }

  /** The rows between two that stayed. False when there are more or fewer than the pages say. */
  #readStretch(
    reader: TableReader,
    count: number,
    old: { readonly start: number; readonly end: number },
    into: { rows: Row[]; ids: Float64Array; change: { removed: Row[]; added: Row[] } },
  ): boolean {
    const after = old.start === 0 ? null : this.#ids[old.start - 1]!;
    const before = old.end === this.#ids.length ? null : this.#ids[old.end]!;
    const found = this.#between(reader.database, after, before);
    if (found.length !== count) return false;
    let at = old.start;
    for (const raw of found) {
      const id = raw[0] as number;
      for (; at < old.end && this.#ids[at]! < id; at += 1) into.change.removed.push(this.#rows[at]!);
      const last = at < old.end && this.#ids[at] === id ? this.#rows[at++]! : null;
      const row = this.#recipe.make(raw, reader);
      into.ids[into.rows.length] = id;
      if (last !== null && isSame(last, row)) {
        into.rows.push(last);
        continue;
      }
      if (last !== null) into.change.removed.push(last);
      into.change.added.push(row);
      into.rows.push(row);
    }
    for (; at < old.end; at += 1) into.change.removed.push(this.#rows[at]!);
    return true;
  }

  #between(database: ReadableDatabase, after: number | null, before: number | null): readonly RawRow[] {
    const { table, columns } = this.#recipe;
    const list = selectList(columnsOf(database, table)!, 't', ['id', ...columns]);
    const bounds = [after, before].filter((bound) => bound !== null);
    const where = [...(after === null ? [] : ['t.id > ?']), ...(before === null ? [] : ['t.id < ?'])];
    const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
    return database.rows(`SELECT ${list} FROM ${table} t ${condition} ORDER BY t.id`, ...bounds);
  }
}

/** Rows side by side: as they were, from this place on, or, where it is null, to be read. */
interface Stretch {
  readonly rows: number;
  readonly from: number | null;
}

const NO_CHANGE = { removed: [], added: [] };

/** Finds which leaves are as they were. */
class Following {
  readonly #written: ReadonlySet<number>;
  /** By page: where its rows begin. */
  readonly #known = new Map<number, { readonly leaf: LeafPage; readonly from: number }>();

  constructor(known: TablePages, written: ReadonlySet<number>) {
    this.#written = written;
    let from = 0;
    for (const leaf of known.leaves) {
      this.#known.set(leaf.page, { leaf, from });
      from += leaf.rows;
    }
  }

  /** Null when leaves that stayed have changed places. */
  run(leaves: readonly LeafPage[]): readonly Stretch[] | null {
    const stretches: Stretch[] = [];
    let next = 0;
    for (const leaf of leaves) {
      const from = this.#unchanged(leaf);
      if (from !== null && from < next) return null;
      if (from !== null) next = from + leaf.rows;
      const last = stretches.at(-1);
      const isMore = last !== undefined && (from === null ? last.from === null : continues(last, from));
      if (isMore) stretches[stretches.length - 1] = { ...last, rows: last.rows + leaf.rows };
      else stretches.push({ rows: leaf.rows, from });
    }
    return stretches;
  }

  /** Where its rows begin among those known; null when they must be read, or there is none. */
  #unchanged(leaf: LeafPage): number | null {
    const known = this.#known.get(leaf.page);
    const isSame =
      known !== undefined &&
      leaf.rows > 0 &&
      known.leaf.rows === leaf.rows &&
      !this.#written.has(leaf.page) &&
      !leaf.overflow.some((page) => this.#written.has(page));
    return isSame ? known.from : null;
  }
}

function continues({ from, rows }: Stretch, next: number): boolean {
  return from !== null && from + rows === next;
}

function isTouched({ all }: TablePages, written: ReadonlySet<number>): boolean {
  for (const page of written) if (all.has(page)) return true;
  return false;
}

function isAscending(ids: Float64Array): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const id of ids) {
    if (!(id > last && Number.isSafeInteger(id))) return false;
    last = id;
  }
  return true;
}

function isSame<Row extends object>(left: Row, right: Row): boolean {
  return Object.entries(left).every(([key, value]) => Object.is(value, right[key as keyof Row]));
}

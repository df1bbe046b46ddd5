/** Values of columns as they are, or null: SQLite stores any type in any column. */

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A whole number from 0 to 2^53-1: sizes and counts beyond that are damage. */
export function count(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

/**
 * What a row is called, for columns that must name it. Bytes come as SQL writes them (`x'c3'`), anything else as
 * text, so that a row whose name is damaged is still there to be seen, and still holds what it names.
 */
export function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value ?? '');
}

/** False for names `nameOf` had to make up, and for text with bytes that are not UTF-8. */
export function isPlainName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.includes('\u{fffd}');
}

/**
 * A row id. One beyond 2^53 is rounded: it then matches no row to delete, while rows that point at it, rounded
 * alike, still find it. Null for what cannot be an id.
 */
export function rowId(value: unknown): number | null {
  return Number.isInteger(value) ? (value as number) : null;
}

/**
 * What each row is made into, in the rows' own list: each row can go as soon as its turn is over. Ten thousand rows
 * alive beside what they became are copied again and again by the collection of garbage.
 */
export function replaceEach<Row, Value>(rows: readonly Row[], make: (row: Row) => Value): readonly Value[] {
  const values = rows as (Row | Value)[];
  for (let index = 0; index < values.length; index += 1) values[index] = make(values[index] as Row);
  return values as Value[];
}

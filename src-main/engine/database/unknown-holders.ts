import type { ReadableDatabase } from './connection.ts';
import { expectedForeignKeys } from './expected-schema.ts';
import type { UnknownHolderRows } from './rows.ts';
import { type ForeignKey, foreignKeys } from './tables.ts';
import { rowId } from './values.ts';

/** Which table a key onto an image table keeps, and by which of the image table's columns. */
const KEPT_BY: Readonly<
  Record<string, { readonly parent: UnknownHolderRows['parent']; readonly id: string }>
> = {
  manifest: { parent: 'manifest', id: 'id' },
  layer: { parent: 'layer', id: 'id' },
  image_ref: { parent: 'image_ref', id: 'id' },
  config: { parent: 'config', id: 'id' },
  // A link goes with its manifest, so whatever needs the link needs the manifest.
  manifest_layer: { parent: 'manifest', id: 'manifest_id' },
};

/**
 * Whose rows foreign keys hold that msb did not have when this was written: of unknown tables, and new ones of known
 * tables. What the key says about deletion is no matter: a CASCADE would silently take the unknown row along.
 */
export function readUnknownHolders(database: ReadableDatabase): readonly UnknownHolderRows[] {
  return foreignKeys(database).flatMap((key) => {
    const kept = Object.hasOwn(KEPT_BY, key.parent) ? KEPT_BY[key.parent] : undefined;
    if (kept === undefined || isExpected(key)) return [];
    return [{ table: key.table, parent: kept.parent, parentIds: parentIds(database, key, kept.id) }];
  });
}

/** Null when rows point at something that cannot be told: then nobody knows what they need. */
function parentIds(database: ReadableDatabase, key: ForeignKey, id: string): readonly number[] | null {
  if (key.columns.length > 1 && key.columns.some(({ to }) => to === null)) return null;
  const child = quote(key.table);
  const isSet = key.columns.map(({ from }) => `c.${quote(from)} IS NOT NULL`).join(' AND ');
  const isMatch = key.columns
    .map(({ from, to }) => `p.${quote(to ?? 'id')} = c.${quote(from)}`)
    .join(' AND ');
  try {
    const rows = database.rows(
      `SELECT DISTINCT p.${id} FROM ${child} c LEFT JOIN ${quote(key.parent)} p ON ${isMatch} WHERE ${isSet}`,
    );
    const ids = rows.map(([value]) => rowId(value));
    return ids.every((value) => value !== null) ? ids : null;
  } catch {
    // A key onto a column that does not exist, or a table SQLite cannot read.
    return null;
  }
}

function isExpected(key: ForeignKey): boolean {
  return expectedForeignKeys.some(
    ({ table, from, parent }) =>
      key.table.toLowerCase() === table &&
      key.parent === parent &&
      key.columns.length === 1 &&
      key.columns[0]?.from.toLowerCase() === from,
  );
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

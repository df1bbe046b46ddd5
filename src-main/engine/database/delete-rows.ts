import type { WritableDatabase } from './connection.ts';

/** Row ids to delete. Each must be in the list that names it: nothing is inferred. */
export interface RowsToDelete {
  readonly referenceIds: readonly number[];
  readonly manifestIds: readonly number[];
  readonly layerIds: readonly number[];
}

/** How many rows went; `links` and `config` rows that a manifest takes along are not counted. */
export interface DeletedRows {
  readonly references: number;
  readonly manifests: number;
  readonly layers: number;
}

/**
 * Runs `work` in one write transaction: with the write lock from the start, so that what it reads is what it changes;
 * rolled back as a whole when it throws or the commit fails. Keep it well below five seconds, for msb waits.
 *
 * @throws CacheFailure `database-busy` after five seconds without the lock; `read-only`; whatever `work` throws.
 */
export function inImmediateTransaction<T>(database: WritableDatabase, work: () => T): T {
  return database.inImmediateTransaction(work);
}

/**
 * Deletes rows in the transaction that is open: references, then manifests with their configuration and links, then
 * layers. Foreign keys stay in force to the end: a manifest or layer that something still needs makes the commit
 * fail, and with it everything.
 */
export function deleteRows(database: WritableDatabase, rows: RowsToDelete): DeletedRows {
  // msb has no index for "which links name this layer", so each deleted layer reads all links: twice with RESTRICT
  // as it stands, which looks at once and refuses, and once when the constraint is checked at the commit.
  database.change('PRAGMA defer_foreign_keys = ON');
  return {
    references: deleteById(database, 'image_ref', rows.referenceIds),
    manifests: deleteById(database, 'manifest', rows.manifestIds),
    layers: deleteById(database, 'layer', rows.layerIds),
  };
}

function deleteById(database: WritableDatabase, table: string, ids: readonly number[]): number {
  const bad = ids.find((id) => !Number.isSafeInteger(id));
  if (bad !== undefined) throw new TypeError(`${bad} is not a row id of ${table}`);
  return ids.reduce((deleted, id) => deleted + database.change(`DELETE FROM ${table} WHERE id = ?`, id), 0);
}

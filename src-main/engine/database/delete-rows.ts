import type { WritableDatabase } from './connection.ts';
import { whileEmptied } from './emptied-table.ts';

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
  // RESTRICT looks for rows that point here a second time, at once, although the commit checks all the same.
  database.change('PRAGMA defer_foreign_keys = ON');
  const { referenceIds, manifestIds, layerIds } = rows;
  return {
    references: deleteById(database, 'image_ref', referenceIds),
    manifests: whileEmptied(database, 'image_ref', manifestIds.length, () =>
      deleteById(database, 'manifest', manifestIds),
    ),
    layers: whileEmptied(database, 'manifest_layer', layerIds.length, () =>
      deleteById(database, 'layer', layerIds),
    ),
  };
}

function deleteById(database: WritableDatabase, table: string, ids: readonly number[]): number {
  const bad = ids.find((id) => !Number.isSafeInteger(id));
  if (bad !== undefined) throw new TypeError(`${bad} is not a row id of ${table}`);
  // In one statement: half the time of one for each of ten thousand rows.
  const list = JSON.stringify(ids);
  return database.change(`DELETE FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`, list);
}

import type { ReadableDatabase } from './connection.ts';

/** Differs from its last value when another connection has changed the database since. Costs microseconds. */
export function changeCounter(database: ReadableDatabase): number {
  return Number(database.row('PRAGMA data_version')?.[0]);
}

import Database from 'better-sqlite3';
import { databaseFile } from './database.ts';

export interface HeldDatabase {
  release(): void;
}

/** Takes the database's write lock and keeps it, as a writer that takes its time. Others go on reading. */
export function holdDatabase(home: string): HeldDatabase {
  const database = new Database(databaseFile(home), { fileMustExist: true, timeout: 5000 });
  database.exec('BEGIN IMMEDIATE');
  return { release: () => database.close() };
}

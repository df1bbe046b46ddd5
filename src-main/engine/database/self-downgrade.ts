import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Far above a real journal. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The journal of an `msb self downgrade` that has not come to its end, by msb's own rule: a folder below
 * `db/self-downgrade` whose `journal.json` is missing, unreadable, or in any phase but `complete`. msb itself refuses
 * the database then. Null when there is none.
 *
 * @param homeDir Absolute.
 */
export function findUnfinishedDowngrade(homeDir: string): string | null {
  const folder = path.join(homeDir, 'db', 'self-downgrade');
  let names: string[];
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    names = entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : folder;
  }
  const journals = names.toSorted().map((name) => path.join(folder, name, 'journal.json'));
  return journals.find((journal) => !isComplete(journal)) ?? null;
}

function isComplete(journal: string): boolean {
  try {
    const value: unknown = JSON.parse(readSmallFile(journal));
    return typeof value === 'object' && value !== null && 'phase' in value && value.phase === 'complete';
  } catch {
    return false;
  }
}

function readSmallFile(file: string): string {
  // Without O_NONBLOCK, opening a FIFO waits for somebody to write to it. Windows has neither.
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > MAX_BYTES) throw new Error(`${file} is not a journal`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

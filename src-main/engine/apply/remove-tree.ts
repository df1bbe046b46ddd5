import { type BigIntStats, type Dirent, lstatSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * Deletes a folder with everything below it. Links are deleted, not followed; when another file system is mounted
 * somewhere below, nothing is: its files are somebody else's.
 *
 * @throws the system's error; with code `EXDEV` for a mounted file system.
 */
export function removeTree(folder: string): void {
  if (holdsMount(folder)) {
    throw Object.assign(new Error(`another file system is mounted below ${folder}`), { code: 'EXDEV' });
  }
  rmSync(folder, { recursive: true });
}

/** Whether another file system is mounted somewhere below a folder. @throws the system's error. */
export function holdsMount(folder: string): boolean {
  const { dev } = look(folder);
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (look(next).dev !== dev) return true;
    for (const entry of listFolders(next)) pending.push(path.join(next, entry.name));
  }
  return false;
}

function listFolders(folder: string): readonly Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
}

function look(file: string): BigIntStats {
  return lstatSync(file, { bigint: true });
}

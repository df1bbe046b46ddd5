import { randomBytes } from 'node:crypto';
import { type BigIntStats, lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { CacheFailure } from '../failure.ts';
import { OWN_FOLDER } from '../store/names.ts';

/**
 * Makes a folder for one removal, `.strata/<32 hex>`, and answers its name relative to the cache. Made before
 * anything is deleted, so that a disk without room for it, or something else in the place of `.strata`, stops the
 * removal while nothing has changed.
 *
 * @throws CacheFailure `read-only`.
 */
export function makeOwnFolder(cacheDir: string): string {
  const own = path.join(cacheDir, OWN_FOLDER);
  const name = `${OWN_FOLDER}/${randomBytes(16).toString('hex')}`;
  try {
    for (let attempt = 1; !makeIn(cacheDir, own, name, attempt === ATTEMPTS); attempt += 1);
    return name;
  } catch (error) {
    removeEmptyOwnFolder(cacheDir);
    throw error instanceof CacheFailure ? error : readOnly(describe(own, error), error);
  }
}

/** True when there is a real folder where ours belongs: nothing in a link's target is ours. */
export function hasOwnFolder(cacheDir: string): boolean {
  try {
    return look(path.join(cacheDir, OWN_FOLDER))?.isDirectory() ?? false;
  } catch {
    return false;
  }
}

/** What is left of ours when the last removal was killed at its very end. */
export function removeEmptyOwnFolder(cacheDir: string): void {
  try {
    rmdirSync(path.join(cacheDir, OWN_FOLDER));
  } catch {
    // There is none, or it is somebody else's, or another removal is at work in it.
  }
}

/** How often another removal may take the empty folder away under us. */
const ATTEMPTS = 10;

/** False when the folder went between its making and ours in it. */
function makeIn(cacheDir: string, own: string, name: string, isLast: boolean): boolean {
  if (look(own) === null) makeUnlessThere(own);
  refuseUnlessOurs(cacheDir, own);
  try {
    mkdirSync(path.join(cacheDir, name), { mode: 0o700 });
    return true;
  } catch (error) {
    if (isLast || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}

function makeUnlessThere(own: string): void {
  try {
    mkdirSync(own, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function refuseUnlessOurs(cacheDir: string, own: string): void {
  const stats = look(own);
  if (stats?.isDirectory() !== true) {
    throw readOnly(
      `${own} is where removals set files aside, but it is no folder: move away what is in its place.`,
    );
  }
  // Files are renamed into it, which works within one file system only.
  if (stats.dev !== look(`${cacheDir}/.`)?.dev) {
    throw readOnly(`${own} is on another file system than the cache: unmount it.`);
  }
}

function describe(own: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full: there is no room for the folder ${own}, which every removal needs for a moment. Free a few kilobytes first.`;
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return `The folder ${own}, which every removal needs for a moment, may not be made (${code}).`;
    default:
      return `The folder ${own}, which every removal needs for a moment, cannot be made (${code ?? 'unknown error'}).`;
  }
}

function readOnly(reason: string, cause?: unknown): CacheFailure {
  return new CacheFailure({ code: 'read-only', reasons: [reason] }, { cause });
}

function look(file: string): BigIntStats | null {
  return lstatSync(file, { bigint: true, throwIfNoEntry: false }) ?? null;
}

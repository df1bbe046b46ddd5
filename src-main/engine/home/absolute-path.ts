import { realpathSync } from 'node:fs';
import path from 'node:path';
import { CacheFailure } from '../failure.ts';

/**
 * A configured path without `.`, `..` and doubled separators, or a refusal that names its origin and what it was
 * to be. `..` behind a symbolic link leads elsewhere than the text says, so it is followed on disk, as the kernel
 * would do for msb.
 *
 * @throws CacheFailure `invalid-input`.
 */
export function absolutePath(origin: string, meaning: string, value: string): string {
  if (value.includes('\0')) throw refuse(origin, `${meaning} contains a NUL character`);
  if (!path.isAbsolute(value)) {
    throw refuse(origin, `${meaning} is ${JSON.stringify(value)}, which is not an absolute path`);
  }
  return value.split(/[\\/]/).includes('..') ? followed(origin, meaning, value) : withoutEndSlash(value);
}

/** The failure for input `origin` that cannot be used. */
export function refuse(origin: string, message: string, cause?: unknown): CacheFailure {
  return new CacheFailure({ code: 'invalid-input', issues: [{ path: origin, message }] }, { cause });
}

function followed(origin: string, meaning: string, value: string): string {
  try {
    return realpathSync.native(value);
  } catch (error) {
    throw refuse(origin, `${meaning} is ${JSON.stringify(value)}: write it without ".."`, error);
  }
}

function withoutEndSlash(value: string): string {
  const normal = path.normalize(value);
  return normal.endsWith(path.sep) && normal !== path.parse(normal).root ? normal.slice(0, -1) : normal;
}

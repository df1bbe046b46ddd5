import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import type { StoreEntry } from './entries.ts';

/** A path or name; a `Buffer` where it is not UTF-8, which a string could not name. */
export type RawPath = string | Buffer;

/** The names in a directory, without `.` and `..`, in the order the system gives them. @throws as `readdir`. */
export function listNames(directory: RawPath): readonly RawPath[] {
  const names = readdirSync(directory);
  if (!names.some((name) => name.includes(REPLACEMENT))) return names;
  return readdirSync(directory, { encoding: 'buffer' }).map((raw) => {
    const name = raw.toString();
    return Buffer.from(name).equals(raw) ? name : raw;
  });
}

export function joinRaw(directory: RawPath, name: RawPath): RawPath {
  if (typeof directory === 'string' && typeof name === 'string') return `${directory}/${name}`;
  return Buffer.concat([Buffer.from(directory), SLASH, Buffer.from(name)]);
}

/** Never follows a link. Null when there is nothing (any more). @throws as `lstat` for every other reason. */
export function lookAt(path: RawPath): BigIntStats | null {
  return lstatSync(path, LOOK) ?? null;
}

export function typeOf(
  stats: Pick<BigIntStats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>,
): StoreEntry['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

const REPLACEMENT = '�';
const SLASH = Buffer.from('/');
const LOOK = { bigint: true, throwIfNoEntry: false } as const;

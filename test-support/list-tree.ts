import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

export interface ListTreeOptions {
  /** Paths (relative, `/`-separated) that are left out, with what lies below them. */
  readonly ignore?: RegExp;
  /** False compares lengths and times only, not contents. */
  readonly withContents?: boolean;
}

/**
 * What lies below a directory: relative path to one line of type, mode, length, modification time and content
 * hash, so that `expect(listTree(home)).toEqual(before)` says what changed. Links are not followed. Times of
 * directories are left out; those of files are in nanoseconds.
 */
export function listTree(directory: string, options: ListTreeOptions = {}): Record<string, string> {
  const tree: Record<string, string> = {};
  walk(directory, '', options, tree);
  return tree;
}

/** The files SQLite makes beside a database that somebody reads; their coming and going changes nothing. */
export const SQLITE_SIDE_FILES = /^db\/msb\.db-(wal|shm)$/;

function walk(root: string, path: string, options: ListTreeOptions, tree: Record<string, string>): void {
  for (const name of readdirSync(join(root, path)).sort()) {
    const inner = path === '' ? name : `${path}/${name}`;
    if (options.ignore?.test(inner)) continue;
    tree[inner] = describe(join(root, inner), options.withContents ?? true);
    if (tree[inner].startsWith('directory')) walk(root, inner, options, tree);
  }
}

function describe(path: string, withContents: boolean): string {
  const stat = lstatSync(path, { bigint: true });
  const mode = (stat.mode & 0o7777n).toString(8);
  if (stat.isDirectory()) return `directory ${mode}`;
  if (stat.isSymbolicLink()) return `symlink ${mode} ${readlinkSync(path)}`;
  if (!stat.isFile()) return `other ${mode} ${stat.rdev}`;
  const content = withContents ? ` ${createHash('sha256').update(readFileSync(path)).digest('hex')}` : '';
  return `file ${mode} ${stat.size} ${stat.mtimeNs}${content}`;
}

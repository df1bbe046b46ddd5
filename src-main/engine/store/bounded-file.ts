import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeSystemError } from '../../../src-shared/domain/system-error.ts';
import type { RawPath } from './directory-listing.ts';

/**
 * A small file read whole. `unreadable`: it is there, but is no regular file, is longer than asked for, or the
 * system refuses; `detail` says which.
 */
export type BoundedRead =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly detail: string };

/**
 * Reads a regular file of at most `mostBytes` as UTF-8. A FIFO or device is opened without waiting and refused; a
 * symbolic link is refused unless `followLinks`.
 */
export function readBoundedFile(path: RawPath, mostBytes: number, { followLinks = false } = {}): BoundedRead {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | NO_WAIT | (followLinks ? 0 : NO_FOLLOW));
  } catch (error) {
    return refusal(error);
  }
  try {
    return readOpened(fd, mostBytes);
  } catch (error) {
    return refusal(error);
  } finally {
    closeSync(fd);
  }
}

/** As `readBoundedFile`, for a file of the cache: a folder in it that is a link counts as missing, too. */
export function readCacheFile(cacheDir: string, relativePath: string, mostBytes: number): BoundedRead {
  const path = `${cacheDir}/${relativePath}`;
  const folder = lstatSync(dirname(path), { throwIfNoEntry: false });
  return folder?.isDirectory() ? readBoundedFile(path, mostBytes) : { kind: 'missing' };
}

/** Thousands of files of a few kilobytes are read in a row. */
const small = Buffer.allocUnsafeSlow(64 * 1024);
// Windows has neither.
const NO_WAIT = constants.O_NONBLOCK ?? 0;
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

function readOpened(fd: number, mostBytes: number): BoundedRead {
  const stats = fstatSync(fd);
  if (!stats.isFile()) return { kind: 'unreadable', detail: 'not a regular file' };
  if (stats.size > mostBytes) {
    return { kind: 'unreadable', detail: `${stats.size} bytes long, more than ${mostBytes}` };
  }
  const bytes = stats.size <= small.length ? small.subarray(0, stats.size) : Buffer.allocUnsafe(stats.size);
  let length = 0;
  // It may be shorter by now than it was a moment ago; what it grew by is not waited for.
  for (let got = -1; got !== 0 && length < bytes.length; length += got) {
    got = readSync(fd, bytes, length, bytes.length - length, length);
  }
  return { kind: 'text', text: bytes.toString('utf8', 0, length) };
}

function refusal(error: unknown): BoundedRead {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
  return { kind: 'unreadable', detail: code === 'ELOOP' ? 'a symbolic link' : describeSystemError(code) };
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { formatBytes } from '../../../src-shared/domain/format.ts';
import { canReflink } from '../store/reflinks.ts';

/** What a removal freed by its own count, and what the file system says. */
export interface Measured {
  readonly cacheDir: string;
  /** The removal's private folder, relative to the cache: files that are still open are found by it. */
  readonly folder: string | null;
  readonly bytesFreed: number;
  readonly freeBefore: number | null;
  readonly freeAfter: number | null;
}

/**
 * Why the file system gained less space than the files had, as sentences; empty when it gained as much. What is
 * certain (files a process has still open) is told apart from what is possible.
 */
export function explainDifference(measured: Measured): readonly string[] {
  const { bytesFreed, freeBefore, freeAfter, cacheDir } = measured;
  if (freeBefore === null || freeAfter === null || bytesFreed === 0) return [];
  const missing = bytesFreed - (freeAfter - freeBefore);
  if (missing <= Math.max(LEAST_BYTES, bytesFreed * LEAST_SHARE)) return [];
  const sentences = [
    `The file system shows ${formatBytes(missing)} less space gained than the files occupied.`,
  ];
  const open = measured.folder === null ? [] : whoHasOpen(`${cacheDir}/${measured.folder}/`);
  if (open.length > 0) {
    sentences.push(`${open.join(', ')} still has some of them open: their space comes free when it ends.`);
  }
  switch (canReflink(cacheDir)) {
    case true:
      sentences.push(
        'This file system lets copies and snapshots of it share blocks with a file: shared blocks come free with the last of them.',
      );
      break;
    case null:
      sentences.push('Blocks may be shared with copies or with snapshots of the file system.');
      break;
    case false:
      break;
  }
  sentences.push(
    'Other programs may have written meanwhile, and some file systems free blocks a little later.',
  );
  return sentences;
}

/** Everything on a machine writes all the time: less is not worth a word. */
const LEAST_BYTES = 4 * 2 ** 20;
const LEAST_SHARE = 0.01;
const MOST_PROCESSES = 5;

/** Processes with a deleted file below `prefix` open, as `name (pid)`; only those we may look at, on Linux. */
export function whoHasOpen(prefix: string): readonly string[] {
  const found: string[] = [];
  for (const pid of namesIn('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    if (found.length === MOST_PROCESSES) break;
    const fds = `/proc/${pid}/fd`;
    const isOpen = namesIn(fds).some((fd) => {
      const target = linkAt(path.join(fds, fd));
      return target.startsWith(prefix) && target.endsWith(' (deleted)');
    });
    if (isOpen) found.push(`${commandOf(pid)} (process ${pid})`);
  }
  return found;
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // It has ended, belongs to somebody else, or this is no Linux.
    return [];
  }
}

function linkAt(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'a program';
  }
}

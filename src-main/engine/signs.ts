import { statSync } from 'node:fs';
import path from 'node:path';
import type { HomePaths } from './home/paths.ts';
import { FOLDERS } from './store/index.ts';

/** Longer than the coarsest time stamps of the file systems people keep caches on. */
const SETTLING_MS = 2000;
/** Where times are finer than a millisecond: several ticks of the kernel's clock for files. */
const SETTLING_FINELY_MS = 100;

/** What a dozen stat calls tell of a cache. */
export interface StoreSigns {
  /** Another text after every name that came or went: msb publishes everything by rename. */
  readonly text: string;
  /** False when a folder changed so shortly before that a further change might bear the same time. For showing. */
  readonly isSettled: boolean;
}

export function readStoreSigns(paths: HomePaths): StoreSigns {
  const nowMs = Date.now();
  let isSettled = true;
  const times = [...FOLDERS.map((name) => path.join(paths.cacheDir, name)), paths.snapshotsDir].map(
    (directory) => {
      try {
        // Numbers tell a quarter of a microsecond, the kernel's clock for files ticks a thousand times as slowly.
        const stats = statSync(directory, { throwIfNoEntry: false });
        if (stats === undefined) return '-';
        isSettled &&= stats.mtimeMs < nowMs - settlingMs(stats.mtimeMs);
        return `${stats.ino}:${stats.mtimeMs}`;
      } catch {
        return 'hidden';
      }
    },
  );
  return { text: times.join(' '), isSettled };
}

function settlingMs(timeMs: number): number {
  return Number.isInteger(timeMs) ? SETTLING_MS : SETTLING_FINELY_MS;
}

import { statSync } from 'node:fs';
import path from 'node:path';
import type { HomePaths } from './home/paths.ts';
import { SETTLED_FINELY, settledAt } from './settled.ts';
import { FOLDERS } from './store/index.ts';

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
        const stats = statSync(directory, { bigint: true, throwIfNoEntry: false });
        if (stats === undefined) return '-';
        isSettled &&= settledAt(stats.mtimeNs, nowMs) >= SETTLED_FINELY;
        return `${stats.ino}:${stats.mtimeNs}`;
      } catch {
        return 'hidden';
      }
    },
  );
  return { text: times.join(' '), isSettled };
}

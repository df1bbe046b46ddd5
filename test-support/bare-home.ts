import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scratchDir } from './scratch.ts';

/** Where msb keeps what in a home that has nothing in it yet. */
export interface BareHome {
  readonly home: string;
  readonly databaseFile: string;
  readonly cacheDir: string;
  readonly snapshotsDir: string;
  readonly sandboxesDir: string;
  readonly runDir: string;
}

/** An empty directory as a home; nothing of what it names is there. */
export function bareHome(): BareHome {
  return placesIn(scratchDir('bare-home'));
}

export function placesIn(home: string): BareHome {
  return {
    home,
    databaseFile: join(home, 'db', 'msb.db'),
    cacheDir: join(home, 'cache'),
    snapshotsDir: join(home, 'snapshots'),
    sandboxesDir: join(home, 'sandboxes'),
    runDir: join(home, 'run'),
  };
}

/** Makes an empty file, and the folders above it. Answers its path. */
export function touch(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  return path;
}

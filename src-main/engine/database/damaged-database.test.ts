import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCache } from '../../../test-support/cache.ts';
import { standardImages } from '../../../test-support/images.ts';
import { addSandbox } from '../../../test-support/sandboxes.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { CacheFailure } from '../failure.ts';
import { openReadableDatabase } from './connection.ts';
import { listHandles, readHandle } from './handles.ts';
import { readConfigRow, readImageLayers } from './image-rows.ts';
import { KeptLabels } from './kept-labels.ts';
import { readSchema } from './schema.ts';
import { readSnapshot } from './snapshot.ts';

describe('a database with bytes changed at random', () => {
  it('reads, or fails with what a person can be told, and is never changed', async () => {
    const healthy = readFileSync(await databaseWithoutLog());
    const file = path.join(scratchDir('damaged'), 'msb.db');
    const change = fc.record({
      page: fc.nat(healthy.length / 4096 - 1),
      offset: fc.oneof(fc.nat(100), fc.nat(4095)),
      byte: fc.nat(255),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
        const bytes = Buffer.from(healthy);
        for (const { page, offset, byte } of changes) bytes[page * 4096 + offset] = byte;
        writeFileSync(file, bytes);
        readEverything(file);
        expect(readFileSync(file).equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('reads, or fails likewise, when the file is cut short', async () => {
    const healthy = await databaseWithoutLog();
    const file = path.join(scratchDir('damaged'), 'msb.db');
    const { length } = readFileSync(healthy);
    for (const size of [1, 15, 16, 99, 100, 1024, 4095, 4096, 4097, 8192, length - 4096, length - 1]) {
      copyFileSync(healthy, file);
      writeFileSync(file, readFileSync(healthy).subarray(0, size));
      readEverything(file);
    }
  });
});

/** Throws what is no `CacheFailure`. */
function readEverything(file: string): void {
  attempt(() => {
    const database = openReadableDatabase(file);
    try {
      attempt(() => readSchema(database));
      attempt(() => readSnapshot(database));
      attempt(() => listHandles(database).map(({ reference }) => readHandle(database, reference)));
      attempt(() => new KeptLabels(database).read(''));
      attempt(() => [readConfigRow(database, 1), readImageLayers(database, 1)]);
    } finally {
      database.close();
    }
  });
}

function attempt(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof CacheFailure)) throw error;
  }
}

async function databaseWithoutLog(): Promise<string> {
  const cache = await makeCache({ images: standardImages() });
  addSandbox(cache.home, { name: 'a', reference: 'alpine' });
  const database = new Database(cache.databaseFile);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  return cache.databaseFile;
}

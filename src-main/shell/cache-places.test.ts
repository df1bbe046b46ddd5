import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPlace } from './cache-places.ts';

let dir: string;
let places: { home: string; cacheDir: string; databaseFile: string };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'strata-test-'));
  places = {
    home: join(dir, 'home'),
    cacheDir: join(dir, 'home/cache'),
    databaseFile: join(dir, 'home/db/msb.db'),
  };
  mkdirSync(join(places.cacheDir, 'layers'), { recursive: true });
  writeFileSync(join(places.cacheDir, 'layers/one.erofs'), '');
  writeFileSync(join(dir, 'outside'), '');
  symlinkSync(dir, join(places.cacheDir, 'link'));
  symlinkSync(join(dir, 'outside'), join(places.cacheDir, 'layers/two.erofs'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function find(path: string): Promise<string | null> {
  return findPlace(places, { kind: 'cache-file', path });
}

describe('findPlace', () => {
  it('finds the home, the cache and files of the cache', async () => {
    expect(await findPlace(places, { kind: 'home' })).toBe(places.home);
    expect(await findPlace(places, { kind: 'cache' })).toBe(places.cacheDir);
    expect(await find('layers/one.erofs')).toBe(join(places.cacheDir, 'layers/one.erofs'));
  });

  it('finds nothing where nothing is', async () => {
    expect(await findPlace(places, { kind: 'database' })).toBeNull();
    expect(await find('layers/three.erofs')).toBeNull();
  });

  it('finds a link that lies in the cache, as itself', async () => {
    expect(await find('layers/two.erofs')).toBe(join(places.cacheDir, 'layers/two.erofs'));
  });

  it('does not go through a link out of the cache', async () => {
    expect(await find('link/outside')).toBeNull();
  });

  it.each([
    '../db',
    'layers/../../db',
    '..',
    '.',
    '/etc/passwd',
    'layers//one.erofs',
    'layers\\..\\..',
    'a\0b',
    '',
  ])('takes no path like %j', async (path) => {
    mkdirSync(join(dir, 'home/db'));
    expect(await find(path)).toBeNull();
  });
});

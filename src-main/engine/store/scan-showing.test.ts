import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bareHome } from '../../../test-support/bare-home.ts';
import type { HomePaths } from '../home/paths.ts';
import type { RawPath } from './directory-listing.ts';
import { layerPath, metadataPath } from './names.ts';
import { createStoreReader, type ReadOptions, type StoreReader } from './scan.ts';

type Listing = typeof import('./directory-listing.ts');

const disk = vi.hoisted(() => ({ listed: [] as string[], isCoarse: false }));

/** The real files and calls, counted; change times cut to milliseconds where a test asks for such a file system. */
vi.mock('./directory-listing.ts', async (original) => {
  const real = await original<Listing>();
  const lookAt: Listing['lookAt'] = (path) => {
    const stats = real.lookAt(path);
    if (stats !== null && disk.isCoarse) stats.ctimeNs -= stats.ctimeNs % 1_000_000n;
    return stats;
  };
  const listNames: Listing['listNames'] = (directory: RawPath) => {
    disk.listed.push(`${directory}`);
    return real.listNames(directory);
  };
  return { ...real, lookAt, listNames };
});

const FINELY_MS = 500;
const FULLY_MS = 2500;
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const SHOWING = { isForShowing: true };
const DECIDING = {};

let paths: HomePaths;
let reader: StoreReader;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  paths = bareHome();
  for (const folder of ['layers', 'manifests']) mkdirSync(join(paths.cacheDir, folder), { recursive: true });
  putLayer('1');
  putLayer('2');
  reader = createStoreReader(paths);
  disk.isCoarse = false;
});

afterEach(() => {
  vi.useRealTimers();
});

/** A layer as whole as a scan can tell. */
function putLayer(digit: string): void {
  const bytes = Buffer.alloc(4096);
  bytes.writeUInt32LE(0xe0f5e1e2, 1024);
  writeFileSync(join(paths.cacheDir, layerPath(digest(digit))!), bytes);
}

function pass(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
}

/** How many folders of the cache the read listed, and the layers it found. */
function read(options: ReadOptions): { readonly listed: number; readonly layers: number } {
  disk.listed.length = 0;
  const { entries } = reader.read(options);
  const layers = entries.filter(({ what }) => what.kind === 'layer').length;
  return { listed: disk.listed.filter((path) => path.startsWith(paths.cacheDir)).length, layers };
}

const FOLDERS_THERE = 3;

describe('reading for showing', () => {
  it('lists a folder that changed again only for a tenth of a second where change times are fine', () => {
    expect(read(SHOWING)).toEqual({ listed: FOLDERS_THERE, layers: 2 });
    expect(read(SHOWING)).toEqual({ listed: FOLDERS_THERE, layers: 2 });
    pass(FINELY_MS);
    expect(read(SHOWING)).toEqual({ listed: FOLDERS_THERE, layers: 2 });
    expect(read(SHOWING)).toEqual({ listed: 0, layers: 2 });
    putLayer('3');
    expect(read(SHOWING)).toEqual({ listed: 1, layers: 3 });
  });

  it('lists it for two seconds where change times tell no more than milliseconds', () => {
    disk.isCoarse = true;
    pass(FINELY_MS);
    expect(read(SHOWING)).toEqual({ listed: FOLDERS_THERE, layers: 2 });
    expect(read(SHOWING)).toEqual({ listed: FOLDERS_THERE, layers: 2 });
    pass(FULLY_MS);
    expect(read(SHOWING)).toEqual({ listed: FOLDERS_THERE, layers: 2 });
    expect(read(SHOWING)).toEqual({ listed: 0, layers: 2 });
  });

  it('looks again at a file that was replaced within one time', () => {
    const metadata = join(paths.cacheDir, metadataPath('a'.repeat(64))!);
    const texts = ['1', '2'].map((digit) =>
      JSON.stringify({ manifest_digest: digest(digit), config_digest: digest('c'), layers: [] }),
    );
    for (const text of texts) {
      writeFileSync(metadata, text);
      reader.read(SHOWING);
    }
    expect(reader.read(SHOWING).metadata.map(({ content }) => content?.manifestDigest)).toEqual([
      digest('2'),
    ]);
  });
});

describe('reading for a decision', () => {
  it('lists again what was left unlisted for showing, however late', () => {
    // Looked at every time, listed or not.
    writeFileSync(join(paths.cacheDir, layerPath(digest('2'))!), 'no layer');
    pass(FINELY_MS);
    read(SHOWING);
    expect(read(SHOWING).listed).toBe(0);
    expect(read(DECIDING).listed).toBe(FOLDERS_THERE);
    expect(read(SHOWING).listed).toBe(0);
    pass(FULLY_MS);
    // Taken up unlisted after two seconds, it is no more certain than it was.
    expect(read(SHOWING).listed).toBe(0);
    expect(read(DECIDING)).toEqual({ listed: FOLDERS_THERE, layers: 2 });
    expect(read(DECIDING)).toEqual({ listed: 0, layers: 2 });
  });
});

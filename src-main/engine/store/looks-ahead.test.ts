import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { resolveHome } from '../home/index.ts';
import type { HomePaths } from '../home/paths.ts';
import { lookThroughFolders } from './folder-looks.ts';
import { LooksAhead } from './looks-ahead.ts';
import { FOLDERS, fsmetaPath, layerLockPath, layerPath } from './names.ts';
import { createStoreReader, scanStore } from './scan.ts';

const opened: LooksAhead[] = [];

afterEach(() => {
  for (const ahead of opened.splice(0)) ahead.close();
});

const digest = (number: number) => `sha256:${`${number}`.padStart(64, '0')}`;

function layerBytes(): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes.writeUInt32LE(0xe0f5e1e2, 1024);
  return bytes;
}

/** A cache of so many whole layers with their locks, and one each of what is not as it should be. */
function cacheOf(layers: number): HomePaths {
  const home = scratchDir('looks');
  const paths = resolveHome({ homeOption: home, env: {}, userHome: home });
  for (const folder of FOLDERS) mkdirSync(join(paths.cacheDir, folder), { recursive: true });
  const put = (path: string, content: string | Buffer = '') =>
    writeFileSync(join(paths.cacheDir, path), content);
  for (let number = 0; number < layers; number += 1) {
    put(layerPath(digest(number))!, layerBytes());
    put(layerLockPath(digest(number))!);
  }
  put(layerPath(digest(90_001))!, 'cut short');
  put(layerPath(digest(90_002))!, Buffer.alloc(4096));
  put(fsmetaPath(digest(90_003))!, layerBytes());
  put('layers/not-of-msb.erofs', 'anything');
  mkdirSync(join(paths.cacheDir, 'layers', 'folder', 'below'), { recursive: true });
  put('layers/folder/file', 'text');
  put(`manifests/${'a'.repeat(64)}.json`, '{}');
  symlinkSync('/etc', join(paths.cacheDir, layerPath(digest(90_004))!));
  linkSync(join(paths.cacheDir, layerPath(digest(0))!), join(paths.cacheDir, 'twice'));
  if (process.platform !== 'win32')
    execFileSync('mkfifo', [join(paths.cacheDir, layerPath(digest(90_005))!)]);
  return paths;
}

/** Reads a cache of which nothing was seen yet with the looks of a thread. */
function readWithLooks(paths: HomePaths, meanwhile: (ahead: LooksAhead) => void = () => {}) {
  const reader = createStoreReader(paths);
  const ahead = reader.lookAhead();
  expect(ahead, 'a cache large enough for a thread').not.toBeNull();
  opened.push(ahead!);
  meanwhile(ahead!);
  return { reader, store: reader.readFully({ ahead: ahead! }) };
}

const byPath = (left: { path: string }, right: { path: string }) => (left.path < right.path ? -1 : 1);

describe('a scan with the looks of a thread', () => {
  it('comes to the same as one without', () => {
    const paths = cacheOf(2600);
    const { store } = readWithLooks(paths);
    const alone = scanStore(paths);
    expect(store.entries.toSorted(byPath)).toEqual(alone.entries.toSorted(byPath));
    expect({ ...store, entries: [] }).toEqual({ ...alone, entries: [] });
    expect(store.entries.filter(({ erofs }) => erofs === 'truncated')).toHaveLength(1);
    expect(store.entries.filter(({ erofs }) => erofs === 'bad-superblock')).toHaveLength(1);
  });

  it('takes the looks of the thread', () => {
    const paths = cacheOf(2600);
    const { store } = readWithLooks(paths, (ahead) => {
      const { take } = ahead;
      ahead.take = (folder) => {
        const part = take.call(ahead, folder);
        // Five bytes more than there are, of every file.
        for (let field = 0; part !== null && field < part.fields.length; field += 7)
          part.fields[field]! += 5n;
        return part;
      };
    });
    const lengths = store.entries.filter(({ what }) => what.kind === 'layer-lock');
    expect(lengths.map(({ logicalBytes }) => logicalBytes)).toEqual(lengths.map(() => 5));
  });

  it('looks for itself where a folder has changed since the thread listed it', () => {
    const paths = cacheOf(2600);
    const { store } = readWithLooks(paths, (ahead) => {
      const { take } = ahead;
      ahead.take = (folder) => {
        const part = take.call(ahead, folder);
        part?.fields.fill(0n);
        return part && { ...part, changeTimeNs: part.changeTimeNs - 1n };
      };
    });
    expect(store.entries.toSorted(byPath)).toEqual(scanStore(paths).entries.toSorted(byPath));
  });

  it('comes to the same when the thread ends before it is through', () => {
    const paths = cacheOf(2600);
    const { store } = readWithLooks(paths, (ahead) => {
      const { take } = ahead;
      let parts = 0;
      ahead.take = (folder) => {
        parts += 1;
        if (parts === 3) ahead.close();
        return take.call(ahead, folder);
      };
    });
    expect(store.entries.toSorted(byPath)).toEqual(scanStore(paths).entries.toSorted(byPath));
  });

  it('sees afterwards what changed meanwhile', () => {
    const paths = cacheOf(2600);
    const { reader } = readWithLooks(paths);
    rmSync(join(paths.cacheDir, layerPath(digest(1))!));
    const now = reader.read();
    expect(now.entries.toSorted(byPath)).toEqual(scanStore(paths).entries.toSorted(byPath));
  });
});

describe('looking ahead', () => {
  it('is not worth a thread for a small cache, or one seen before', () => {
    expect(createStoreReader(cacheOf(10)).lookAhead()).toBeNull();
    const { reader } = readWithLooks(cacheOf(2600));
    expect(reader.lookAhead()).toBeNull();
  });

  it('has nothing to say of a cache that is not there', () => {
    const ahead = new LooksAhead(join(scratchDir('looks'), 'none'));
    opened.push(ahead);
    expect(FOLDERS.map((folder) => ahead.take(folder))).toEqual(FOLDERS.map(() => null));
  });

  it('enters no folder through a link, and leaves out one with a name that is not UTF-8', () => {
    const paths = cacheOf(3);
    rmSync(join(paths.cacheDir, 'flat'), { recursive: true });
    const elsewhere = scratchDir('looks');
    mkdirSync(join(elsewhere, 'refs'));
    symlinkSync(elsewhere, join(paths.cacheDir, 'flat'), 'junction');
    const folders = () => new Set([...lookThroughFolders(paths.cacheDir)].map(({ folder }) => folder));
    expect(folders()).toEqual(new Set(['', 'layers', 'fsmeta', 'vmdk', 'tmp', '.strata', 'manifests']));
    if (process.platform !== 'linux') return;
    const raw = Buffer.concat([Buffer.from(`${paths.cacheDir}/layers/`), Buffer.from([0xff, 0xfe])]);
    writeFileSync(raw, 'x');
    expect(folders()).toEqual(new Set(['', 'fsmeta', 'vmdk', 'tmp', '.strata', 'manifests']));
  });
});

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bareHome, placesIn } from '../../../test-support/bare-home.ts';
import { makeCache } from '../../../test-support/cache.ts';
import { addFlatDisk } from '../../../test-support/flat-disks.ts';
import { ALL_GARBAGE, addGarbage } from '../../../test-support/garbage.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { addSnapshot } from '../../../test-support/snapshots.ts';
import { writeSparse } from '../../../test-support/sparse.ts';
import { file } from '../../../test-support/tar-entry.ts';
import type { HomePaths } from '../home/paths.ts';
import { allocatedOnce } from '../inventory/allocated.ts';
import type { StoreSnapshot } from './entries.ts';
import {
  FOLDERS,
  flatRefPath,
  fsmetaPath,
  layerLockPath,
  layerPath,
  metadataPath,
  vmdkPath,
} from './names.ts';
import { createStoreReader, scanStore } from './scan.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const KEY = 'e8f1adef354e6465d41314fafa35b9b339282111c233492e861862dd91deee15';
const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';

/** A home whose cache has msb's folders, all empty. */
function emptyHome(): HomePaths {
  const paths = bareHome();
  for (const folder of FOLDERS) {
    if (folder !== '.strata') mkdirSync(join(paths.cacheDir, folder), { recursive: true });
  }
  return paths;
}

function layerBytes(blocks = 2): Buffer {
  const bytes = Buffer.alloc(blocks * 4096);
  bytes.writeUInt32LE(0xe0f5e1e2, 1024);
  return bytes;
}

/** Writes below the cache, making folders as needed. */
function put(paths: HomePaths, path: string, content: string | Buffer = ''): string {
  const target = join(paths.cacheDir, path);
  mkdirSync(join(target, '..'), { recursive: true });
  writeFileSync(target, content);
  return target;
}

function metadataText(layers: readonly string[] = [digest('1')]): string {
  return JSON.stringify({
    manifest_digest: digest('a'),
    config_digest: digest('b'),
    layers: layers.map((diff_id) => ({ digest: digest('c'), diff_id })),
  });
}

function entryAt(store: StoreSnapshot, path: string) {
  const found = store.entries.filter((entry) => entry.path === path);
  expect(found.length, path).toBeLessThanOrEqual(1);
  return found[0];
}

function kindAt(store: StoreSnapshot, path: string): string | undefined {
  return entryAt(store, path)?.what.kind;
}

function du(path: string): number {
  return Number(execFileSync('du', ['-s', '--block-size=1', path], { encoding: 'utf8' }).split('\t')[0]);
}

/** Names that are not directories, by the system's own walk. */
function filesBelow(path: string): number {
  return execFileSync('find', [path, '!', '-type', 'd', '-printf', 'x']).length;
}

describe('scanStore', () => {
  it('says of a missing cache that there is none, and of an empty one that it is empty', () => {
    const paths = bareHome();
    expect(scanStore(paths)).toMatchObject({ exists: false, entries: [], metadata: [], unreadable: [] });
    mkdirSync(paths.cacheDir);
    const store = scanStore(paths);
    expect(store.exists).toBe(true);
    expect(store.entries.map((entry) => [entry.path, entry.what.kind])).toEqual([['', 'directory']]);
  });

  it('says of a cache that is a file, or a link to nowhere, that it cannot be read', () => {
    const paths = bareHome();
    writeFileSync(paths.cacheDir, '');
    expect(scanStore(paths)).toMatchObject({ exists: false, entries: [], unreadable: [''] });
    unlinkSync(paths.cacheDir);
    symlinkSync('nowhere', paths.cacheDir);
    expect(scanStore(paths)).toMatchObject({ exists: false, entries: [], unreadable: [''] });
  });

  it('follows the cache directory itself when it is a link', () => {
    const real = emptyHome();
    put(real, layerPath(digest('1'))!, layerBytes());
    const paths = bareHome();
    symlinkSync(real.cacheDir, paths.cacheDir);
    const store = scanStore(paths);
    expect(kindAt(store, layerPath(digest('1'))!)).toBe('layer');
    expect(entryAt(store, '')?.type).toBe('directory');
  });

  it('says what each file is, how long it is and what it occupies', () => {
    const paths = emptyHome();
    const layer = put(paths, layerPath(digest('1'))!, layerBytes(3));
    utimesSync(layer, 1_700_000_000, 1_700_000_000.5);
    expect(entryAt(scanStore(paths), layerPath(digest('1'))!)).toMatchObject({
      what: { kind: 'layer', diffId: digest('1') },
      type: 'file',
      logicalBytes: 12_288,
      allocatedBytes: 12_288,
      files: 1,
      mtimeMs: 1_700_000_000_500,
      linkCount: 1,
      erofs: 'ok',
    });
  });

  it('judges layers and fsmeta by length and magic number, other files not at all', () => {
    const paths = emptyHome();
    const damaged = layerBytes();
    damaged.writeUInt8(0, 1024);
    put(paths, layerPath(digest('1'))!, layerBytes());
    put(paths, layerPath(digest('2'))!, Buffer.alloc(0));
    put(paths, layerPath(digest('3'))!, layerBytes().subarray(0, 5000));
    put(paths, layerPath(digest('4'))!, damaged);
    put(paths, fsmetaPath(digest('1'))!, damaged);
    put(paths, vmdkPath(digest('1'))!, 'x');
    const store = scanStore(paths);
    const said = ['1', '2', '3', '4'].map((digit) => entryAt(store, layerPath(digest(digit))!)?.erofs);
    expect(said).toEqual(['ok', 'truncated', 'truncated', 'bad-superblock']);
    expect(entryAt(store, fsmetaPath(digest('1'))!)?.erofs).toBe('bad-superblock');
    expect(entryAt(store, vmdkPath(digest('1'))!)?.erofs).toBeNull();

    const quick = scanStore(paths, { checkSuperblocks: false });
    expect(entryAt(quick, layerPath(digest('4'))!)?.erofs).toBe('ok');
    expect(entryAt(quick, layerPath(digest('3'))!)?.erofs).toBe('truncated');
  });

  it('reads metadata and flat refs, and keeps those it cannot understand as such', () => {
    const paths = emptyHome();
    put(paths, metadataPath(KEY)!, metadataText());
    put(paths, metadataPath('0'.repeat(64))!, '{"manifest_digest":');
    put(
      paths,
      flatRefPath(digest('a'))!,
      JSON.stringify({ artifact_digest: digest('f'), virtual_size_bytes: 4096 }),
    );
    put(paths, flatRefPath(digest('b'))!, '');
    const store = scanStore(paths);
    expect(store.metadata.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { key: '0'.repeat(64), content: null },
      {
        key: KEY,
        content: {
          manifestDigest: digest('a'),
          configDigest: digest('b'),
          layers: [{ diffId: digest('1'), blobDigest: digest('c') }],
          hasRawConfig: false,
          platform: null,
        },
      },
    ]);
    expect(store.flatRefs).toEqual(
      expect.arrayContaining([
        { manifestDigest: digest('a'), artifactDigest: digest('f'), lengthBytes: 4096 },
        { manifestDigest: digest('b'), artifactDigest: null, lengthBytes: null },
      ]),
    );
    expect(store.unreadable).toEqual([]);
  });

  it('names metadata too long to read among what it could not read', () => {
    const paths = emptyHome();
    truncateSync(put(paths, metadataPath(KEY)!, metadataText()), 17 * 2 ** 20);
    const store = scanStore(paths);
    expect(store.metadata).toEqual([{ key: KEY, content: null }]);
    expect(store.unreadable).toEqual([metadataPath(KEY)]);
  });

  it('does not know links, FIFOs and directories that bear the name of a file', () => {
    const paths = emptyHome();
    const outside = join(scratchDir('outside'), 'layer');
    writeFileSync(outside, layerBytes());
    symlinkSync(outside, join(paths.cacheDir, layerPath(digest('1'))!));
    mkdirSync(join(paths.cacheDir, layerPath(digest('2'))!));
    symlinkSync(outside, join(paths.cacheDir, metadataPath(KEY)!));
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(paths.cacheDir, layerPath(digest('3'))!)]);
    const store = scanStore(paths);
    const kinds = [
      layerPath(digest('1'))!,
      layerPath(digest('2'))!,
      layerPath(digest('3'))!,
      metadataPath(KEY)!,
    ].map((path) => [entryAt(store, path)?.type, kindAt(store, path)]);
    expect(kinds).toEqual([
      ['symlink', 'unknown'],
      ['directory', 'unknown'],
      ['other', 'unknown'],
      ['symlink', 'unknown'],
    ]);
    expect(store.metadata).toEqual([]);
  });

  it('does not look into a folder that is a link', () => {
    const elsewhere = emptyHome();
    put(elsewhere, layerPath(digest('1'))!, layerBytes());
    put(elsewhere, flatRefPath(digest('1'))!, '{}');
    const paths = bareHome();
    mkdirSync(paths.cacheDir);
    symlinkSync(join(elsewhere.cacheDir, 'layers'), join(paths.cacheDir, 'layers'));
    symlinkSync(join(elsewhere.cacheDir, 'flat'), join(paths.cacheDir, 'flat'));
    const store = scanStore(paths);
    expect(store.entries.map((entry) => [entry.path, entry.what.kind]).toSorted()).toEqual([
      ['', 'directory'],
      ['flat', 'unknown'],
      ['layers', 'unknown'],
    ]);
    expect(store.flatRefs).toEqual([]);
  });

  it('counts a work folder, one of our leftovers and a folder it does not know as one entry each', () => {
    const paths = emptyHome();
    const work = `tmp/sha256_${'a'.repeat(64)}.work`;
    const leftover = `.strata/${'0'.repeat(32)}`;
    put(paths, `${work}/fsmeta.erofs`, layerBytes(1));
    put(paths, `${work}/deeper/rootfs.vmdk`, 'x'.repeat(5000));
    put(paths, `${leftover}/layers/x`, layerBytes(1));
    put(paths, 'images/old.json', 'x');
    put(paths, 'layers/sha256_old.extracted/etc/passwd', 'x');
    put(paths, '.image-deletions/delete-1/0', 'x');
    const store = scanStore(paths);
    expect(entryAt(store, work)).toMatchObject({
      what: { kind: 'work', digest: digest('a') },
      type: 'directory',
      files: 2,
      logicalBytes: 4096 + 5000,
      allocatedBytes: 4096 + 8192 + 2 * 4096,
      linkCount: 1,
    });
    expect(kindAt(store, leftover)).toBe('leftover');
    expect(kindAt(store, '.strata')).toBe('directory');
    for (const path of ['images', 'layers/sha256_old.extracted', '.image-deletions']) {
      expect(kindAt(store, path)).toBe('unknown');
    }
    expect(store.entries.filter((entry) => entry.path.startsWith('images/'))).toEqual([]);
  });

  it('gives a work folder the time of what was last written below it', () => {
    const paths = emptyHome();
    const work = `tmp/sha256_${'a'.repeat(64)}.work`;
    const part = put(paths, `${work}/fsmeta.erofs`, 'x');
    utimesSync(part, 2_000_000_000, 2_000_000_000);
    utimesSync(join(paths.cacheDir, work), 1_000_000_000, 1_000_000_000);
    expect(entryAt(scanStore(paths), work)?.mtimeMs).toBe(2_000_000_000_000);
  });

  it('keeps both names of a file that has two, wherever they are', () => {
    const paths = emptyHome();
    const layer = put(paths, layerPath(digest('1'))!, layerBytes());
    linkSync(layer, join(paths.cacheDir, 'layers', 'copy'));
    mkdirSync(join(paths.cacheDir, '.image-deletions', 'delete-1'), { recursive: true });
    linkSync(layer, join(paths.cacheDir, '.image-deletions', 'delete-1', '0'));
    const store = scanStore(paths);
    const names = [layerPath(digest('1'))!, 'layers/copy', '.image-deletions/delete-1/0'];
    const [first, second, third] = names.map((path) => entryAt(store, path)!);
    expect([first!.what.kind, second!.what.kind, third!.what.kind]).toEqual(['layer', 'unknown', 'unknown']);
    expect([first!.linkCount, second!.linkCount, third!.linkCount]).toEqual([3, 3, 3]);
    expect(new Set([first, second, third].map((entry) => entry!.ino)).size).toBe(1);
    // The name in a folder we know comes first, so the bytes are the layer's.
    expect(store.entries.indexOf(first!)).toBeLessThan(store.entries.indexOf(third!));
    expect(entryAt(store, '.image-deletions')).toMatchObject({ files: 0, logicalBytes: 0 });
  });

  it('counts a file that has both names in one folder we do not know with that folder', () => {
    const paths = emptyHome();
    const one = put(paths, 'other/one', layerBytes());
    linkSync(one, join(paths.cacheDir, 'other', 'two'));
    const store = scanStore(paths);
    expect(entryAt(store, 'other')).toMatchObject({ files: 2, logicalBytes: 8192, linkCount: 1 });
    expect(store.entries.filter((entry) => entry.path.startsWith('other/'))).toEqual([]);
  });

  it.skipIf(!isLinux)('adds up to what du says, each file counted once', () => {
    const paths = emptyHome();
    for (const digit of '0123456789abcdef')
      put(paths, layerPath(digest(digit))!, layerBytes(Number.parseInt(digit, 16) + 1));
    put(paths, layerLockPath(digest('1'))!);
    writeSparse(join(paths.cacheDir, 'flat', 'blobs', `sha256_${'f'.repeat(64)}.raw`), {
      lengthBytes: 256 * 2 ** 20,
      contentBytes: 3_000_000,
    });
    put(paths, metadataPath(KEY)!, metadataText());
    put(paths, `tmp/sha256_${'a'.repeat(64)}.work/a/b/c/fsmeta.erofs`, layerBytes());
    put(paths, `.strata/${'0'.repeat(32)}/layers/x`, layerBytes());
    put(paths, 'unknown/a/b/c/d/e', 'x'.repeat(10_000));
    put(paths, 'unknown/.hidden/f', 'x');
    put(paths, `${'n'.repeat(255)}/g`, 'x');
    put(paths, 'layers/.msb-leases/x.lock');
    linkSync(join(paths.cacheDir, layerPath(digest('5'))!), join(paths.cacheDir, 'unknown', 'a', 'link'));
    linkSync(
      join(paths.cacheDir, layerPath(digest('5'))!),
      join(paths.cacheDir, `.strata/${'0'.repeat(32)}/link`),
    );
    linkSync(join(paths.cacheDir, layerPath(digest('6'))!), join(scratchDir('outside'), 'link'));
    linkSync(join(paths.cacheDir, 'unknown/.hidden/f'), join(paths.cacheDir, 'unknown/.hidden/g'));
    symlinkSync('/', join(paths.cacheDir, 'unknown', 'root'));
    symlinkSync('x'.repeat(2000), join(paths.cacheDir, 'layers', 'long-link'));
    execFileSync('mkfifo', [join(paths.cacheDir, 'tmp', 'fifo')]);
    const store = scanStore(paths);
    expect(allocatedOnce(store.entries)).toBe(du(paths.cacheDir));
    expect(store.entries.reduce((sum, entry) => sum + entry.files, 0)).toBe(filesBelow(paths.cacheDir));
    expect(store.unreadable).toEqual([]);
  });

  it.skipIf(!isLinux)('counts files whose names are not UTF-8', () => {
    const paths = emptyHome();
    const raw = Buffer.concat([Buffer.from(`${paths.cacheDir}/layers/`), Buffer.from([0xff, 0xfe])]);
    writeFileSync(raw, 'x');
    mkdirSync(Buffer.concat([Buffer.from(`${paths.cacheDir}/`), Buffer.from([0xff])]));
    writeFileSync(Buffer.concat([Buffer.from(`${paths.cacheDir}/`), Buffer.from([0xff, 0x2f, 0xfe])]), 'x');
    put(paths, 'layers/\uFFFD', 'not the same');
    const reader = createStoreReader(paths);
    for (const store of [reader.readFully(), reader.read()]) {
      expect(allocatedOnce(store.entries)).toBe(du(paths.cacheDir));
      expect(store.entries.reduce((sum, entry) => sum + entry.files, 0)).toBe(3);
    }
  });

  it.skipIf(isRoot)('names folders and files it may not read', () => {
    const paths = emptyHome();
    put(paths, 'unknown/deep/file', 'x');
    put(paths, metadataPath(KEY)!, metadataText());
    chmodSync(join(paths.cacheDir, metadataPath(KEY)!), 0);
    chmodSync(join(paths.cacheDir, 'layers'), 0);
    chmodSync(join(paths.cacheDir, 'unknown', 'deep'), 0);
    const store = scanStore(paths);
    for (const path of ['layers', 'unknown/deep']) chmodSync(join(paths.cacheDir, path), 0o700);
    expect(store.unreadable.toSorted()).toEqual(['layers', metadataPath(KEY), 'unknown/deep'].toSorted());
    expect(kindAt(store, 'layers')).toBe('directory');
    expect(store.metadata).toEqual([{ key: KEY, content: null }]);
  });

  if (isRoot) console.warn('skipped: what may not be read cannot be tried by root');

  it('leaves out files that vanish while it looks', async () => {
    const paths = emptyHome();
    const folder = join(paths.cacheDir, 'unknown');
    mkdirSync(folder);
    // A scan is synchronous, so somebody else has to take the files away.
    const churn = `
      const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
      const end = Date.now() + 1500;
      while (Date.now() < end) {
        const d = mkdtempSync(process.argv[1] + '/d-');
        for (let i = 0; i < 50; i++) writeFileSync(d + '/' + i, 'x');
        rmSync(d, { recursive: true });
      }`;
    const { spawn } = await import('node:child_process');
    const child = spawn(process.execPath, ['-e', churn, folder]);
    const ended = new Promise((resolve) => child.on('close', resolve));
    let scans = 0;
    while (child.exitCode === null && scans < 300) {
      expect(scanStore(paths).unreadable).toEqual([]);
      scans += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ended;
    expect(scans).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('createStoreReader', () => {
  /** Caches whose files changed long enough ago to be believed unchanged: one for each test that wants it. */
  const settled = Array.from({ length: 4 }, () => settledCache());
  const large = emptyHome();
  for (let i = 0; i < 1100; i += 1) put(large, `unknown/deep/${i}`, 'x');
  beforeAll(() => new Promise((resolve) => setTimeout(resolve, 2100)));

  function settledCache() {
    const paths = emptyHome();
    for (const digit of ['1', '2', '3']) {
      put(paths, layerPath(digest(digit))!, layerBytes());
      put(paths, layerLockPath(digest(digit))!);
    }
    put(paths, metadataPath(KEY)!, metadataText());
    put(paths, 'unknown/file', 'x');
    return paths;
  }

  it('answers with the same object while nothing changed', () => {
    const paths = settled[0]!;
    const reader = createStoreReader(paths);
    const first = reader.readFully();
    expect(reader.read()).toBe(first);
    expect(reader.readFully()).toBe(first);
  });

  it('sees every kind of change that msb makes, and takes up what stayed the same', () => {
    const paths = settled[1]!;
    const reader = createStoreReader(paths);
    let last = reader.readFully();
    const next = () => {
      const store = reader.read();
      expect(store).not.toBe(last);
      // What it remembers is what a reader without memory sees.
      expect(sorted(store)).toEqual(sorted(scanStore(paths)));
      last = store;
      return store;
    };

    put(paths, 'tmp/new.part', layerBytes());
    next();
    appendFileSync(join(paths.cacheDir, 'tmp', 'new.part'), layerBytes());
    next();
    renameSync(join(paths.cacheDir, 'tmp', 'new.part'), join(paths.cacheDir, layerPath(digest('4'))!));
    expect(entryAt(next(), layerPath(digest('4'))!)?.erofs).toBe('ok');
    put(paths, `manifests/${KEY}.json.part`, metadataText([digest('1'), digest('4')]));
    renameSync(join(paths.cacheDir, `manifests/${KEY}.json.part`), join(paths.cacheDir, metadataPath(KEY)!));
    expect(next().metadata[0]?.content?.layers).toHaveLength(2);
    unlinkSync(join(paths.cacheDir, layerPath(digest('2'))!));
    expect(kindAt(next(), layerPath(digest('2'))!)).toBeUndefined();
    appendFileSync(join(paths.cacheDir, 'unknown', 'file'), 'more');
    expect(entryAt(next(), 'unknown')?.logicalBytes).toBe(5);
    mkdirSync(join(paths.cacheDir, 'layers', '.msb-leases'));
    next();
    rmSync(join(paths.cacheDir, 'layers'), { recursive: true });
    next();
    renameSync(paths.cacheDir, `${paths.cacheDir}-away`);
    expect(next().exists).toBe(false);
    renameSync(`${paths.cacheDir}-away`, paths.cacheDir);
    expect(next().exists).toBe(true);
  });

  it('notices a published file damaged in place when it reads everything, or is told of it', () => {
    const paths = settled[2]!;
    const reader = createStoreReader(paths);
    const path = layerPath(digest('1'))!;
    reader.readFully();
    truncateSync(join(paths.cacheDir, path), 5);
    expect(entryAt(reader.read({ changed: [path] }), path)?.erofs).toBe('truncated');
    truncateSync(join(paths.cacheDir, path), 0);
    expect(entryAt(reader.readFully(), path)).toMatchObject({ erofs: 'truncated', logicalBytes: 0 });
  });

  it('reads a file again that changed within the same length', () => {
    const paths = settled[3]!;
    const reader = createStoreReader(paths);
    reader.readFully();
    const path = layerPath(digest('1'))!;
    writeFileSync(join(paths.cacheDir, path), Buffer.alloc(8192));
    expect(entryAt(reader.readFully(), path)?.erofs).toBe('bad-superblock');
    writeFileSync(join(paths.cacheDir, path), layerBytes());
    expect(entryAt(reader.readFully(), path)?.erofs).toBe('ok');
    // Faster than the clock that file systems stamp changes with.
    for (let i = 0; i < 50; i += 1) {
      writeFileSync(join(paths.cacheDir, path), i % 2 === 0 ? Buffer.alloc(8192) : layerBytes());
      expect(entryAt(reader.read(), path)?.erofs).toBe(i % 2 === 0 ? 'bad-superblock' : 'ok');
    }
  });

  it('lists metadata last, so that a pull that ends meanwhile is known by it', () => {
    expect(FOLDERS.at(-1)).toBe('manifests');
    const folders = scanStore(settled[0]!).entries.filter((entry) => entry.what.kind === 'directory');
    expect(folders.at(-1)?.path).toBe('manifests');
  });

  it('sees files that appear faster than the clock folders are stamped with', () => {
    const paths = emptyHome();
    const reader = createStoreReader(paths);
    for (let i = 1; i <= 50; i += 1) {
      put(paths, layerLockPath(`sha256:${i.toString(16).padStart(64, '0')}`)!);
      expect(reader.read().entries.filter((entry) => entry.what.kind === 'layer-lock')).toHaveLength(i);
    }
  });

  it('tells a cache that went from one that became a file', () => {
    const paths = bareHome();
    const reader = createStoreReader(paths);
    const none = reader.read();
    expect(reader.read()).toEqual(none);
    writeFileSync(paths.cacheDir, '');
    expect(reader.read().unreadable).toEqual(['']);
    unlinkSync(paths.cacheDir);
    expect(reader.read().unreadable).toEqual([]);
  });

  it('follows the cache when the link to it is turned elsewhere', () => {
    const one = emptyHome();
    const two = emptyHome();
    put(two, layerPath(digest('9'))!, layerBytes());
    const paths = bareHome();
    symlinkSync(one.cacheDir, paths.cacheDir);
    const reader = createStoreReader(paths);
    expect(kindAt(reader.readFully(), layerPath(digest('9'))!)).toBeUndefined();
    unlinkSync(paths.cacheDir);
    symlinkSync(two.cacheDir, paths.cacheDir);
    expect(kindAt(reader.read(), layerPath(digest('9'))!)).toBe('layer');
  });

  it('walks a large folder it does not know again only when that changed, or in full', () => {
    const paths = large;
    const reader = createStoreReader(paths);
    const first = reader.readFully();
    put(paths, 'unknown/deep/new', 'x');
    expect(reader.read()).toBe(first);
    expect(entryAt(reader.read({ changed: ['unknown/deep/new'] }), 'unknown')?.files).toBe(1101);
    put(paths, 'unknown/deep/newer', 'x');
    expect(entryAt(reader.readFully(), 'unknown')?.files).toBe(1102);
  });
});

function sorted(store: StoreSnapshot) {
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  return { ...store, entries: store.entries.toSorted(byPath), unreadable: store.unreadable.toSorted() };
}

describeWithMsb('scanStore on caches msb wrote', (version) => {
  const images = [
    {
      references: ['app:1', 'app:latest'],
      layers: [{ entries: [file('a', 'one')] }, { entries: [file('b', 'two')] }],
    },
    { references: ['other:1'], layers: [{ entries: [file('a', 'one')] }] },
  ];

  it.skipIf(!isLinux)(
    'knows every file of a fresh cache, finds nothing wrong, and adds up to du',
    async () => {
      const cache = await makeCache({ version, images });
      const paths = placesIn(cache.home);
      const store = scanStore(paths);
      expect(store.entries.filter((entry) => entry.what.kind === 'unknown')).toEqual([]);
      expect(allocatedOnce(store.entries)).toBe(du(paths.cacheDir));
      for (const image of cache.images) {
        for (const diffId of image.diffIds) expect(entryAt(store, layerPath(diffId)!)?.erofs).toBe('ok');
        expect(entryAt(store, fsmetaPath(image.manifestDigest)!)?.erofs).toBe('ok');
        expect(kindAt(store, vmdkPath(image.manifestDigest)!)).toBe('vmdk');
        const contents = store.metadata.map((found) => found.content);
        expect(contents).toContainEqual(
          expect.objectContaining({
            manifestDigest: image.manifestDigest,
            configDigest: image.configDigest,
            hasRawConfig: true,
            platform: expect.objectContaining({ os: 'linux' }),
          }),
        );
      }
      expect(store.locks.held).toEqual([]);
      cache.dispose();
    },
  );

  it.skipIf(!isLinux)('tells all kinds of leftovers apart, and still adds up', async () => {
    const cache = await makeCache({ version, images });
    const paths = placesIn(cache.home);
    addFlatDisk(cache.home, cache.image('app:1').manifestDigest);
    const garbage = await addGarbage(cache.home, ALL_GARBAGE, { version });
    const expected: Partial<Record<(typeof ALL_GARBAGE)[number], string>> = {
      'orphan-layer-file': 'layer',
      'stray-fsmeta': 'fsmeta',
      'stray-vmdk': 'vmdk',
      blob: 'blob',
      'download-part': 'download-part',
      spool: 'spool',
      'layer-part': 'layer-part',
      work: 'work',
      'flat-work': 'work',
      'load-blob': 'transfer',
      'save-tar': 'transfer',
      'metadata-part': 'metadata-part',
      'flat-ref-part': 'flat-ref-part',
      'flat-blob': 'flat-disk',
    };
    const store = scanStore(paths);
    for (const { kind, paths: added } of garbage) {
      const kinds = added.flatMap((path) => kindAt(store, path) ?? []);
      if (kind === 'unknown') expect(new Set(kinds)).toEqual(new Set(['unknown']));
      else expect([kind, kinds]).not.toEqual([kind, expect.arrayContaining(['unknown'])]);
      if (expected[kind] !== undefined)
        expect([kind, kinds]).toEqual([kind, expect.arrayContaining([expected[kind]])]);
    }
    expect(allocatedOnce(store.entries)).toBe(du(paths.cacheDir));
    expect(store.entries.reduce((sum, entry) => sum + entry.files, 0)).toBe(filesBelow(paths.cacheDir));
    cache.dispose();
  });

  it('finds snapshots beside the cache, indexed or not, in both layouts', async () => {
    const cache = await makeCache({ version, images });
    const manifestDigest = cache.image('app:1').manifestDigest;
    addSnapshot(cache.home, { name: 'plain', reference: 'app:1' });
    addSnapshot(cache.home, { name: 'old', reference: 'app:1', layout: 'legacy', isIndexed: false });
    addSnapshot(cache.home, { name: 'member', reference: 'app:1', group: 'box', isIndexed: false });
    const found = scanStore(placesIn(cache.home)).snapshots;
    expect(found.map(({ name, group }) => [name, group]).toSorted()).toEqual([
      ['member', 'box'],
      ['old', null],
      ['plain', null],
    ]);
    expect(new Set(found.map((artifact) => artifact.manifestDigest))).toEqual(new Set([manifestDigest]));
    cache.dispose();
  });

  it('keeps up with a load that runs beside it', async () => {
    const cache = await makeCache({ version, images });
    const paths = placesIn(cache.home);
    const reader = createStoreReader(paths);
    reader.readFully();
    const layers = Array.from({ length: 6 }, (_, i) => ({
      entries: [file(`data-${i}`, { sizeBytes: 2_000_000, fill: 'noise' as const, seed: i })],
    }));
    let isLoading = true;
    const load = cache.load([{ references: ['late:1'], layers }]).finally(() => {
      isLoading = false;
    });
    while (isLoading) {
      reader.read();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await load;
    expect(sorted(reader.read())).toEqual(sorted(scanStore(paths)));
    cache.dispose();
  });
});

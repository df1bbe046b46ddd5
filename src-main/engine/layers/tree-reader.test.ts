import {
  copyFileSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryListing, TreeEntry } from '../../../src-shared/domain/tree-entry.ts';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import {
  charDevice,
  directory,
  file,
  hardlink,
  opaque,
  symlink,
  type TarEntry,
  whiteout,
} from '../../../test-support/tar-entry.ts';
import { openErofs } from '../erofs/index.ts';
import { CacheFailure } from '../failure.ts';
import { createTreeReader, type LayerTree, type TreeReader } from './index.ts';
import { treeOf } from './test-trees.ts';

const BASE: TarEntry[] = [
  directory('bin'),
  file('bin/tool', 'first', { mode: 0o4755 }),
  directory('etc'),
  file('etc/changed', 'old'),
  file('etc/chmod', 'same bytes', { mode: 0o600 }),
  file('etc/same', 'same'),
  file('etc/gone', 'gone soon'),
  symlink('etc/link', '../bin/tool'),
  directory('opt'),
  file('opt/big', { sizeBytes: 10_000, fill: 'text' }),
  file('opt/deep/more', 'more'),
  charDevice('null', 1, 3),
  file('linked', 'linked bytes'),
  hardlink('linked-too', 'linked'),
];
const MIDDLE: TarEntry[] = [
  directory('etc'),
  file('etc/changed', 'newer'),
  file('etc/chmod', 'same bytes', { mode: 0o644 }),
  file('etc/same', 'same'),
  file('etc/new', 'new'),
  whiteout('etc/gone'),
  whiteout('opt'),
  whiteout('linked'),
  directory('data', { mtime: 5 }),
  file('data/a', 'a'),
];
const TOP: TarEntry[] = [
  directory('data', { mtime: 5 }),
  opaque('data'),
  file('data/b', 'b'),
  file('etc/changed', 'newest'),
  file('opt/back', 'back'),
];

const ODD_NAMES: TarEntry[] = [
  Buffer.from([0x01, 0x0a]),
  '%41',
  '100%',
  'a b',
  'back\\slash',
  'evil\u202egnp.exe',
  Buffer.from([...Buffer.from('half '), 0xe2, 0x80]),
  'ü日本🎈',
  Buffer.from([0xff, 0xfe]),
].map((name) => file(name, 'found'));
const MANY = Array.from({ length: 10_500 }, (_, n) => file(`many/${String(n).padStart(5, '0')}`, ''));

const LEFT = [
  file('bytes', 'one'),
  file('big', { sizeBytes: 600_000, fill: 'text' }),
  directory('directory-mode', { mode: 0o755 }),
  symlink('link', 'abc'),
  file('owner', 'o', { uid: 1 }),
  charDevice('rdev', 1, 3),
  file('time', 't', { mtime: 1 }),
  file('type', 'a file'),
];
const RIGHT = [
  file('bytes', 'two'),
  file('big', { sizeBytes: 600_000, fill: 'text' }, { mtime: 7 }),
  directory('directory-mode', { mode: 0o700 }),
  symlink('link', 'abd'),
  file('owner', 'o', { uid: 2 }),
  charDevice('rdev', 1, 5),
  file('time', 't', { mtime: 2 }),
  file('type/inside', 'a directory'),
];

/** One line for each entry: what happened, which layer brings it, its name, what it hides, who removed it. */
function rows({ entries }: DirectoryListing): string[] {
  return entries.map((entry) => {
    const hides = entry.hiddenBytes ? ` hides ${entry.hiddenBytes}` : '';
    const by = entry.removedBy === undefined ? '' : ` by ${entry.removedBy}`;
    const slash = entry.type === 'directory' ? '/' : '';
    return `${entry.change} ${entry.position} ${entry.name}${slash}${hides}${by}`;
  });
}

async function entry(reader: TreeReader, tree: LayerTree, path: string): Promise<TreeEntry> {
  const slash = path.lastIndexOf('/');
  const { entries } = await reader.listDirectory(tree, path.slice(0, slash) || '/');
  return entries.find((candidate) => candidate.path === path)!;
}

function readdirLinks(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      // The descriptor that reads the folder is closed by now.
      return [];
    }
  });
}

describeWithMsb(
  'the tree reader',
  (version) => {
    let cache: TestCache;
    let tree: LayerTree;
    let layers: LayerTree['layers'];
    let reader: TreeReader;
    beforeAll(async () => {
      const images = [
        { references: ['app'], layers: [{ entries: BASE }, { entries: MIDDLE }, { entries: TOP }] },
        { references: ['base'], layers: [{ entries: BASE }] },
        { references: ['names'], layers: [{ entries: ODD_NAMES }] },
        { references: ['left'], layers: [{ entries: LEFT }] },
        { references: ['right'], layers: [{ entries: RIGHT }] },
        {
          references: ['many'],
          layers: [{ entries: MANY }, { entries: [file('many/00005x', 'x'), whiteout('many/0')] }],
        },
      ];
      cache = await makeCache({ version, images });
      tree = treeOf(cache.cacheDir, cache.image('app').diffIds);
      ({ layers } = tree);
      reader = createTreeReader();
    }, 120_000);
    afterAll(() => {
      reader.close();
      cache.dispose();
    });

    describe('listing', () => {
      it('shows what the image shows, which layer brings it, and what happened to it', async () => {
        expect(rows(await reader.listDirectory(tree, '/'))).toEqual([
          'unchanged 0 bin/',
          'modified 2 data/',
          'modified 2 etc/',
          'removed 0 linked hides 12 by 1',
          'unchanged 0 linked-too',
          'unchanged 0 null',
          'added 2 opt/',
        ]);
        expect(rows(await reader.listDirectory(tree, '/etc'))).toEqual([
          'modified 2 changed hides 8',
          'modified 1 chmod hides 10',
          'removed 0 gone hides 9 by 1',
          'unchanged 0 link',
          'added 1 new',
          'unchanged 1 same hides 4',
        ]);
      });

      it('shows what a directory that is opaque or was made again hides', async () => {
        expect(rows(await reader.listDirectory(tree, '/data'))).toEqual([
          'removed 1 a hides 1 by 2',
          'added 2 b',
        ]);
        expect(rows(await reader.listDirectory(tree, '/opt'))).toEqual([
          'added 2 back',
          'removed 0 big hides 10000 by 1',
          'removed 0 deep/ by 1',
        ]);
        expect(rows(await reader.listDirectory(tree, '/opt/deep'))).toEqual(['removed 0 more hides 4 by 1']);
      });

      it('shows one layer as it is, with its whiteouts and opaque directories', async () => {
        const listing = await reader.listDirectory({ layers: [layers[1]!] }, '/');
        expect(listing.entries.map(({ name, isWhiteout }) => [name, isWhiteout])).toEqual([
          ['data', false],
          ['etc', false],
          ['linked', true],
          ['opt', true],
        ]);
        const top = await reader.listDirectory({ layers: [layers[2]!] }, '/');
        expect(top.entries.map(({ name, isOpaque }) => [name, isOpaque])).toEqual([
          ['data', true],
          ['etc', false],
          ['opt', false],
        ]);
      });

      it('shows an image of one layer merged when asked to', async () => {
        const one = await reader.listDirectory({ view: 'merged', layers: [layers[1]!] }, '/');
        expect(one.entries.map(({ name }) => name)).toEqual(['data', 'etc']);
      });

      it('tells mode, owner, time, size, target, device and links', async () => {
        const { entries } = await reader.listDirectory(tree, '/bin');
        expect(entries).toEqual([
          {
            name: 'tool',
            path: '/bin/tool',
            type: 'regular',
            mode: 0o4755,
            uid: 0,
            gid: 0,
            sizeBytes: 5,
            mtime: 1_768_478_400,
            linkCount: 1,
            target: null,
            device: null,
            position: 0,
            change: 'unchanged',
            isWhiteout: false,
            isOpaque: false,
            hiddenBytes: 0,
            damage: null,
          } satisfies TreeEntry,
        ]);
        expect(await entry(reader, tree, '/etc/link')).toMatchObject({
          type: 'symlink',
          target: '../bin/tool',
        });
        expect(await entry(reader, tree, '/null')).toMatchObject({
          type: 'character-device',
          device: { major: 1, minor: 3 },
        });
        expect(await entry(reader, tree, '/linked-too')).toMatchObject({ linkCount: 2, sizeBytes: 12 });
      });

      it('knows the size of directories once the whole image was read', async () => {
        const fresh = createTreeReader();
        expect((await entry(fresh, tree, '/etc')).sizeBytes).toBeNull();
        await fresh.efficiency(tree);
        expect((await entry(fresh, tree, '/etc')).sizeBytes).toBe('newest'.length + 10 + 4 + 3);
        expect((await entry(fresh, tree, '/opt')).sizeBytes).toBe(4);
        expect((await entry(fresh, tree, '/opt/deep')).sizeBytes).toBe(4);
        fresh.close();
      });

      it.each(['/nowhere', '/etc/nowhere', '/etc/%2e%2e', '/%2E', '/etc/changed/below', '/etc/link/x'])(
        'finds nothing at %s',
        async (path) => {
          await expect(reader.listDirectory(tree, path)).rejects.toMatchObject({
            error: { code: 'not-found', what: 'file', name: path },
          });
        },
      );

      it('says of a file that it is no directory', async () => {
        await expect(reader.listDirectory(tree, '/etc/link')).rejects.toMatchObject({
          error: { code: 'not-found', name: '/etc/link (not a directory)' },
        });
      });

      it('holds 10,000 entries at most and counts the rest', async () => {
        const many = treeOf(cache.cacheDir, cache.image('many').diffIds);
        const listing = await reader.listDirectory(many, '/many');
        expect([listing.entries.length, listing.omitted]).toEqual([10_000, 501]);
        expect(listing.entries.slice(5, 8).map(({ name }) => name)).toEqual(['00005', '00005x', '00006']);
      });
    });

    describe('names', () => {
      it('are shown without anything that could deceive, and their paths lead back to them', async () => {
        const odd = treeOf(cache.cacheDir, cache.image('names').diffIds);
        const { entries } = await reader.listDirectory(odd, '/');
        expect(entries.map(({ name, path }) => [name, path])).toEqual([
          ['\\x01\\x0a', '/%01%0A'],
          ['%41', '/%2541'],
          ['100%', '/100%25'],
          ['a b', '/a b'],
          ['back\\slash', '/back\\slash'],
          ['evil\\u202egnp.exe', '/evil%E2%80%AEgnp.exe'],
          ['half \\xe2\\x80', '/half %E2%80'],
          ['ü日本🎈', '/ü日本🎈'],
          ['\\xff\\xfe', '/%FF%FE'],
        ]);
        for (const { path } of entries) {
          const { base64 } = await reader.readFileBytes(odd, path, 0, 10);
          expect(Buffer.from(base64, 'base64').toString()).toBe('found');
        }
      });
    });

    describe('reading a file', () => {
      it('gives the bytes of the layer on top', async () => {
        expect(await reader.readFileBytes(tree, '/etc/changed', 0, 100)).toEqual({
          path: '/etc/changed',
          totalBytes: 6,
          offset: 0,
          base64: Buffer.from('newest').toString('base64'),
        });
      });

      it('gives a part, and nothing from the end on', async () => {
        const read = async (offset: number, length: number) =>
          Buffer.from(
            (await reader.readFileBytes(tree, '/etc/changed', offset, length)).base64,
            'base64',
          ).toString();
        expect([
          await read(3, 2),
          await read(4, 100),
          await read(6, 5),
          await read(1e15, 5),
          await read(0, 0),
        ]).toEqual(['es', 'st', '', '', '']);
      });

      it.each([
        ['/etc/link', '/etc/link (a symlink, not a regular file)'],
        ['/etc', '/etc (a directory, not a regular file)'],
        ['/', '/ (a directory, not a regular file)'],
        ['/null', '/null (a character-device, not a regular file)'],
        ['/etc/gone', '/etc/gone (removed by layer 1)'],
        ['/opt/big', '/opt/big (removed by layer 1)'],
        ['/etc/link/x', '/etc/link/x'],
      ])('refuses %s', async (path, name) => {
        await expect(reader.readFileBytes(tree, path, 0, 10)).rejects.toMatchObject({
          error: { code: 'not-found', what: 'file', name },
        });
      });
    });

    describe('efficiency', () => {
      it('finds every file whose bytes are hidden, and in which layers', async () => {
        const found = await reader.efficiency(tree);
        expect(found.hidden).toEqual([
          { path: '/opt/big', hiddenBytes: 10_000, positions: [0], isRemoved: true },
          { path: '/etc/chmod', hiddenBytes: 10, positions: [0, 1], isRemoved: false },
          { path: '/etc/gone', hiddenBytes: 9, positions: [0], isRemoved: true },
          { path: '/etc/changed', hiddenBytes: 8, positions: [0, 1, 2], isRemoved: false },
          { path: '/etc/same', hiddenBytes: 4, positions: [0, 1], isRemoved: false },
          { path: '/opt/deep/more', hiddenBytes: 4, positions: [0], isRemoved: true },
          { path: '/data/a', hiddenBytes: 1, positions: [1], isRemoved: true },
        ]);
        expect(found).toMatchObject({ hiddenBytes: 10_036, hiddenFiles: 7, files: 8 });
      });

      it('is what dive makes of the same layers', async () => {
        // Smallest size of each path, and the sum of all: the removed /opt counts its files once more.
        const smallest = 5 + 3 + 10 + 4 + 0 + 3 + 10_000 + 4 + 10_004 + 0 + 1 + 1 + 4;
        const carried = 5 + (3 + 5 + 6) + 20 + 8 + 9 + 3 + 10_000 + 4 + 10_004 + 12 + 1 + 1 + 4;
        const { efficiency } = await reader.efficiency(tree);
        expect(efficiency).toBeCloseTo(smallest / carried, 12);
      });

      it('of one layer is 1', async () => {
        const base = treeOf(cache.cacheDir, cache.image('base').diffIds);
        expect(await reader.efficiency(base)).toMatchObject({
          efficiency: 1,
          hiddenBytes: 0,
          hidden: [],
          files: 9,
        });
      });
    });

    describe('searching', () => {
      const all = { query: '', limit: 100, changesOnly: false, minimumBytes: 0 };

      it('finds names whatever their case, in the order of paths, removed ones too', async () => {
        const found = await reader.searchTree(tree, { ...all, query: 'O' });
        expect(found.entries.map(({ path, change }) => `${change} ${path}`)).toEqual([
          'unchanged /bin/tool',
          'modified /etc/chmod',
          'removed /etc/gone',
          'unchanged /linked-too',
          'added /opt',
          'removed /opt/deep/more',
        ]);
      });

      it('finds changes only, files of some size only, and counts what the limit leaves out', async () => {
        const changes = await reader.searchTree(tree, { ...all, changesOnly: true, limit: 3 });
        expect([changes.entries.map(({ path }) => path), changes.omitted]).toEqual([
          ['/data', '/data/a', '/data/b'],
          11,
        ]);
        const large = await reader.searchTree(tree, { ...all, minimumBytes: 10 });
        expect(large.entries.map(({ path }) => path)).toEqual([
          '/etc/chmod',
          '/linked',
          '/linked-too',
          '/opt/big',
        ]);
      });

      it('finds whiteouts of one layer', async () => {
        const found = await reader.searchTree({ layers: [layers[1]!] }, { ...all, query: 'gone' });
        expect(found.entries).toMatchObject([{ path: '/etc/gone', isWhiteout: true, change: 'removed' }]);
      });
    });

    describe('finding a path', () => {
      it('answers the entry of one layer, a whiteout too, or null', async () => {
        const paths = ['/etc/changed', '/etc/gone', '/bin/tool', '/etc/link/x', '/'];
        const found = await Promise.all(paths.map((path) => reader.findPath(layers[1]!, path)));
        expect(
          found.map((entry) => entry && [entry.path, entry.sizeBytes, entry.isWhiteout, entry.position]),
        ).toEqual([
          ['/etc/changed', 5, false, 1],
          ['/etc/gone', 0, true, 1],
          null,
          null,
          ['/', null, false, 1],
        ]);
      });
    });

    describe('finding an entry', () => {
      it('answers what the directory lists, removed or not, or null', async () => {
        for (const path of ['/etc', '/data', '/opt/deep']) {
          for (const listed of (await reader.listDirectory(tree, path)).entries) {
            expect(await reader.findEntry(tree, listed.path)).toEqual({
              ...listed,
              sizeBytes: expect.anything(),
            });
          }
        }
        expect(await reader.findEntry(tree, '/etc/')).toMatchObject({ path: '/etc', change: 'modified' });
        expect(await reader.findEntry(tree, '/')).toMatchObject({ path: '/', type: 'directory' });
        expect(await reader.findEntry(tree, '/etc/nowhere')).toBeNull();
        expect(await reader.findEntry(tree, '/etc/link/below')).toBeNull();
      });
    });

    describe('comparing', () => {
      it('tells what only one side has, and what differs, with sizes', async () => {
        const base = treeOf(cache.cacheDir, cache.image('base').diffIds, 'merged');
        expect(await reader.compareTrees(base, tree)).toMatchObject({
          counts: { added: 4, removed: 5, modified: 2 },
          omitted: 0,
          files: [
            { path: '/data', change: 'added', leftBytes: null, rightBytes: null },
            { path: '/data/b', change: 'added', leftBytes: null, rightBytes: 1 },
            { path: '/etc/changed', change: 'modified', leftBytes: 3, rightBytes: 6 },
            { path: '/etc/chmod', change: 'modified', leftBytes: 10, rightBytes: 10 },
            { path: '/etc/gone', change: 'removed', leftBytes: 9, rightBytes: null },
            { path: '/etc/new', change: 'added', leftBytes: null, rightBytes: 3 },
            { path: '/linked', change: 'removed', leftBytes: 12, rightBytes: null },
            { path: '/opt/back', change: 'added', leftBytes: null, rightBytes: 4 },
            { path: '/opt/big', change: 'removed', leftBytes: 10_000, rightBytes: null },
            { path: '/opt/deep', change: 'removed', leftBytes: null, rightBytes: null },
            { path: '/opt/deep/more', change: 'removed', leftBytes: 4, rightBytes: null },
          ],
        });
      });

      it('looks at bytes, targets, owners and types, and not at times', async () => {
        const [left, right] = ['left', 'right'].map((name) =>
          treeOf(cache.cacheDir, cache.image(name).diffIds, 'merged'),
        );
        const { files } = await reader.compareTrees(left!, right!);
        expect(files.map(({ path, change }) => `${change} ${path}`)).toEqual([
          'modified /bytes',
          'modified /directory-mode',
          'modified /link',
          'modified /owner',
          'modified /rdev',
          'modified /type',
          'added /type/inside',
        ]);
      });

      it('of a tree with itself finds nothing', async () => {
        expect(await reader.compareTrees(tree, tree)).toMatchObject({ files: [], omitted: 0 });
      });
    });

    describe('what is not as it should be', () => {
      it('a missing layer is told, and the others are shown', async () => {
        const broken = { layers: layers.with(1, { ...layers[1]!, file: `${layers[1]!.file}.missing` }) };
        const listing = await reader.listDirectory(broken, '/etc');
        expect(listing.damage).toBe(`Layer 1 (${layers[1]!.diffId}) cannot be read. The file is missing.`);
        expect(rows(listing)).toEqual([
          'modified 2 changed hides 3',
          'unchanged 0 chmod',
          'unchanged 0 gone',
          'unchanged 0 link',
          'unchanged 0 same',
        ]);
        expect((await reader.efficiency(broken)).hidden).toMatchObject([
          { path: '/etc/changed', positions: [0, 2] },
        ]);
        expect(
          (await reader.searchTree(broken, { query: 'gone', limit: 9, changesOnly: false, minimumBytes: 0 }))
            .damage,
        ).toMatch(/Layer 1/);
      });

      it('all layers missing leave an empty root, and the reason', async () => {
        const nothing = { layers: layers.map((layer) => ({ ...layer, file: `${layer.file}.missing` })) };
        expect(await reader.listDirectory(nothing, '/')).toMatchObject({
          entries: [],
          damage: expect.stringContaining('Layer 2'),
        });
        expect(await reader.efficiency(nothing)).toEqual({
          efficiency: 1,
          files: 0,
          hiddenBytes: 0,
          hiddenFiles: 0,
          hidden: [],
        });
        await expect(reader.listDirectory(nothing, '/etc')).rejects.toBeInstanceOf(CacheFailure);
      });

      it('a layer that is a symbolic link is not followed', async () => {
        const link = join(cache.home, 'link.erofs');
        symlinkSync(layers[0]!.file, link);
        const listing = await reader.listDirectory({ layers: [{ ...layers[0]!, file: link }] }, '/');
        expect(listing).toMatchObject({ entries: [], damage: expect.stringContaining('symbolic link') });
        await expect(reader.findPath({ ...layers[0]!, file: link }, '/etc')).rejects.toMatchObject({
          error: { code: 'damaged', detail: expect.stringContaining('symbolic link') },
        });
        rmSync(link);
      });

      it('one damaged inode is told at its entry', async () => {
        const layer = damagedCopy('/etc/changed', (bytes, at) => bytes.writeUInt16LE(0, at + 4));
        const { entries } = await reader.listDirectory({ layers: [layer] }, '/etc');
        expect(entries.map(({ name, damage }) => [name, damage !== null])).toEqual([
          ['changed', true],
          ['chmod', false],
          ['gone', false],
          ['link', false],
          ['same', false],
        ]);
        await expect(reader.readFileBytes({ layers: [layer] }, '/etc/changed', 0, 1)).rejects.toMatchObject({
          error: {
            code: 'damaged',
            file: expect.stringMatching(/damaged\.erofs$/),
            detail: expect.stringMatching(/no file type/),
          },
        });
        const found = await reader.searchTree(
          { layers: [layer] },
          { query: 'changed', limit: 9, changesOnly: false, minimumBytes: 0 },
        );
        expect(found.entries).toMatchObject([{ damage: expect.stringMatching(/no file type/) }]);
      });

      it('a damaged directory of one layer does not hide the same directory of others', async () => {
        const layer = {
          ...damagedCopy('/etc', (bytes, at) => bytes.writeUInt32LE(0x7fffffff, at + 8)),
          position: 0,
        };
        const listing = await reader.listDirectory({ layers: layers.with(0, layer) }, '/etc');
        expect(listing.damage).toMatch(/^Layer 0: The directory of inode \d+ claims 2147483647 bytes/);
        expect(rows(listing)).toEqual([
          'modified 2 changed hides 5',
          'added 1 chmod',
          'added 1 new',
          'added 1 same',
        ]);
      });

      it('a path that a damaged layer may have is not called missing', async () => {
        const layer = damagedCopy('/etc', (bytes, at) => bytes.writeUInt32LE(0x7fffffff, at + 8));
        await expect(reader.listDirectory({ layers: [layer] }, '/etc/below')).rejects.toMatchObject({
          error: { code: 'damaged' },
        });
      });

      /** A copy of the base with one inode broken. */
      function damagedCopy(path: string, breakIt: (bytes: Buffer, at: number) => void) {
        const copy = join(cache.home, 'damaged.erofs');
        copyFileSync(layers[0]!.file, copy);
        const image = openErofs(copy);
        const bytes = readFileSync(copy);
        const names = path
          .split('/')
          .filter(Boolean)
          .map((name) => Buffer.from(name));
        breakIt(bytes, image.record(image.lookup(names)!).position);
        image.close();
        writeFileSync(copy, bytes);
        return { ...layers[0]!, file: copy };
      }
    });

    describe('what it remembers', () => {
      it('is never of another file: a layer that was replaced is read anew', async () => {
        const layer = { ...layers[0]!, file: join(cache.home, 'replaced.erofs') };
        copyFileSync(layers[0]!.file, layer.file);
        const search = async () =>
          (
            await reader.searchTree(
              { layers: [layer] },
              { query: 'o', limit: 99, changesOnly: false, minimumBytes: 0 },
            )
          ).entries.length;
        const before = await search();
        copyFileSync(layers[2]!.file, `${layer.file}.new`);
        renameSync(`${layer.file}.new`, layer.file);
        expect(await search()).not.toBe(before);
      });

      it('keeps no file open between calls', async () => {
        if (process.platform !== 'linux') return;
        await reader.efficiency(tree);
        const open = readdirLinks('/proc/self/fd').filter((target) => target.endsWith('.erofs'));
        expect(open).toEqual([]);
      });

      it('answers many calls at once as it answers one', async () => {
        const fresh = createTreeReader();
        const one = await reader.efficiency(tree);
        const many = await Promise.all(Array.from({ length: 8 }, () => fresh.efficiency(tree)));
        for (const answer of many) expect(answer).toEqual(one);
        fresh.close();
      });
    });

    describe('a call that is no longer wanted', () => {
      it.each(['listDirectory', 'efficiency', 'searchTree', 'compareTrees'] as const)(
        'ends: %s',
        async (name) => {
          const controller = new AbortController();
          controller.abort(new Error('not wanted'));
          const options = { signal: controller.signal };
          const fresh = createTreeReader();
          const many = treeOf(cache.cacheDir, cache.image('many').diffIds);
          const calls = {
            listDirectory: () => fresh.listDirectory(many, '/', options),
            efficiency: () => fresh.efficiency(many, options),
            searchTree: () =>
              fresh.searchTree(many, { query: '', limit: 1, changesOnly: false, minimumBytes: 0 }, options),
            compareTrees: () => fresh.compareTrees(many, many, options),
          };
          await expect(calls[name]()).rejects.toThrow('not wanted');
          expect((await fresh.efficiency(many)).files).toBeGreaterThan(10_000);
          fresh.close();
        },
      );
    });
  },
  ['0.6.18'],
);

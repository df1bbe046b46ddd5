import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TreeEntry } from '../../../src-shared/domain/tree-entry.ts';
import type { LayerSpec } from '../../../test-support/archive.ts';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import {
  blockDevice,
  charDevice,
  directory,
  fifo,
  file,
  hardlink,
  opaque,
  symlink,
  type TarEntry,
  whiteout,
} from '../../../test-support/tar-entry.ts';
import { seededRandom } from '../../../test-support/tar-writer.ts';
import { openErofs } from '../erofs/index.ts';
import { printTree } from '../erofs/test-images.ts';
import { createTreeReader } from './index.ts';
import { withLayers } from './open-layers.ts';
import { layerFile, mergedIndex, printMerged, treeOf } from './test-trees.ts';
import { walkIndex } from './walk-index.ts';

/** msb takes its time where others build, too. */
const LONG = { timeout: 120_000 };

/** Layers, base first, each with what msb makes of them in mind: `microsandbox` merges so, and a viewer must too. */
const TRICKY: Readonly<Record<string, readonly TarEntry[][]>> = {
  'files replaced, added and removed': [
    [file('a', 'old'), file('b', 'b'), file('c', 'c')],
    [file('a', 'newer'), file('d', 'd'), whiteout('b')],
  ],
  'directories merge, with the metadata of the upper one': [
    [directory('d', { mode: 0o700, uid: 5, gid: 6, mtime: 100 }), file('d/a', 'a')],
    [directory('d', { mode: 0o1777, uid: 7, mtime: 200 }), file('d/b', 'b')],
  ],
  'a parent that the upper tar only implies': [
    [directory('tmp', { mode: 0o1777, mtime: 7 }), file('tmp/x', 'x')],
    [file('tmp/y', 'y')],
  ],
  'an opaque directory over a directory': [
    [file('d/a', 'a'), file('d/sub/b', 'b'), file('d/sub/c', 'c')],
    [
      directory('d'),
      opaque('d'),
      file('d/new', 'n'),
      file('d/sub/d', 'd'),
      whiteout('d/a'),
      whiteout('d/sub/c'),
    ],
  ],
  'an opaque directory over nothing': [
    [file('x', 'x')],
    [directory('d'), opaque('d'), whiteout('d/w'), file('d/f', 'f')],
  ],
  'an opaque root': [
    [file('a', 'a'), file('d/b', 'b')],
    [opaque(''), file('c', 'c')],
  ],
  'whiteouts in a directory that is new': [
    [file('x', 'x')],
    [directory('new'), whiteout('new/w'), file('new/deep/f', 'f'), whiteout('new/deep/w')],
    [whiteout('new/deep/w'), file('new/g', 'g')],
  ],
  'whiteouts in the base': [[whiteout('w'), directory('d'), whiteout('d/w'), file('d/f', 'f')]],
  'whiteouts of nothing': [
    [file('a', 'a')],
    [whiteout('nothing'), whiteout('a/below')],
    [whiteout('nothing')],
  ],
  'a directory in place of a file, and of a symlink': [
    [file('f', 'f'), symlink('l', 'f'), directory('target'), file('target/t', 't')],
    [directory('f'), file('f/x', 'x'), whiteout('f/w'), directory('l'), file('l/y', 'y'), whiteout('l/w')],
  ],
  'a file in place of a directory': [
    [file('d/a', 'a'), file('d/e/b', 'b')],
    [file('d', 'now a file')],
    [file('d/back', 'again a directory'), whiteout('d/w')],
  ],
  'removed and made again': [
    [file('d/a', 'a'), file('d/b', 'b'), file('f', 'f')],
    [whiteout('d'), whiteout('f')],
    [file('d/c', 'c'), whiteout('d/w'), file('f', 'second')],
  ],
  'a whiteout and an opaque mark together': [
    [file('d/a', 'a')],
    [directory('d'), opaque('d'), file('d/b', 'b')],
    [directory('d'), opaque('d'), file('d/c', 'c')],
    [whiteout('d')],
    [directory('d'), opaque('d')],
  ],
  'an opaque mark before its directory': [
    [file('d/a', 'a')],
    [opaque('d'), directory('d'), file('d/b', 'b')],
  ],
  'hard links, of which some are removed': [
    [file('a', 'linked'), hardlink('b', 'a'), hardlink('d/c', 'a'), file('x', 'x'), hardlink('y', 'x')],
    [whiteout('b'), file('n', 'n'), hardlink('m', 'n'), whiteout('x')],
    [file('d/c', 'alone now')],
  ],
  'a directory that is named like a whiteout': [
    [file('.wh.dir/f', 'f'), file('dir/g', 'g')],
    [directory('.wh.dir'), file('.wh.dir/h', 'h')],
  ],
  'devices and pipes': [
    [charDevice('null', 1, 3), blockDevice('sda', 260, 70_000), fifo('pipe'), file('f', 'f')],
    [file('null', 'a file'), charDevice('f', 1, 5), fifo('sda'), whiteout('pipe')],
  ],
  'one layer twice': [[file('a', 'a'), whiteout('b')], [file('b', 'b')], [file('a', 'a'), whiteout('b')]],
  'names that are not text, and names before the dot': [
    [file(Buffer.from([0xff, 0x41]), '1'), file('!x', '2'), file('..x', '3'), file('-', '4')],
    [file(Buffer.from([0xff, 0x42]), '5'), whiteout('!x'), file('-', 'four')],
  ],
};

describeWithMsb(
  'random layers over few names',
  (version) => {
    const seeds = Array.from({ length: 20 }, (_, n) => 5000 + n);
    let cache: TestCache;
    beforeAll(async () => {
      const images = seeds.map((seed) => ({ references: [`random:${seed}`], layers: randomLayers(seed) }));
      cache = await makeCache({ version, images });
    }, LONG.timeout);
    afterAll(() => cache.dispose());

    it.each(seeds)(
      'are listed directory by directory as they are searched whole (seed %i)',
      LONG,
      async (seed) => {
        const tree = treeOf(cache.cacheDir, cache.image(`random:${seed}`).diffIds);
        const reader = createTreeReader();
        const listed: string[] = [];
        const visit = async (path: string) => {
          for (const entry of (await reader.listDirectory(tree, path)).entries) {
            listed.push(summary(entry));
            if (entry.type === 'directory') await visit(entry.path);
          }
        };
        await visit('/');
        const query = { query: '', limit: 10_000, changesOnly: false, minimumBytes: 0 };
        const searched = (await reader.searchTree(tree, query)).entries;
        // Below a file that replaced a directory only a search looks.
        const files = new Set(searched.filter(({ type }) => type !== 'directory').map(({ path }) => path));
        const isReachable = ({ path }: TreeEntry) => parents(path).every((parent) => !files.has(parent));
        expect(listed).toEqual(searched.filter(isReachable).map(summary));
        reader.close();
      },
    );

    it.each(seeds)('hide exactly what they carry and do not show (seed %i)', LONG, async (seed) => {
      const { diffIds } = cache.image(`random:${seed}`);
      const tree = treeOf(cache.cacheDir, diffIds);
      const shown = await withLayers(tree, async (layers) => {
        const index = await mergedIndex(layers);
        const inodes = new Map<string, number>();
        for (const id of walkIndex(index)) {
          const source = index.indexOf(id);
          const entry = index.entry[id]!;
          if (index.isRemoved(id) || !source.isRegular(entry)) continue;
          inodes.set(`${index.layer[id]}:${source.dirents.nid[entry]}`, source.size[entry]!);
        }
        return [...inodes.values()].reduce((sum, size) => sum + size, 0);
      });
      const carried = diffIds.reduce(
        (sum, diffId) => sum + carriedBytes(layerFile(cache.cacheDir, diffId)),
        0,
      );
      const { hidden, hiddenBytes } = await createTreeReader().efficiency(tree);
      expect(hiddenBytes).toBe(carried - shown);
      expect(hidden.reduce((sum, file) => sum + file.hiddenBytes, 0)).toBe(hiddenBytes);
    });
  },
  ['0.6.18'],
);

function summary({ change, position, type, path, mode, mtime, isOpaque }: TreeEntry): string {
  return [change, position, type, path, mode, mtime, isOpaque].join(' ');
}

/** `/a/b/c`: `/a` and `/a/b`. */
function parents(path: string): string[] {
  return [...path.matchAll(/\//g)].slice(1).map(({ index }) => path.slice(0, index));
}

/** Bytes of all files of a layer, those with several names once. */
function carriedBytes(file: string): number {
  const image = openErofs(file);
  const sizes = new Map<number, number>();
  const visit = (nid: number) => {
    for (const entry of image.readDirectory(nid).entries) {
      const { type, size } = image.readInode(entry.nid);
      if (type === 'directory') visit(entry.nid);
      if (type === 'regular') sizes.set(entry.nid, size);
    }
  };
  visit(image.root);
  image.close();
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

describeWithMsb('the merged tree', (version) => {
  it('equals the fsmeta of msb, entry for entry, for every trick that layers can play', LONG, async () => {
    const images = Object.values(TRICKY).map((layers, n) => ({
      references: [`tricky:${n}`],
      layers: layers.map((entries) => ({ entries })),
    }));
    const cache = await makeCache({ version, images });
    for (const [n, title] of Object.keys(TRICKY).entries()) {
      expect(await compare(cache, `tricky:${n}`), title).toEqual('equal');
    }
    cache.dispose();
  });

  it('equals the fsmeta of ordinary images', LONG, async () => {
    const cache = await makeCache({ version, images: standardImages() });
    for (const { reference } of cache.images)
      expect(await compare(cache, reference), reference).toEqual('equal');
    cache.dispose();
  });

  it('equals the fsmeta of random layers over few names', LONG, async () => {
    const seeds = Array.from({ length: 25 }, (_, n) => 1000 + n);
    const images = seeds.map((seed) => ({ references: [`random:${seed}`], layers: randomLayers(seed) }));
    const cache = await makeCache({ version, images });
    for (const seed of seeds) {
      expect(await compare(cache, `random:${seed}`), `seed ${seed}`).toEqual('equal');
    }
    cache.dispose();
  });
});

/** `equal`, or both trees where they differ. */
async function compare(
  cache: TestCache,
  reference: string,
): Promise<'equal' | { ours: string[]; msb: string[] }> {
  const { diffIds, manifestDigest } = cache.image(reference);
  const fsmeta = openErofs(join(cache.cacheDir, 'fsmeta', `${manifestDigest.replace(':', '_')}.erofs`), {
    devices: diffIds.map((diffId) => layerFile(cache.cacheDir, diffId)),
  });
  const msb = printTree(fsmeta);
  fsmeta.close();
  const ours = await printMerged(treeOf(cache.cacheDir, diffIds));
  if (ours.join('\n') === msb.join('\n')) return 'equal';
  return {
    ours: ours.filter((line) => !msb.includes(line)),
    msb: msb.filter((line) => !ours.includes(line)),
  };
}

/** Two to six layers that touch the same few paths again and again. */
function randomLayers(seed: number): LayerSpec[] {
  const random = seededRandom(seed);
  const pick = <Value>(values: readonly Value[]): Value => values[random() % values.length]!;
  const path = () => Array.from({ length: 1 + (random() % 3) }, () => pick(['a', 'b', 'c'])).join('/');
  return Array.from({ length: 2 + (random() % 5) }, () => {
    const entries = new Map<string, TarEntry>();
    for (let count = 3 + (random() % 10); count > 0; count -= 1) {
      const at = path();
      const attributes = { mode: pick([0o644, 0o755]), mtime: pick([1, 2]), uid: pick([0, 5]) };
      const makers = [
        () => file(at, pick(['x', 'yy', '']), attributes),
        () => directory(at, attributes),
        () => whiteout(at),
        () => opaque(at),
        () => symlink(at, pick(['a', '../b']), attributes),
        () => charDevice(at, 1, random() % 3, attributes),
      ];
      const entry = pick(makers)();
      if (!canFollow(entries, at)) continue;
      entries.set(`${at} ${entry.path}`, entry);
      const link = `${at}-link`;
      const isFile = entry.type === 'file' && entry.path === at;
      if (isFile && random() % 2 === 0) entries.set(`${link} ${link}`, hardlink(link, at));
    }
    return { entries: [...entries.values()] };
  });
}

/** One tar neither names a path twice nor puts anything below what is no directory: msb refuses such layers. */
function canFollow(entries: ReadonlyMap<string, TarEntry>, at: string): boolean {
  for (const [key, { type }] of entries) {
    const other = key.slice(0, key.indexOf(' '));
    if (other === at || other.startsWith(`${at}/`)) return false;
    if (at.startsWith(`${other}/`) && type !== 'directory') return false;
  }
  return true;
}

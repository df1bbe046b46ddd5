import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeLayerTar } from '../../../test-support/archive.ts';
import { makeCache } from '../../../test-support/cache.ts';
import { everyEntryKind } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { directory, file, hardlink, symlink, type TarEntry } from '../../../test-support/tar-entry.ts';
import { type ReadEntry, readTar } from '../../../test-support/tar-reader.ts';
import { openErofs } from './index.ts';
import { printTree, shortHash } from './test-images.ts';

/** Directories of many blocks, names that sort before `.`, files around the block size, links among hundreds. */
function manyEntries(): TarEntry[] {
  const sizes = [1, 4095, 4096, 4097, 8191, 8192, 70_000];
  return [
    ...sizes.map((sizeBytes, seed) => file(`sizes/${sizeBytes}`, { sizeBytes, fill: 'noise', seed })),
    ...['!', '+plus', '-', '...', '..a', '.hidden', 'ü', '日本', `${'x'.repeat(255)}`].map((name) =>
      file(`names/${name}`, name),
    ),
    ...Array.from({ length: 700 }, (_, n) => file(`many/${n}-${'y'.repeat(n % 90)}`, '')),
    ...Array.from({ length: 40 }, (_, n) => hardlink(`links/${n}`, `many/${n}-${'y'.repeat(n % 90)}`)),
    ...Array.from({ length: 60 }, (_, n) => symlink(`targets/${n}`, 't'.repeat(n * 68 + 1))),
    ...Array.from({ length: 30 }, (_, n) => directory(`tree${'/d'.repeat(n + 1)}`, { mode: n })),
  ];
}

describeWithMsb('layers of msb', (version) => {
  it.each([
    ['one entry of every kind', everyEntryKind],
    ['many entries', manyEntries],
    ['no entries at all', () => []],
  ])('are what their tar says: %s', { timeout: 120_000 }, async (_, makeEntries) => {
    const tar = join(scratchDir('tar'), 'layer.tar');
    writeLayerTar(tar, makeEntries());
    const cache = await makeCache({
      version,
      images: [{ references: ['one'], layers: [{ entries: makeEntries() }] }],
    });
    const [diffId] = cache.image('one').diffIds;
    const image = openErofs(join(cache.cacheDir, 'layers', `${diffId!.replace(':', '_')}.erofs`));
    expect(printTree(image)).toEqual(treeOf(readTar(tar)));
    expect(image.missingBytes).toBe(0);
    image.close();
    cache.dispose();
  });
});

/** A node of the tree that a tar describes, as msb understands it. */
interface Node {
  type: string;
  mode: number;
  owner: string;
  mtime: number;
  rest: string[];
  readonly children: Map<string, Node>;
  names: number;
}

function newDirectory(): Node {
  return { type: 'directory', mode: 0o755, owner: '0:0', mtime: 0, rest: [], children: new Map(), names: 1 };
}

/** The lines `printTree` should give: whiteouts become devices, implied directories get fixed metadata. */
function treeOf(entries: readonly ReadEntry[]): string[] {
  const root = newDirectory();
  const nodeAt = (path: string, isParent: boolean) => {
    let node = root;
    for (const name of isParent ? path.split('/').slice(0, -1) : path.split('/')) {
      if (!node.children.has(name)) node.children.set(name, newDirectory());
      node = node.children.get(name)!;
    }
    return node;
  };
  for (const entry of entries) {
    const path = entry.pathBytes.toString('latin1');
    const name = path.slice(path.lastIndexOf('/') + 1);
    const parent = nodeAt(path, true);
    if (name === '.wh..wh..opq') parent.rest = ['trusted.overlay.opaque=y'];
    else if (entry.type === 'hardlink') {
      const target = nodeAt(Buffer.from(entry.target!).toString('latin1'), false);
      target.names += 1;
      parent.children.set(name, target);
    } else if (name.startsWith('.wh.')) {
      parent.children.set(name.slice(4), {
        ...describe(entry),
        type: 'character-device',
        rest: ['device=0:0'],
      });
    } else parent.children.set(name, describe(entry, parent.children.get(name)));
  }
  const lines: string[] = [];
  printNode(root, '', lines);
  return lines;
}

const TYPES: Readonly<Record<ReadEntry['type'], string>> = {
  file: 'regular',
  hardlink: 'regular',
  symlink: 'symlink',
  'char-device': 'character-device',
  'block-device': 'block-device',
  directory: 'directory',
  fifo: 'fifo',
};

function describe(entry: ReadEntry, before?: Node): Node {
  const rest: string[] = [];
  if (entry.type === 'file') {
    rest.push(`size=${entry.sizeBytes}`, `sha256=${shortHash(Buffer.from(entry.sha256!, 'hex'))}`);
  }
  if (entry.type === 'symlink') rest.push(`-> ${Buffer.from(entry.target!).toString('latin1')}`);
  if (entry.device !== null) rest.push(`device=${entry.device.major}:${entry.device.minor}`);
  return {
    type: TYPES[entry.type],
    mode: entry.mode,
    owner: `${entry.uid}:${entry.gid}`,
    mtime: Math.floor(entry.mtime),
    rest,
    children: before?.children ?? new Map(),
    names: 1,
  };
}

function printNode(node: Node, path: string, lines: string[]): void {
  const children = [...node.children].sort(([a], [b]) => (a < b ? -1 : 1));
  const directories = children.filter(([, child]) => child.type === 'directory').length;
  // msb gives the root two links whatever it contains.
  const links = node.type !== 'directory' ? node.names : path === '' ? 2 : 2 + directories;
  const mode = node.mode.toString(8).padStart(4, '0');
  lines.push(
    [path || '/', node.type, mode, node.owner, node.mtime, `links=${links}`, ...node.rest].join(' '),
  );
  for (const [name, child] of children) printNode(child, `${path}/${name}`, lines);
}

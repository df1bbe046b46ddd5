import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { buildTreeIndex, openErofs } from './index.ts';
import { errorOf, printTree, shortHash, unpackFixture } from './test-images.ts';

/** Images that mkfs.erofs made of one tree; `fixtures/make.sh` is the recipe. */
const folder = scratchDir('erofs-fixtures');

const lines = (length: number) =>
  Array.from({ length: 300 }, (_, n) => `line ${String(n).padStart(26, '0')}\n`)
    .join('')
    .slice(0, length);
const content = (text: string) =>
  `size=${text.length} sha256=${shortHash(createHash('sha256').update(text).digest())}`;
const many = Array.from(
  { length: 60 },
  (_, n) => `/many/entry-${n + 10}-${'0'.repeat(80)} regular 0644 0:0 1700000000 links=1 ${content('')}`,
);

/** What `fixtures/make.sh` puts into the tree, in the order of name bytes. */
const TREE = [
  '/ directory 0755 0:0 1700000000 links=5',
  `/!first regular 0644 0:0 1700000000 links=1 ${content('before the dot')}`,
  '/dir directory 0750 1000:1001 1700000000 links=2',
  `/dir/blocks regular 0644 0:0 1700000000 links=1 ${content(lines(8192))}`,
  `/dir/empty regular 0644 0:0 1700000000 links=1 ${content('')} user.note=the same for all`,
  `/dir/small regular 0644 70000:4000000000 1700000000 links=2 ${content('hello\n')} user.note=the same for all`,
  `/dir/small-too regular 0644 70000:4000000000 1700000000 links=2 ${content('hello\n')} user.note=the same for all`,
  `/dir/tail regular 0644 0:0 5000000000 links=1 ${content(lines(5000))} user.note=the same for all user.own=only here`,
  `/dir/zeros regular 0644 0:0 1700000000 links=1 ${content(`${'\0'.repeat(70_000)}end`)}`,
  '/disk block-device 0644 0:0 1700000000 links=1 device=260:70000',
  '/link symlink 0777 0:0 1700000000 links=1 -> dir/small',
  `/long-link symlink 0777 0:0 1700000000 links=1 -> ${'0'.repeat(300)}`,
  '/many directory 0755 0:0 1700000000 links=2',
  ...many,
  '/null character-device 0644 0:0 1700000000 links=1 device=1:3',
  '/opaque directory 0755 0:0 1700000000 links=2 trusted.overlay.opaque=y',
  '/pipe fifo 0644 0:0 1700000000 links=1',
  `/setuid regular 4755 0:0 -5 links=1 ${content('#!/bin/sh\n')} security.thing=\0\x01\xfe\xff`,
  '/socket socket 0755 0:0 1700000000 links=1',
  '/whiteout character-device 0644 0:0 1700000000 links=1 device=0:0',
  `/\xff\xfe regular 0644 0:0 1700000000 links=1 ${content('bytes')}`,
];

const withoutXattrs = TREE.map((line) => line.replace(/ (user|trusted|security)\..*$/s, ''));
/** Compact inodes have one time for all and 16-bit owners. */
const compacted = TREE.map((line) => line.replace(/ \d+:\d+ -?\d+ links/, ' 7:8 1700000000 links'));

describe('images of mkfs.erofs', () => {
  it.each([
    ['compact and extended inodes, inline data, shared and own xattrs', 'default', TREE],
    ['extended inodes only', 'extended', TREE],
    ['compact inodes only', 'compact', compacted],
    ['blocks of 512 bytes', 'block-512', TREE],
    ['blocks of 1 KiB', 'block-1024', TREE],
    ['blocks of 2 KiB', 'block-2048', TREE],
    ['no inline data', 'plain', TREE],
    ['own xattrs only', 'own-xattrs', TREE],
    ['no xattrs', 'no-xattrs', withoutXattrs],
    ['chunks of one block, 8-byte indexes', 'chunks-4k', TREE],
    ['chunks of 64 KiB, 4-byte block map', 'chunks-64k', TREE],
    ['chunks of two small blocks', 'block-512-chunks', TREE],
  ])('are read whole: %s', (_, name, expected) => {
    const image = openErofs(unpackFixture(`${name}.erofs`, folder));
    expect(printTree(image)).toEqual(expected);
    image.close();
  });

  it('are read whole when file data lies on another device', () => {
    const devices = [unpackFixture('device.blob', folder)];
    const image = openErofs(unpackFixture('device.erofs', folder), { devices });
    expect(printTree(image)).toEqual(TREE);
    image.close();
  });

  it('without their device are listed, and only file data is missing', async () => {
    const image = openErofs(unpackFixture('device.erofs', folder));
    const index = await buildTreeIndex(image);
    expect(index.count).toBe(TREE.length);
    const nid = image.lookup([Buffer.from('dir'), Buffer.from('blocks')])!;
    expect(() => image.readFile(nid, 0, 10)).toThrow(/lies on device 1, which is not there/);
    image.close();
  });

  it.each(['compressed', 'fragments', 'ztailpacking'])(
    'with compressed files (%s) are listed, and reading one names compression',
    async (name) => {
      const image = openErofs(unpackFixture(`${name}.erofs`, folder));
      const index = await buildTreeIndex(image);
      expect(index.count).toBe(TREE.length);
      const nid = image.lookup([Buffer.from('dir'), Buffer.from('blocks')])!;
      expect(image.readInode(nid).size).toBe(8192);
      expect(() => image.readFile(nid, 0, 10)).toThrow(
        expect.objectContaining({ problem: 'unsupported', feature: 'compression' }),
      );
      image.close();
    },
  );

  it('with a feature that changes the format are refused by its name', () => {
    expect(errorOf(unpackFixture('xattr-prefixes.erofs', folder))).toMatchObject({
      problem: 'unsupported',
      feature: 'xattr_prefixes',
    });
  });

  it('find a name of a directory of several blocks, and none that is not there', () => {
    const image = openErofs(unpackFixture('block-512.erofs', folder));
    const names = image.readDirectory(image.lookup([Buffer.from('many')])!).entries;
    for (const { name, nid } of names) {
      expect(image.lookup([Buffer.from('many'), name])).toBe(nid);
      expect(image.lookup([Buffer.from('many'), Buffer.concat([name, Buffer.from('x')])])).toBeNull();
    }
    for (const absent of ['', '.', '..', 'a', 'entry-', 'zzz', 'entry-10']) {
      expect(image.lookup([Buffer.from('many'), Buffer.from(absent)])).toBeNull();
    }
    image.close();
  });
});

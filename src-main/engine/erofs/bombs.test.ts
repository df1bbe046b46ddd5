import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { createTreeReader, type LayerTree } from '../layers/index.ts';
import { ImageFile } from './image-file.ts';
import { buildTreeIndex, openErofs, type TreeIndex } from './index.ts';
import { ForgedImage, forgeDirents } from './test-forged.ts';

const folder = scratchDir('bombs');
const [FILE, DIRECTORY] = [1, 2];
const HOLE = Buffer.from([0xff, 0xff, 0xff, 0xff]);

afterEach(() => vi.restoreAllMocks());

let copies = 0;

/** @param length What the file claims to have; all beyond the bytes is a hole. */
function write(bytes: Buffer, length = bytes.length): string {
  copies += 1;
  const file = join(folder, `bomb-${copies}.erofs`);
  writeFileSync(file, bytes);
  truncateSync(file, length);
  return file;
}

/** Counts what is read of files from now on, and what is handed out of pages. */
function countBytes(): { read: number; sliced: number } {
  const { readInto, slice } = ImageFile.prototype;
  const count = { read: 0, sliced: 0 };
  vi.spyOn(ImageFile.prototype, 'readInto').mockImplementation(function (this: ImageFile, target, position) {
    count.read += target.length;
    readInto.call(this, target, position);
  });
  vi.spyOn(ImageFile.prototype, 'slice').mockImplementation(function (this: ImageFile, position, length) {
    count.sliced += length;
    return slice.call(this, position, length);
  });
  return count;
}

async function indexOf(file: string): Promise<TreeIndex> {
  const image = openErofs(file);
  try {
    return await buildTreeIndex(image);
  } finally {
    image.close();
  }
}

function damagesOf(index: TreeIndex): string[] {
  return Array.from({ length: index.count }, (_, entry) => index.damageOf(entry) ?? '').filter(Boolean);
}

function treeOf(...files: readonly string[]): LayerTree {
  return {
    layers: files.map((file, position) => ({ file, position, diffId: `layer ${position}` })),
    view: 'merged',
  };
}

describe('a bomb', () => {
  it('of a hundred thousand directories in each other is entered so deep and no deeper', async () => {
    const image = new ForgedImage();
    const nidOf = (level: number) => Math.floor(level / 42) * 128 + (level % 42) * 3;
    for (let level = 0; level < 100_000; level += 1) {
      const nid = image.directory([['d', nidOf(level + 1), DIRECTORY]]);
      if (nid !== nidOf(level)) throw new Error(`level ${level} is inode ${nid}`);
    }
    const file = write(image.bytes());
    const index = await indexOf(file);
    expect(index.count).toBeGreaterThan(1000);
    expect(index.count).toBeLessThan(3000);
    expect(damagesOf(index)).toEqual([expect.stringMatching(/more than 2048 levels deep/)]);
    const reader = createTreeReader();
    const path = '/d'.repeat(500);
    expect(await reader.listDirectory(treeOf(file), path)).toMatchObject({ entries: [{ name: 'd' }] });
    expect((await reader.searchTree(treeOf(file), anything)).entries.length).toBeLessThan(3000);
    expect(await reader.efficiency(treeOf(file))).toMatchObject({ efficiency: 1 });
  });

  it('of directories with two names each, 2^60 paths in all, has each directory once', async () => {
    const image = new ForgedImage();
    for (let level = 0; level < 60; level += 1) {
      // Three slots each, forty-two of them in a block.
      const next = Math.floor((level + 1) / 42) * 128 + ((level + 1) % 42) * 3;
      image.directory([
        ['a', next, DIRECTORY],
        ['b', next, DIRECTORY],
      ]);
    }
    image.directory([['end', 0, FILE]]);
    const count = countBytes();
    const index = await indexOf(write(image.bytes()));
    expect(index.count).toBeLessThanOrEqual(2 * 61 + 1);
    expect(damagesOf(index).filter((damage) => damage.includes('second time')).length).toBeGreaterThan(50);
    expect(count.read).toBeLessThan(2 ** 20);
  });

  it('of directories that contain each other, themselves and the root ends', async () => {
    const image = new ForgedImage();
    image.directory([
      ['a', 4, DIRECTORY],
      ['b', 8, DIRECTORY],
      ['root', 0, DIRECTORY],
    ]);
    for (const [self, other] of [
      [4, 8],
      [8, 4],
    ] as const) {
      expect(image.nextNid(110)).toBe(self);
      image.directory([
        ['other', other, DIRECTORY],
        ['root', 0, DIRECTORY],
        ['self', self, DIRECTORY],
      ]);
    }
    const index = await indexOf(write(image.bytes()));
    expect(index.count).toBe(1 + 3 + 3 + 3);
    expect(damagesOf(index)).toHaveLength(7);
  });

  it('of files of four petabytes each costs what is asked for, and no more', async () => {
    const forged = (name: string) => {
      const image = new ForgedImage();
      const chunks = Buffer.concat(Array.from({ length: 512 }, () => HOLE));
      image.directory([
        ['huge', 3, FILE],
        [name, 3, FILE],
      ]);
      expect(image.nextNid(64 + chunks.length)).toBe(3);
      // Chunks of 2^43 bytes.
      image.inode({ size: 2n ** 52n, layout: 4, union: 31, after: chunks });
      return write(image.bytes());
    };
    const [left, right] = [forged('x'), forged('y')];
    const count = countBytes();
    const reader = createTreeReader();
    const listed = await reader.listDirectory(treeOf(left), '/');
    expect(listed.entries.map(({ sizeBytes }) => sizeBytes)).toEqual([2 ** 52, 2 ** 52]);
    const end = await reader.readFileBytes(treeOf(left), '/huge', 2 ** 52 - 8, 4096);
    expect(end).toMatchObject({ totalBytes: 2 ** 52, base64: Buffer.alloc(8).toString('base64') });
    const { files } = await reader.compareTrees(treeOf(left), treeOf(right));
    expect(files.map(({ path }) => path)).toEqual(['/x', '/y']);
    const both = await reader.listDirectory(treeOf(left, right), '/');
    expect(both.entries).toContainEqual(expect.objectContaining({ name: 'huge', change: 'modified' }));
    expect(await reader.efficiency(treeOf(left, right))).toMatchObject({ files: 3 });
    expect(count.read).toBeLessThan(4 * 2 ** 20);
  });

  it('of a hole of a terabyte, with a directory all over it, is not read', async () => {
    const image = new ForgedImage();
    image.directory([['wide', 254, DIRECTORY]]);
    const bytes = Buffer.concat([image.bytes(), Buffer.alloc(4096)]);
    // Its chunks would stand where the hole begins: every one is block 0, a directory block with nothing but `.` in it.
    expect(4096 + 254 * 32 + 64).toBe(bytes.length);
    const wide = Buffer.alloc(64);
    wide.writeUInt16LE((4 << 1) | 1, 0);
    wide.writeUInt16LE(0o040755, 4);
    wide.writeBigUInt64LE(2n ** 39n, 8);
    wide.copy(bytes, 4096 + 254 * 32);
    forgeDirents([['.', 0, DIRECTORY]]).copy(bytes, 0);
    const file = write(bytes, 2 ** 40);
    const count = countBytes();
    const index = await indexOf(file);
    expect(damagesOf(index)).toEqual([expect.stringMatching(/claim more bytes/)]);
    const reader = createTreeReader();
    expect((await reader.listDirectory(treeOf(file), '/wide')).damage).toMatch(/claims 549755813888 bytes/);
    expect(count.read).toBeLessThan(4 * 2 ** 20);
  });

  it('of directories that share two hundred attributes of 64 KiB each is read by their names', async () => {
    const image = new ForgedImage();
    const entry = Buffer.concat([Buffer.from([1, 1, 0xff, 0xff]), Buffer.from('n'), Buffer.alloc(65_535)]);
    const ids = Buffer.alloc(12 + 255 * 4);
    ids.writeUInt8(255, 4);
    const slots = Math.ceil((64 + ids.length + 16) / 32);
    const perBlock = Math.floor(128 / slots);
    const nidOf = (level: number) => Math.floor(level / perBlock) * 128 + (level % perBlock) * slots;
    const LEVELS = 300;
    for (let level = 0; level < LEVELS; level += 1) {
      const nid = image.directory([['next', nidOf(level + 1), DIRECTORY]], { after: ids, xattrCount: 256 });
      expect(nid).toBe(nidOf(level));
    }
    const file = write(image.bytes({ xattrs: entry }));
    const count = countBytes();
    const index = await indexOf(file);
    expect(index.count).toBe(LEVELS + 1);
    expect(count.sliced).toBeLessThan(8 * 2 ** 20);
  });
});

const anything = { query: '', limit: 10_000, changesOnly: false, minimumBytes: 0 };

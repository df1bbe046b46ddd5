import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { crc32c } from './crc32c.ts';
import { buildTreeIndex, type ErofsImage, type InodeRecord, openErofs } from './index.ts';
import { errorOf, printTree, unpackFixture } from './test-images.ts';

const folder = scratchDir('erofs-damage');
const SUPERBLOCK = 1024;

interface Good {
  readonly bytes: Buffer;
  readonly image: ErofsImage;
  /** The inode at a path. */
  at(path: string): InodeRecord;
}

let copies = 0;

/** A copy of a fixture with something broken in it; the superblock's checksum is made right again. */
function damaged(fixture: string, breakIt: (good: Good) => void): string {
  const file = unpackFixture(`${fixture}.erofs`, folder);
  const bytes = readFileSync(file);
  const image = openErofs(file);
  const names = (path: string) =>
    path
      .split('/')
      .filter(Boolean)
      .map((name) => Buffer.from(name));
  breakIt({ bytes, image, at: (path) => image.record(image.lookup(names(path))!) });
  image.close();
  const blockSize = 1 << bytes[SUPERBLOCK + 0x0c]!;
  bytes.writeUInt32LE(0, SUPERBLOCK + 4);
  bytes.writeUInt32LE(crc32c(bytes.subarray(SUPERBLOCK, Math.max(blockSize, 2048))), SUPERBLOCK + 4);
  copies += 1;
  const copy = join(folder, `damaged-${copies}.erofs`);
  writeFileSync(copy, bytes);
  return copy;
}

/** Every damage an index of the image notes, with the path that has it. */
async function damageOf(file: string): Promise<string[]> {
  const image = openErofs(file);
  const index = await buildTreeIndex(image);
  image.close();
  const pathOf = (entry: number): string =>
    entry === 0 ? '' : `${pathOf(index.parent[entry]!)}/${index.dirents.nameAt(entry).toString('latin1')}`;
  const notes: string[] = [];
  for (let entry = 0; entry < index.count; entry += 1) {
    if (index.isDamaged(entry)) notes.push(`${pathOf(entry) || '/'}: ${index.damageOf(entry)}`);
  }
  return notes;
}

describe('opening', () => {
  it('says that a file is missing', () => {
    expect(errorOf(join(folder, 'nowhere'))).toMatchObject({ problem: 'missing' });
  });

  it('does not follow a symbolic link, not even to a good image', () => {
    const link = join(folder, 'link.erofs');
    symlinkSync(unpackFixture('default.erofs', folder), link);
    expect(errorOf(link)).toMatchObject({
      problem: 'not-a-file',
      message: expect.stringContaining('symbolic link'),
    });
  });

  it('refuses a directory, and a FIFO without waiting for its writer', () => {
    const directory = join(folder, 'directory.erofs');
    mkdirSync(directory);
    expect(errorOf(directory)?.problem).toBe('not-a-file');
    if (process.platform === 'win32') return;
    const fifo = join(folder, 'fifo.erofs');
    execFileSync('mkfifo', [fifo]);
    expect(errorOf(fifo)?.problem).toBe('not-a-file');
  });

  it.each([0, 1, 1024, 1151])('refuses a file of %i bytes', (length) => {
    const file = join(folder, `short-${length}.erofs`);
    writeFileSync(file, Buffer.alloc(length));
    expect(errorOf(file)).toMatchObject({ problem: 'truncated' });
  });

  it('refuses zeros, naming the magic it found', () => {
    const file = join(folder, 'zeros.erofs');
    writeFileSync(file, Buffer.alloc(8192));
    expect(errorOf(file)).toMatchObject({
      problem: 'superblock',
      message: expect.stringContaining('is 0x0, not 0xe0f5e1e2'),
    });
  });

  it.each([
    ['blocks of 256 bytes', 0x0c, 8],
    ['blocks of 128 KiB', 0x0c, 17],
    ['a superblock longer than 4 KiB', 0x0d, 255],
    ['directory blocks of 128 KiB', 0x5a, 5],
  ])('refuses %s', (_, offset, value) => {
    const file = damaged('block-512', ({ bytes }) => {
      bytes[SUPERBLOCK + 0x0c] = 12;
      bytes[SUPERBLOCK + offset] = value;
    });
    expect(errorOf(file)).toMatchObject({ problem: 'superblock' });
  });

  it.each([
    [0x40, 'xattr_prefixes'],
    [0x80, '48bit'],
    [0x100, 'metabox'],
    [0x200, '0x200 (unknown)'],
    [0x80000000, '0x80000000 (unknown)'],
  ])('refuses the incompatible feature 0x%s by name', (bit, feature) => {
    const file = damaged('default', ({ bytes }) => bytes.writeUInt32LE(bit, SUPERBLOCK + 0x50));
    expect(errorOf(file)).toMatchObject({ problem: 'unsupported', feature });
  });

  it('refuses a superblock whose checksum does not fit, whichever covered byte is wrong', () => {
    for (const offset of [8, 0x10, 0x40, 200, 3071]) {
      const file = damaged('default', () => undefined);
      const bytes = readFileSync(file);
      bytes[SUPERBLOCK + offset]! ^= 0x10;
      writeFileSync(file, bytes);
      expect(errorOf(file)).toMatchObject({ problem: 'checksum' });
    }
  });

  it('takes an image that carries no checksum', () => {
    const file = damaged('default', ({ bytes }) => bytes.writeUInt32LE(0, SUPERBLOCK + 8));
    expect(errorOf(file)).toBeNull();
  });

  it('refuses a device table beyond the end of the file', () => {
    const file = damaged('device', ({ bytes }) => bytes.writeUInt16LE(65535, SUPERBLOCK + 0x56));
    expect(errorOf(file)).toMatchObject({ problem: 'truncated' });
  });
});

describe('damage', () => {
  it('of one inode leaves all others readable', async () => {
    const file = damaged('default', ({ bytes, at }) => bytes.writeUInt16LE(0, at('setuid').position + 4));
    expect(await damageOf(file)).toEqual([
      expect.stringMatching(/^\/setuid: Inode \d+ has no file type: its mode is 00\.$/),
    ]);
  });

  it.each<[string, (bytes: Buffer, at: number) => void, RegExp]>([
    ['a reserved layout', (bytes, at) => bytes.writeUInt16LE(0x0b, at), /feature inode format 0xb/],
    ['unknown format bits', (bytes, at) => bytes.writeUInt16LE(0x8001, at), /feature inode format 0x8001/],
    ['a mode without a type', (bytes, at) => bytes.writeUInt16LE(0o755, at + 4), /has no file type/],
    ['2^53 bytes', (bytes, at) => bytes.writeBigUInt64LE(2n ** 53n, at + 8), /claims 9007199254740992 bytes/],
    [
      '2^64 - 1 bytes',
      (bytes, at) => bytes.writeBigUInt64LE(2n ** 64n - 1n, at + 8),
      /claims 18446744073709551615 bytes/,
    ],
  ])('of an inode with %s is told', async (_, breakIt, message) => {
    const file = damaged('extended', ({ bytes, at }) => breakIt(bytes, at('dir/tail').position));
    expect(await damageOf(file)).toEqual([expect.stringMatching(message)]);
  });

  it.each<[string, string, (good: Good, inode: InodeRecord) => void, RegExp]>([
    [
      'a block beyond the end',
      'plain',
      ({ bytes }, inode) => bytes.writeUInt32LE(0xfffffff0, inode.position + 16),
      /The file ends at byte/,
    ],
    [
      'more bytes than there are',
      'plain',
      ({ bytes }, inode) => bytes.writeUInt32LE(0x7fffffff, inode.position + 8),
      /The file ends at byte/,
    ],
    [
      'inline data over the end of its block',
      'default',
      ({ bytes }, inode) => {
        // As many words of xattrs as put the tail 96 bytes before the end of a block.
        const end = (inode.position + inode.headerBytes) % 4096;
        bytes.writeUInt16LE(((4096 + 4000 - end) % 4096) / 4 - 2, inode.position + 2);
      },
      /crosses the end of its block/,
    ],
    [
      'an unknown chunk format',
      'chunks-4k',
      ({ bytes }, inode) => bytes.writeUInt16LE(0x60, inode.position + 16),
      /feature chunk format 0x60/,
    ],
    [
      'a chunk beyond the end',
      'chunks-64k',
      ({ bytes }, inode) =>
        bytes.fill(
          0xfe,
          inode.position + inode.headerBytes + inode.xattrBytes,
          inode.position + inode.headerBytes + inode.xattrBytes + 8,
        ),
      /The file ends at byte/,
    ],
    [
      'a device that does not exist',
      'device',
      ({ bytes }, inode) =>
        bytes.fill(
          1,
          inode.position + inode.headerBytes + inode.xattrBytes,
          inode.position + inode.headerBytes + inode.xattrBytes + 16,
        ),
      /lies on device 1, which is not there/,
    ],
    [
      'an array of chunks beyond the end',
      'chunks-4k',
      ({ bytes }, inode) => bytes.writeUInt32LE(0xffffffff, inode.position + 8),
      /The file ends at byte/,
    ],
  ])('of a file with %s is told where it is read', (_, fixture, breakIt, message) => {
    const file = damaged(fixture, (good) => breakIt(good, good.at('dir/tail')));
    const image = openErofs(file);
    const nid = image.lookup([Buffer.from('dir'), Buffer.from('tail')])!;
    const { size } = image.readInode(nid);
    expect(() => {
      for (const offset of [0, 4000, size - 1]) image.readFile(nid, offset, 5000);
    }).toThrow(message);
    expect(image.readDirectory(image.root).damage).toBeNull();
    image.close();
  });

  it.each<[string, (bytes: Buffer, area: number) => void, RegExp]>([
    [
      'more shared xattrs than fit',
      (bytes, area) => bytes.writeUInt8(200, area + 4),
      /claims 200 shared xattrs/,
    ],
    [
      'a shared xattr beyond the end',
      (bytes, area) => bytes.writeUInt32LE(0xffffff00, area + 12),
      /The file ends at byte/,
    ],
    [
      'an own xattr that is too long',
      (bytes, area) => bytes.writeUInt16LE(60_000, area + 18),
      /beyond the space for xattrs/,
    ],
    ['an unknown prefix', (bytes, area) => bytes.writeUInt8(99, area + 17), /unknown prefix 99/],
    ['a long prefix', (bytes, area) => bytes.writeUInt8(0x81, area + 17), /feature xattr_prefixes/],
  ])('of xattrs with %s is told, and the entry stays', (_, breakIt, message) => {
    const file = damaged('default', ({ bytes, at }) => {
      const inode = at('dir/tail');
      breakIt(bytes, inode.position + inode.headerBytes);
    });
    const image = openErofs(file);
    const nid = image.lookup([Buffer.from('dir'), Buffer.from('tail')])!;
    expect(() => image.readXattrs(nid)).toThrow(message);
    expect(image.readFile(nid, 0, 4)).toEqual(Buffer.from('line'));
    image.close();
  });

  it('of a symlink that claims a target of a gigabyte is told', () => {
    const file = damaged('default', ({ bytes, at }) =>
      bytes.writeUInt32LE(0x40000000, at('link').position + 8),
    );
    const image = openErofs(file);
    expect(() => image.readLink(image.lookup([Buffer.from('link')])!)).toThrow(
      /claims a target of 1073741824 bytes/,
    );
    image.close();
  });

  it.each<[string, (block: Buffer) => void, RegExp]>([
    ['no room for dirents', (block) => block.writeUInt16LE(0, 8), /its first name is at byte 0/],
    ['a first name between dirents', (block) => block.writeUInt16LE(13, 8), /its first name is at byte 13/],
    [
      'a first name beyond the block',
      (block) => block.writeUInt16LE(60_000, 8),
      /its first name is at byte 60000/,
    ],
    ['names in falling order of place', (block) => block.writeUInt16LE(10, 12 * 2 + 8), /would have/],
    [
      'an empty name',
      (block) => block.writeUInt16LE(block.readUInt16LE(12 + 8), 12 * 2 + 8),
      /would have 0 bytes/,
    ],
  ])('of a directory block with %s costs only that block', (_, breakIt, message) => {
    const file = damaged('block-512', ({ bytes, image, at }) => {
      const start = at('many').union * image.superblock.blockSize;
      // The second of its blocks.
      breakIt(bytes.subarray(start + 512, start + 1024));
    });
    const image = openErofs(file);
    const { entries, damage } = image.readDirectory(image.lookup([Buffer.from('many')])!);
    expect(damage?.message).toMatch(message);
    expect(entries.length).toBeGreaterThanOrEqual(60 - 5);
    expect(entries.length).toBeLessThan(60);
    image.close();
  });

  it('of a directory out of order is told, and its entries are sorted', () => {
    const file = damaged('block-512', ({ bytes, image, at }) => {
      const start = at('many').union * image.superblock.blockSize;
      const name = bytes.indexOf('entry-12-', start);
      bytes.write('zebra-12-', name);
    });
    const image = openErofs(file);
    const { entries, damage } = image.readDirectory(image.lookup([Buffer.from('many')])!);
    expect(damage?.message).toMatch(/its names are out of order/);
    expect(entries.at(-1)!.name.toString()).toMatch(/^zebra-12-/);
    image.close();
  });

  it('of a directory with one name twice is told, and the name is there once', () => {
    const file = damaged('block-512', ({ bytes, image, at }) => {
      const start = at('many').union * image.superblock.blockSize;
      bytes.write('entry-12-', bytes.indexOf('entry-13-', start));
    });
    const image = openErofs(file);
    const { entries, damage } = image.readDirectory(image.lookup([Buffer.from('many')])!);
    expect(damage?.message).toMatch(/1 of its names occur more than once/);
    expect(entries).toHaveLength(59);
    image.close();
  });

  it.each([
    ['2^63', 2n ** 63n],
    ['2^64 - 1', 2n ** 64n - 1n],
    ['one beyond the end', 98304n / 32n],
  ])('of a dirent with the nid %s is told at its name', async (_, nid) => {
    const file = damaged('default', ({ bytes, at }) => {
      const root = at('');
      const tail = root.position + root.headerBytes + root.xattrBytes;
      // The first dirent: `!first`.
      bytes.writeBigUInt64LE(nid, tail);
    });
    expect(await damageOf(file)).toEqual([
      expect.stringMatching(/^\/!first: Inode \d+ would lie beyond the end/),
    ]);
  });

  it('of a directory that contains itself ends', async () => {
    const file = damaged('default', ({ bytes, at, image }) => {
      const root = at('');
      const block = image.file.slice(root.position + root.headerBytes + root.xattrBytes, root.size);
      const many = block.indexOf(
        Buffer.from(String.fromCharCode(at('many').nid, 0, 0, 0, 0, 0, 0, 0), 'latin1'),
      );
      bytes.writeBigUInt64LE(BigInt(image.root), root.position + root.headerBytes + root.xattrBytes + many);
    });
    expect(await damageOf(file)).toEqual([expect.stringMatching(/^\/many: .*is reached a second time/)]);
    const image = openErofs(file);
    const path = Array.from({ length: 50 }, () => Buffer.from('many'));
    expect(image.lookup(path)).toBe(image.root);
    image.close();
  });

  it('of a directory that claims more than the image is told, before anything is read of it', async () => {
    const file = damaged('default', ({ bytes, at }) =>
      bytes.writeUInt32LE(0xffffffff, at('many').position + 8),
    );
    expect(await damageOf(file)).toEqual([
      expect.stringMatching(/^\/many: The directories claim more bytes/),
    ]);
  });

  it('of a root that is no directory leaves an image with nothing in it', async () => {
    const file = damaged('default', ({ bytes, at }) => bytes.writeUInt16LE(0o100644, at('').position + 4));
    const image = openErofs(file);
    const index = await buildTreeIndex(image);
    expect([index.count, index.isDirectory(0)]).toEqual([1, false]);
    expect(() => image.readDirectory(image.root)).toThrow(/is no directory/);
    image.close();
  });
});

describe('a file that is cut off', () => {
  it('says how much is missing, and shows what is there', async () => {
    const file = unpackFixture('block-512.erofs', folder);
    const cut = join(folder, 'cut.erofs');
    const bytes = readFileSync(file);
    writeFileSync(cut, bytes.subarray(0, 8192));
    const image = openErofs(cut);
    expect(image.missingBytes).toBe(bytes.length - 8192);
    const index = await buildTreeIndex(image);
    expect(index.count).toBeGreaterThan(10);
    image.close();
  });

  it('while it is open becomes an error of the entry that is read', () => {
    const file = damaged('plain', () => undefined);
    const image = openErofs(file);
    const nid = image.lookup([Buffer.from('dir'), Buffer.from('blocks')])!;
    truncateSync(file, 4096);
    expect(() => image.readFile(nid, 0, 8192)).toThrow(expect.objectContaining({ problem: 'truncated' }));
    image.close();
  });
});

describe('a file that is replaced or deleted while it is open', () => {
  it('stays what it was until it is closed', () => {
    const file = damaged('default', () => undefined);
    const image = openErofs(file);
    const before = printTree(image);
    renameSync(
      damaged('compact', () => undefined),
      file,
    );
    expect(printTree(image)).toEqual(before);
    rmSync(file);
    expect(printTree(image)).toEqual(before);
    image.close();
  });
});

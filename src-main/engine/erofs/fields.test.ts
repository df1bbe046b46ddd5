import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { crc32c } from './crc32c.ts';
import { ImageFile } from './image-file.ts';
import { type ErofsImage, openErofs } from './index.ts';
import { LAYOUT_CHUNKS } from './inode.ts';
import { unpackFixture } from './test-images.ts';
import { type Outcome, readEverything } from './test-mutations.ts';

/** A number of the format, and where: names as in fs/erofs/erofs_fs.h of Linux. */
type Field = readonly [name: string, offset: number, bytes: 1 | 2 | 4 | 8];

const SUPERBLOCK: readonly Field[] = [
  ['magic', 0x00, 4],
  ['checksum', 0x04, 4],
  ['feature_compat', 0x08, 4],
  ['blkszbits', 0x0c, 1],
  ['sb_extslots', 0x0d, 1],
  ['root_nid', 0x0e, 2],
  ['inos', 0x10, 8],
  ['build_time', 0x18, 8],
  ['build_time_nsec', 0x20, 4],
  ['blocks', 0x24, 4],
  ['meta_blkaddr', 0x28, 4],
  ['xattr_blkaddr', 0x2c, 4],
  ['uuid', 0x30, 8],
  ['volume_name', 0x40, 8],
  ['feature_incompat', 0x50, 4],
  ['available_compr_algs', 0x54, 2],
  ['extra_devices', 0x56, 2],
  ['devt_slotoff', 0x58, 2],
  ['dirblkbits', 0x5a, 1],
  ['xattr_prefix_count', 0x5b, 1],
  ['xattr_prefix_start', 0x5c, 4],
  ['packed_nid', 0x60, 8],
  ['xattr_filter_reserved', 0x68, 1],
  ['reserved', 0x70, 8],
];
const INODE_START: readonly Field[] = [
  ['i_format', 0x00, 2],
  ['i_xattr_icount', 0x02, 2],
  ['i_mode', 0x04, 2],
];
const COMPACT: readonly Field[] = [
  ...INODE_START,
  ['i_nlink', 0x06, 2],
  ['i_size', 0x08, 4],
  ['i_u', 0x10, 4],
  ['i_ino', 0x14, 4],
  ['i_uid', 0x18, 2],
  ['i_gid', 0x1a, 2],
];
const EXTENDED: readonly Field[] = [
  ...INODE_START,
  ['i_size', 0x08, 8],
  ['i_u', 0x10, 4],
  ['i_ino', 0x14, 4],
  ['i_uid', 0x18, 4],
  ['i_gid', 0x1c, 4],
  ['i_mtime', 0x20, 8],
  ['i_mtime_nsec', 0x28, 4],
  ['i_nlink', 0x2c, 4],
];
const DIRENT: readonly Field[] = [
  ['nid', 0, 8],
  ['nameoff', 8, 2],
  ['file_type', 10, 1],
  ['reserved', 11, 1],
];
const XATTR_HEADER: readonly Field[] = [
  ['h_name_filter', 0, 4],
  ['h_shared_count', 4, 1],
  ['h_shared_xattrs', 12, 4],
];
const XATTR_ENTRY: readonly Field[] = [
  ['e_name_len', 0, 1],
  ['e_name_index', 1, 1],
  ['e_value_size', 2, 2],
];
const DEVICE_SLOT: readonly Field[] = [
  ['tag', 0x00, 8],
  ['blocks', 0x40, 4],
  ['uniaddr', 0x44, 4],
];
const CHUNK: readonly Field[] = [
  ['advise', 0, 2],
  ['device_id', 2, 2],
  ['blkaddr', 4, 4],
];

/** One of each kind of record, in an image that has it. */
interface Place {
  readonly what: string;
  readonly fixture: string;
  readonly fields: readonly Field[];
  readonly at: (image: ErofsImage) => number;
}

function inodeAt(image: ErofsImage, path: string) {
  const names = path
    .split('/')
    .filter(Boolean)
    .map((name) => Buffer.from(name));
  return image.record(image.lookup(names)!);
}

function dataAt(image: ErofsImage, path: string): number {
  const { layout, position, headerBytes, xattrBytes, union } = inodeAt(image, path);
  const inline = position + headerBytes + xattrBytes;
  if (layout === LAYOUT_CHUNKS) return Math.ceil(inline / 8) * 8;
  return layout === 2 ? inline : union * image.superblock.blockSize;
}

const PLACES: readonly Place[] = [
  ...['block-512', 'device'].map((fixture) => ({
    what: `the superblock of ${fixture}`,
    fixture,
    fields: SUPERBLOCK,
    at: () => 1024,
  })),
  ...['/', 'dir/tail', 'link'].flatMap((path) => [
    { what: `the compact inode of ${path}`, fixture: 'compact', fields: COMPACT, at: inodeOf(path) },
    { what: `the extended inode of ${path}`, fixture: 'extended', fields: EXTENDED, at: inodeOf(path) },
  ]),
  {
    what: 'the first dirent of the root',
    fixture: 'default',
    fields: DIRENT,
    at: (image) => dataAt(image, '/'),
  },
  {
    what: 'the third dirent of the root',
    fixture: 'default',
    fields: DIRENT,
    at: (image) => dataAt(image, '/') + 24,
  },
  {
    what: 'the first dirent of a directory of several blocks',
    fixture: 'block-512',
    fields: DIRENT,
    at: (image) => dataAt(image, 'many'),
  },
  { what: 'the header of xattrs', fixture: 'default', fields: XATTR_HEADER, at: xattrsOf(0) },
  { what: 'an own xattr', fixture: 'default', fields: XATTR_ENTRY, at: xattrsOf(16) },
  {
    what: 'a shared xattr',
    fixture: 'default',
    fields: XATTR_ENTRY,
    at: (image) => {
      const { position, headerBytes } = inodeAt(image, 'dir/tail');
      return (
        image.superblock.sharedXattrStart +
        4 * image.file.slice(position + headerBytes + 12, 4).readUInt32LE()
      );
    },
  },
  {
    what: 'the device table',
    fixture: 'device',
    fields: DEVICE_SLOT,
    at: (image) => image.superblock.deviceTableStart,
  },
  { what: 'a chunk', fixture: 'device', fields: CHUNK, at: (image) => dataAt(image, 'dir/tail') },
];

function inodeOf(path: string) {
  return (image: ErofsImage) => inodeAt(image, path).position;
}

function xattrsOf(offset: number) {
  return (image: ErofsImage) => {
    const { position, headerBytes } = inodeAt(image, 'dir/tail');
    return position + headerBytes + offset;
  };
}

/** What the field might say instead: nothing, all, the limits of its type and what is next to the truth. */
function wrongValues(right: bigint, bytes: number): readonly bigint[] {
  const all = (1n << BigInt(bytes * 8)) - 1n;
  const top = 1n << BigInt(bytes * 8 - 1);
  const near = [right + 1n, right - 1n, right ^ top, right << 4n, right + 0x1000n];
  const values = [0n, 1n, 0x7fn, 0xffffn, all, all - 1n, top, top - 1n, ...near];
  return [...new Set(values.map((value) => BigInt.asUintN(bytes * 8, value)))].filter(
    (value) => value !== right,
  );
}

function readNumber(bytes: Buffer, at: number, length: number): bigint {
  return bytes.subarray(at, at + length).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function writeNumber(bytes: Buffer, at: number, length: number, value: bigint): void {
  for (let index = 0; index < length; index += 1)
    bytes[at + index] = Number((value >> BigInt(8 * index)) & 0xffn);
}

/** Otherwise a superblock that says something else would never be read any further. */
function sign(bytes: Buffer): void {
  const bits = bytes[1024 + 0x0c]!;
  const blockSize = bits >= 9 && bits <= 16 ? 1 << bits : 4096;
  bytes.writeUInt32LE(0, 1028);
  bytes.writeUInt32LE(crc32c(bytes.subarray(1024, blockSize > 1024 ? blockSize : 1024 + blockSize)), 1028);
}

/** What one look at everything read. */
interface Reading {
  readonly outcome: Outcome;
  readonly bytesRead: number;
}

async function look(file: string): Promise<Reading> {
  let bytesRead = 0;
  const reads = vi.spyOn(ImageFile.prototype, 'readInto').mockImplementation(function (
    this: ImageFile,
    target,
    position,
  ) {
    bytesRead += target.length;
    return readInto.call(this, target, position);
  });
  try {
    return { outcome: await readEverything(file), bytesRead };
  } finally {
    reads.mockRestore();
  }
}

const { readInto } = ImageFile.prototype;

describe.each(PLACES)('every field of $what, wrong in turn,', ({ fixture, fields, at }) => {
  it('gives typed errors and nothing else, and costs no more than the good image does', async () => {
    const folder = scratchDir('fields');
    const file = unpackFixture(`${fixture}.erofs`, folder);
    const good = readFileSync(file);
    const image = openErofs(file);
    const place = at(image);
    image.close();
    const whole = await look(file);
    const broken = join(folder, 'broken.erofs');
    const outcomes: Record<Outcome, number> = { refused: 0, damaged: 0, whole: 0 };
    for (const [name, offset, length] of fields) {
      const right = readNumber(good, place + offset, length);
      for (const value of wrongValues(right, length)) {
        const bytes = Buffer.from(good);
        writeNumber(bytes, place + offset, length, value);
        if (name !== 'checksum') sign(bytes);
        writeFileSync(broken, bytes);
        const { outcome, bytesRead } = await look(broken).catch((cause: unknown) => {
          throw new Error(`${name} = ${value}`, { cause });
        });
        outcomes[outcome] += 1;
        // One length or one place that lies can lead to other bytes, not to many more of them.
        expect([name, value, bytesRead <= 4 * whole.bytesRead + 2 ** 20]).toEqual([name, value, true]);
      }
    }
    expect(outcomes.refused + outcomes.damaged + outcomes.whole).toBeGreaterThan(fields.length * 7);
    // Some of each: a test that damages nothing tests nothing.
    expect(outcomes.refused + outcomes.damaged).toBeGreaterThan(0);
  }, 60_000);
});

describe.each(PLACES.filter(({ what }) => /dir\/tail|link|own xattr/.test(what)))(
  'every field of $what, wrong in turn,',
  ({ what, fixture, fields, at }) => {
    it('leaves every other entry of the image as it was', async () => {
      const folder = scratchDir('fields');
      const file = unpackFixture(`${fixture}.erofs`, folder);
      const good = readFileSync(file);
      const image = openErofs(file);
      const place = at(image);
      const victim = what.includes('link') ? '/link' : '/dir/tail';
      const others = linesOf(image, victim);
      image.close();
      expect(others.length).toBeGreaterThan(10);
      const broken = join(folder, 'broken.erofs');
      for (const [name, offset, length] of fields) {
        for (const value of wrongValues(readNumber(good, place + offset, length), length)) {
          const bytes = Buffer.from(good);
          writeNumber(bytes, place + offset, length, value);
          sign(bytes);
          writeFileSync(broken, bytes);
          const opened = openErofs(broken);
          expect([name, value, linesOf(opened, victim)]).toEqual([name, value, others]);
          opened.close();
        }
      }
    }, 60_000);
  },
);

/** All that can be said of every path but one and its other names, one line each. */
function linesOf(image: ErofsImage, victim: string): string[] {
  const lines: string[] = [];
  const victimNid = image.lookup(
    victim
      .slice(1)
      .split('/')
      .map((name) => Buffer.from(name)),
  );
  const visit = (nid: number, path: string) => {
    if (nid === victimNid) return;
    const inode = image.readInode(nid);
    const content = inode.type === 'regular' ? image.readFile(nid, 0, 64).toString('hex') : '';
    lines.push(`${path} ${inode.type} ${inode.mode} ${inode.size} ${content}`);
    if (inode.type !== 'directory') return;
    for (const entry of image.readDirectory(nid).entries)
      visit(entry.nid, `${path}/${entry.name.toString('latin1')}`);
  };
  visit(image.root, '');
  return lines;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { crc32c } from './crc32c.ts';
import { openErofs } from './index.ts';

/**
 * Block sizes that mkfs.erofs makes only on machines with pages as large, and directory blocks larger than blocks:
 * written here by the format's definition (fs/erofs/erofs_fs.h of Linux), with the least an image can have.
 */
function writeImage(file: string, blockBits: number, directoryBits: number): string[] {
  const blockSize = 1 << blockBits;
  const directoryBlock = blockSize << directoryBits;
  const names = Array.from({ length: 500 }, (_, n) => `${String(n).padStart(4, '0')}${'n'.repeat(100)}`);
  const metaBlock = Math.ceil(1152 / blockSize);
  const rootData = metaBlock + Math.ceil((64 * 2) / blockSize);
  const directory = directoryData(['.', '..', ...names], directoryBlock);
  const fileData = rootData + Math.ceil(directory.length / blockSize);
  const image = Buffer.alloc((fileData + 1) * blockSize);
  image.writeUInt32LE(0xe0f5e1e2, 1024);
  image.writeUInt32LE(1, 1024 + 8);
  image[1024 + 0x0c] = blockBits;
  image.writeUInt32LE(image.length / blockSize, 1024 + 0x24);
  image.writeUInt32LE(metaBlock, 1024 + 0x28);
  image[1024 + 0x5a] = directoryBits;
  const covered = image.subarray(1024, blockSize > 1024 ? blockSize : 1024 + blockSize);
  image.writeUInt32LE(crc32c(covered), 1028);
  inode(image, metaBlock * blockSize, 0o040755, directory.length, rootData);
  inode(image, metaBlock * blockSize + 64, 0o100644, 7, fileData);
  directory.copy(image, rootData * blockSize);
  image.write('content', fileData * blockSize);
  writeFileSync(file, image);
  return names;
}

function inode(image: Buffer, at: number, mode: number, size: number, block: number): void {
  image.writeUInt16LE(1, at);
  image.writeUInt16LE(mode, at + 4);
  image.writeBigUInt64LE(BigInt(size), at + 8);
  image.writeUInt32LE(block, at + 16);
  image.writeUInt32LE(1, at + 44);
}

/** `.` and `..` are nid 0, all others nid 2. */
function directoryData(names: readonly string[], blockSize: number): Buffer {
  const blocks: Buffer[] = [];
  for (let rest = names; rest.length > 0; ) {
    let count = 0;
    let bytes = 0;
    while (count < rest.length && bytes + 12 + rest[count]!.length <= blockSize) {
      bytes += 12 + rest[count]!.length;
      count += 1;
    }
    const isLast = count === rest.length;
    const block = Buffer.alloc(isLast ? bytes : blockSize);
    let nameAt = count * 12;
    for (const [index, name] of rest.slice(0, count).entries()) {
      block.writeBigUInt64LE(name.startsWith('.') ? 0n : 2n, index * 12);
      block.writeUInt16LE(nameAt, index * 12 + 8);
      block[index * 12 + 10] = name.startsWith('.') ? 2 : 1;
      nameAt += block.write(name, nameAt);
    }
    blocks.push(block);
    rest = rest.slice(count);
  }
  return Buffer.concat(blocks);
}

describe('block sizes', () => {
  it.each([
    [9, 0],
    [9, 3],
    [10, 0],
    [12, 0],
    [12, 4],
    [13, 0],
    [14, 2],
    [16, 0],
  ])('2^%i bytes with directory blocks 2^%i times as large', (blockBits, directoryBits) => {
    const file = join(scratchDir('erofs-blocks'), 'image.erofs');
    const names = writeImage(file, blockBits, directoryBits);
    const image = openErofs(file);
    const { entries, damage } = image.readDirectory(image.root);
    expect(damage).toBeNull();
    expect(entries.map(({ name }) => name.toString())).toEqual(names);
    expect(image.lookup([Buffer.from(names[321]!)])).toBe(2);
    expect(image.readFile(2, 0, 100).toString()).toBe('content');
    image.close();
  });
});

import { crc32c } from './crc32c.ts';
import { ErofsError, unsupported } from './erofs-error.ts';
import type { ImageFile } from './image-file.ts';

/**
 * What the superblock says (`struct erofs_super_block`, fs/erofs/erofs_fs.h of Linux): 128 bytes and more at
 * offset 1024, little-endian. Positions and lengths here are bytes, block numbers already multiplied: both
 * factors are below 2^33, so the products are exact numbers.
 */
export interface Superblock {
  /** 9 to 16: 512 bytes to 64 KiB. */
  readonly blockBits: number;
  readonly blockSize: number;
  /** Bytes of one directory block, at most 64 KiB. */
  readonly directoryBlockSize: number;
  readonly rootNid: number;
  /** As the writer counted, not to be trusted. */
  readonly inodeCount: bigint;
  /** The modification time of every compact inode: seconds since 1970, and nanoseconds. */
  readonly epoch: bigint;
  readonly fixedNanoseconds: number;
  /** Length the writer says the image has; 0 when it does not say. */
  readonly declaredBytes: number;
  /** Where nid 0 lies. */
  readonly metadataStart: number;
  readonly sharedXattrStart: number;
  /** Entries of the device table. */
  readonly deviceCount: number;
  readonly deviceTableStart: number;
  readonly featureCompat: number;
  readonly featureIncompat: number;
}

/** @throws ErofsError `truncated`, `superblock`, `checksum`, `unsupported` (naming the feature), `io`. */
export function readSuperblock(file: ImageFile): Superblock {
  if (file.length < SUPERBLOCK_OFFSET + SUPERBLOCK_BYTES) {
    throw new ErofsError(
      'truncated',
      `The file has ${file.length} bytes; an EROFS image has at least ${SUPERBLOCK_OFFSET + SUPERBLOCK_BYTES}.`,
    );
  }
  const bytes = file.slice(SUPERBLOCK_OFFSET, SUPERBLOCK_BYTES);
  const magic = bytes.readUInt32LE(0x00);
  if (magic !== MAGIC) {
    throw bad(`the magic number at byte 1024 is 0x${magic.toString(16)}, not 0x${MAGIC.toString(16)}`);
  }
  const blockBits = bytes.readUInt8(0x0c);
  if (blockBits < 9 || blockBits > 16) throw bad(`blocks of 2^${blockBits} bytes; 2^9 to 2^16 are possible`);
  const featureCompat = bytes.readUInt32LE(0x08);
  if ((featureCompat & COMPAT_CHECKSUM) !== 0) checkChecksum(file, bytes, blockBits);
  return parse(bytes, blockBits, featureCompat);
}

const SUPERBLOCK_OFFSET = 1024;
const SUPERBLOCK_BYTES = 128;
const MAGIC = 0xe0f5e1e2;
const COMPAT_CHECKSUM = 0x1;
/** An extended superblock must end within the first 4 KiB, as Linux demands. */
const MAX_SUPERBLOCK_BYTES = 4096 - SUPERBLOCK_OFFSET;

/**
 * Incompatible features that leave uncompressed files, directories and inodes as they are: chunked files (4),
 * the device table (8), and those that only say how compressed files are stored (1, 2, 0x10, 0x20).
 */
const READABLE_FEATURES = 0x3f;
const INCOMPAT_DEVICE_TABLE = 0x8;
const OTHER_FEATURES: Readonly<Record<number, string>> = {
  64: 'xattr_prefixes',
  128: '48bit',
  256: 'metabox',
};

function parse(bytes: Buffer, blockBits: number, featureCompat: number): Superblock {
  const featureIncompat = bytes.readUInt32LE(0x50);
  checkFeatures(featureIncompat);
  const superblockBytes = SUPERBLOCK_BYTES + 16 * bytes.readUInt8(0x0d);
  if (superblockBytes > MAX_SUPERBLOCK_BYTES) throw bad(`a superblock of ${superblockBytes} bytes`);
  const directoryBlockBits = blockBits + bytes.readUInt8(0x5a);
  if (directoryBlockBits > 16) {
    throw bad(`directory blocks of 2^${directoryBlockBits} bytes; names in them have 16-bit offsets`);
  }
  const blockSize = 1 << blockBits;
  return {
    blockBits,
    blockSize,
    directoryBlockSize: 1 << directoryBlockBits,
    rootNid: bytes.readUInt16LE(0x0e),
    inodeCount: bytes.readBigUInt64LE(0x10),
    epoch: bytes.readBigInt64LE(0x18),
    fixedNanoseconds: bytes.readUInt32LE(0x20),
    declaredBytes: bytes.readUInt32LE(0x24) * blockSize,
    metadataStart: bytes.readUInt32LE(0x28) * blockSize,
    sharedXattrStart: bytes.readUInt32LE(0x2c) * blockSize,
    deviceCount: (featureIncompat & INCOMPAT_DEVICE_TABLE) === 0 ? 0 : bytes.readUInt16LE(0x56),
    deviceTableStart: bytes.readUInt16LE(0x58) * 128,
    featureCompat,
    featureIncompat,
  };
}

/** Over the rest of the superblock's block with the checksum itself as zero; one whole block where it is small. */
function checkChecksum(file: ImageFile, superblock: Buffer, blockBits: number): void {
  const blockSize = 1 << blockBits;
  const length = blockSize > SUPERBLOCK_OFFSET ? blockSize - SUPERBLOCK_OFFSET : blockSize;
  const covered = Buffer.from(file.slice(SUPERBLOCK_OFFSET, length));
  covered.writeUInt32LE(0, 4);
  const found = crc32c(covered);
  const stored = superblock.readUInt32LE(4);
  if (found !== stored) {
    throw new ErofsError(
      'checksum',
      `The superblock is damaged: its checksum is 0x${found.toString(16)}, not 0x${stored.toString(16)}.`,
    );
  }
}

function checkFeatures(featureIncompat: number): void {
  for (let bit = 0; bit < 32; bit += 1) {
    const feature = (1 << bit) >>> 0;
    if ((featureIncompat & feature) === 0 || (READABLE_FEATURES & feature) !== 0) continue;
    throw unsupported(OTHER_FEATURES[feature] ?? `0x${feature.toString(16)} (unknown)`, 'This image');
  }
}

function bad(why: string): ErofsError {
  return new ErofsError('superblock', `This is no EROFS image Strata can read: ${why}.`);
}

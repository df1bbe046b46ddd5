import type { DeviceSlot } from './device-table.ts';
import { ErofsError, unsupported } from './erofs-error.ts';
import { type ImageFile, PAGE_BYTES } from './image-file.ts';
import { type InodeRecord, LAYOUT_CHUNKS, LAYOUT_INLINE, LAYOUT_PLAIN } from './inode.ts';
import type { Superblock } from './superblock.ts';

/** An open image with the files its data may lie in. */
export interface DataSource {
  readonly file: ImageFile;
  readonly superblock: Superblock;
  readonly deviceSlots: readonly DeviceSlot[];
  /** By device id minus one; undefined where the file was not given. */
  readonly devices: readonly (ImageFile | undefined)[];
}

/** Consecutive bytes of a file: `length` bytes at `position` of `file`, or zeros where `file` is null. */
interface Extent {
  readonly file: ImageFile | null;
  readonly position: number;
  readonly length: number;
}

/**
 * `length` bytes of an inode's data from `offset`, fewer at its end, at most 64 KiB: directories and other small
 * things. The memory may belong to the image: it must not be written to, and is good until the next read.
 *
 * @throws ErofsError `data`, `truncated`, `unsupported` (compressed data), `io`.
 */
export function sliceData(source: DataSource, inode: InodeRecord, offset: number, length: number): Buffer {
  const wanted = clamp(inode, offset, length);
  if (wanted === 0) return EMPTY;
  const { file, position, length: found } = extentAt(source, inode, offset, wanted);
  if (file === null || found < wanted) return readData(source, inode, offset, wanted);
  // An inline tail lies among the inodes that are read next, a block of its own among the data of files.
  const isTail =
    inode.layout === LAYOUT_INLINE && position > inode.position && position - inode.position < PAGE_BYTES;
  return isTail ? file.slice(position, wanted) : file.sliceAlone(position, wanted);
}

/** As `sliceData`, always a copy of its own. */
export function readData(source: DataSource, inode: InodeRecord, offset: number, length: number): Buffer {
  const wanted = clamp(inode, offset, length);
  const bytes = Buffer.allocUnsafe(wanted);
  for (let done = 0; done < wanted; ) {
    const extent = extentAt(source, inode, offset + done, wanted - done);
    const part = bytes.subarray(done, done + extent.length);
    if (extent.file === null) part.fill(0);
    else extent.file.readInto(part, extent.position);
    done += extent.length;
  }
  return bytes;
}

const EMPTY = Buffer.alloc(0);
/** A block number that stands for zeros. */
const HOLE = 0xffffffff;

function clamp(inode: InodeRecord, offset: number, length: number): number {
  return Math.max(0, Math.min(length, inode.size - offset));
}

/** The longest run of consecutive bytes from `offset`, at least one and at most `length`. */
function extentAt(source: DataSource, inode: InodeRecord, offset: number, length: number): Extent {
  if (inode.layout === LAYOUT_PLAIN) return plainExtent(source, inode, offset, length);
  if (inode.layout === LAYOUT_INLINE) return inlineExtent(source, inode, offset, length);
  if (inode.layout === LAYOUT_CHUNKS) return chunkExtent(source, inode, offset, length);
  throw unsupported('compression', `The data of inode ${inode.nid}`);
}

function plainExtent(source: DataSource, inode: InodeRecord, offset: number, length: number): Extent {
  const position = inode.union * source.superblock.blockSize + offset;
  return resolveDevice(source, inode, 0, position, length);
}

/** Whole blocks elsewhere, and the last one, whole or not, right after the inode and its xattrs. */
function inlineExtent(source: DataSource, inode: InodeRecord, offset: number, length: number): Extent {
  const { blockSize } = source.superblock;
  const tailStart = Math.floor((inode.size - 1) / blockSize) * blockSize;
  if (offset < tailStart) return plainExtent(source, inode, offset, Math.min(length, tailStart - offset));
  const tailPosition = inode.position + inode.headerBytes + inode.xattrBytes;
  const tailLength = inode.size - tailStart;
  if ((tailPosition % blockSize) + tailLength > blockSize) {
    throw new ErofsError('data', `The inline data of inode ${inode.nid} crosses the end of its block.`);
  }
  return { file: source.file, position: tailPosition + offset - tailStart, length };
}

const CHUNK_BITS_MASK = 0x1f;
const CHUNK_HAS_DEVICES = 0x20;

/**
 * An array of block numbers after the inode and its xattrs, one for each chunk: 4 bytes each, or 8 with a device
 * id. Chunks that follow each other on one device become one extent.
 */
function chunkExtent(source: DataSource, inode: InodeRecord, offset: number, length: number): Extent {
  const format = inode.union;
  if ((format & 0xffff & ~(CHUNK_BITS_MASK | CHUNK_HAS_DEVICES)) !== 0) {
    throw unsupported(`chunk format 0x${(format & 0xffff).toString(16)}`, `Inode ${inode.nid}`);
  }
  const { blockBits, blockSize } = source.superblock;
  // Up to 2^47: shifts would overflow.
  const chunkSize = 2 ** (blockBits + (format & CHUNK_BITS_MASK));
  const first = Math.floor(offset / chunkSize);
  const start = chunkAt(source, inode, first);
  let available = chunkSize - (offset % chunkSize);
  for (let index = first + 1; available < length; index += 1) {
    const next = chunkAt(source, inode, index);
    const isNext =
      start.block === HOLE
        ? next.block === HOLE
        : next.device === start.device &&
          next.block !== HOLE &&
          next.block * blockSize === start.block * blockSize + (index - first) * chunkSize;
    if (!isNext) break;
    available += chunkSize;
  }
  const taken = Math.min(available, length);
  if (start.block === HOLE) return { file: null, position: 0, length: taken };
  return resolveDevice(source, inode, start.device, start.block * blockSize + (offset % chunkSize), taken);
}

interface Chunk {
  readonly device: number;
  readonly block: number;
}

function chunkAt(source: DataSource, inode: InodeRecord, index: number): Chunk {
  const hasDevices = (inode.union & CHUNK_HAS_DEVICES) !== 0;
  const unit = hasDevices ? 8 : 4;
  const end = inode.position + inode.headerBytes + inode.xattrBytes;
  const entry = source.file.slice(Math.ceil(end / unit) * unit + index * unit, unit);
  if (!hasDevices) return { device: 0, block: entry.readUInt32LE(0) };
  // Only as many bits of the id count as the number of devices needs.
  const mask = 2 ** Math.ceil(Math.log2(source.superblock.deviceCount + 1)) - 1;
  return { device: entry.readUInt16LE(2) & mask, block: entry.readUInt32LE(4) };
}

/** Device 0 is the image itself, unless the position belongs to a device laid out behind it. */
function resolveDevice(
  source: DataSource,
  inode: InodeRecord,
  device: number,
  position: number,
  length: number,
): Extent {
  if (device !== 0) return { file: deviceFile(source, inode, device), position, length };
  for (const [index, slot] of source.deviceSlots.entries()) {
    const offset = position - slot.mappedStart;
    if (slot.mappedStart > 0 && offset >= 0 && offset < slot.lengthBytes) {
      return { file: deviceFile(source, inode, index + 1), position: offset, length };
    }
  }
  return { file: source.file, position, length };
}

function deviceFile(source: DataSource, inode: InodeRecord, device: number): ImageFile {
  const file = source.devices[device - 1];
  if (file !== undefined) return file;
  throw new ErofsError(
    'data',
    `The data of inode ${inode.nid} lies on device ${device}, which is not there.`,
  );
}

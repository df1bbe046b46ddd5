import { S_IFDIR } from './inode.ts';

/** For tests: images that no program makes, written byte by byte. */

const META_START = 4096;
const SLOT_BYTES = 32;
const BLOCK_BYTES = 4096;

interface ForgedInode {
  readonly mode?: number;
  readonly size: number | bigint;
  /** 0 plain, 2 inline, 4 chunks; inline unless said otherwise. */
  readonly layout?: number;
  readonly union?: number;
  /** What follows the inode; with `xattrWords` it begins with the xattrs. */
  readonly after?: Buffer;
  /** `i_xattr_icount`. */
  readonly xattrCount?: number;
}

export type ForgedDirent = readonly [name: string, nid: number, fileType: number];

/** Data of a directory of one block. */
export function forgeDirents(entries: readonly ForgedDirent[]): Buffer {
  const heads = Buffer.alloc(12 * entries.length);
  const names = Buffer.from(entries.map(([name]) => name).join(''));
  let nameStart = heads.length;
  for (const [index, [name, nid, fileType]] of entries.entries()) {
    heads.writeBigUInt64LE(BigInt(nid), 12 * index);
    heads.writeUInt16LE(nameStart, 12 * index + 8);
    heads.writeUInt8(fileType, 12 * index + 10);
    nameStart += Buffer.byteLength(name);
  }
  return Buffer.concat([heads, names]);
}

/** Inodes one after the other from nid 0 on, which is the root. */
export class ForgedImage {
  readonly #parts: Buffer[] = [];
  #length = 0;

  /** The nid the next inode gets if it and what follows it take so many bytes: no tail crosses a block. */
  nextNid(bytes: number): number {
    const left = BLOCK_BYTES - (this.#length % BLOCK_BYTES);
    return (this.#length + (bytes > left ? left : 0)) / SLOT_BYTES;
  }

  /** A directory whose entries fit its inode's block. */
  directory(entries: readonly ForgedDirent[], rest: Omit<ForgedInode, 'size'> = {}): number {
    const data = forgeDirents(entries);
    const after = Buffer.concat([rest.after ?? Buffer.alloc(0), data]);
    return this.inode({ mode: S_IFDIR | 0o755, ...rest, size: data.length, after });
  }

  inode({ mode = 0o100644, size, layout = 2, union = 0, after, xattrCount = 0 }: ForgedInode): number {
    const tail = after ?? Buffer.alloc(0);
    const nid = this.nextNid(64 + tail.length);
    this.#add(Buffer.alloc(nid * SLOT_BYTES - this.#length));
    const head = Buffer.alloc(64);
    head.writeUInt16LE((layout << 1) | 1, 0);
    head.writeUInt16LE(xattrCount, 2);
    head.writeUInt16LE(mode, 4);
    head.writeBigUInt64LE(BigInt(size), 8);
    head.writeUInt32LE(union, 16);
    head.writeUInt32LE(1, 0x2c);
    this.#add(head);
    this.#add(tail);
    this.#add(Buffer.alloc(-this.#length & (SLOT_BYTES - 1)));
    return nid;
  }

  #add(part: Buffer): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  /** @param xattrs The area of shared xattrs, put behind everything. @param firstBlock What stands before byte 1024. */
  bytes({ xattrs, firstBlock }: { xattrs?: Buffer; firstBlock?: Buffer } = {}): Buffer {
    const body = Buffer.concat([...this.#parts, Buffer.alloc(-this.#length & (BLOCK_BYTES - 1))]);
    const head = Buffer.alloc(META_START);
    firstBlock?.copy(head);
    head.writeUInt32LE(0xe0f5e1e2, 1024);
    head.writeUInt8(12, 1024 + 0x0c);
    head.writeUInt32LE(META_START / BLOCK_BYTES, 1024 + 0x28);
    head.writeUInt32LE((META_START + body.length) / BLOCK_BYTES, 1024 + 0x2c);
    head.writeUInt32LE(0x4, 1024 + 0x50);
    return Buffer.concat([head, body, xattrs ?? Buffer.alloc(0)]);
  }
}

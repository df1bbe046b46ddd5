import { trimmed, withRoom } from './growing.ts';

/** A name may have at most this many bytes (`EROFS_NAME_LEN`). */
export const MAX_NAME_BYTES = 255;

/**
 * Directory entries as columns: 21 bytes each and their names, which lie end to end in one buffer. Entries of
 * one directory stand together, in the order of their name bytes.
 */
export class DirentTable {
  count = 0;
  nid: Float64Array;
  /** As the directory says: 1 regular, 2 directory, 3 character device ... 7 symlink, 0 unknown. */
  fileType: Uint8Array;
  nameStart: Uint32Array;
  nameLength: Uint8Array;
  names: Buffer;
  namesLength = 0;

  constructor(expected = 64) {
    this.nid = new Float64Array(expected);
    this.fileType = new Uint8Array(expected);
    this.nameStart = new Uint32Array(expected);
    this.nameLength = new Uint8Array(expected);
    this.names = Buffer.from(new ArrayBuffer(expected * 16));
  }

  append(nid: number, fileType: number, nameStart: number, nameLength: number): void {
    const index = this.count;
    if (index === this.nid.length) this.#grow(index + 1);
    this.nid[index] = nid;
    this.fileType[index] = fileType;
    this.nameStart[index] = nameStart;
    this.nameLength[index] = nameLength;
    this.count = index + 1;
  }

  /** Copies names; answers where the first byte of them went. */
  appendNames(source: Buffer, start: number, end: number): number {
    const at = this.namesLength;
    const length = at + end - start;
    if (length > this.names.length)
      this.names = Buffer.from(withRoom(new Uint8Array(this.names.buffer), length).buffer);
    source.copy(this.names, at, start, end);
    this.namesLength = length;
    return at;
  }

  nameAt(index: number): Buffer {
    const start = this.nameStart[index]!;
    return this.names.subarray(start, start + this.nameLength[index]!);
  }

  /** Below zero when the name of `left` comes first, by bytes. */
  compareNames(left: number, right: number): number {
    return compareNameAt(this, left, this, right);
  }

  /** Puts the entries from `first` on in the order of their names. */
  sortByName(first: number): void {
    const order = Uint32Array.from({ length: this.count - first }, (_, index) => first + index);
    order.sort((left, right) => this.compareNames(left, right));
    for (const column of [this.nid, this.fileType, this.nameStart, this.nameLength]) {
      const moved = column.slice(first, this.count);
      for (const [index, from] of order.entries()) column[first + index] = moved[from - first]!;
    }
  }

  /** Of sorted entries from `first` on with one name, keeps the first. Answers how many went. */
  dropRepeated(first: number): number {
    let kept = first;
    for (let index = first; index < this.count; index += 1) {
      if (kept > first && this.compareNames(kept - 1, index) === 0) continue;
      for (const column of [this.nid, this.fileType, this.nameStart, this.nameLength])
        column[kept] = column[index]!;
      kept += 1;
    }
    const dropped = this.count - kept;
    this.count = kept;
    return dropped;
  }

  /** Gives back the room that was kept for more. */
  trim(): void {
    this.nid = trimmed(this.nid, this.count);
    this.fileType = trimmed(this.fileType, this.count);
    this.nameStart = trimmed(this.nameStart, this.count);
    this.nameLength = trimmed(this.nameLength, this.count);
    this.names = Buffer.from(trimmed(new Uint8Array(this.names.buffer), this.namesLength).buffer);
  }

  #grow(count: number): void {
    this.nid = withRoom(this.nid, count);
    this.fileType = withRoom(this.fileType, this.nid.length);
    this.nameStart = withRoom(this.nameStart, this.nid.length);
    this.nameLength = withRoom(this.nameLength, this.nid.length);
  }
}

/** Compares a name of one table with a name of another, by bytes. */
export function compareNameAt(
  left: DirentTable,
  leftIndex: number,
  right: DirentTable,
  rightIndex: number,
): number {
  const leftNames = left.names;
  const rightNames = right.names;
  const leftStart = left.nameStart[leftIndex]!;
  const rightStart = right.nameStart[rightIndex]!;
  const leftLength = left.nameLength[leftIndex]!;
  const rightLength = right.nameLength[rightIndex]!;
  const shorter = leftLength < rightLength ? leftLength : rightLength;
  for (let index = 0; index < shorter; index += 1) {
    const difference = leftNames[leftStart + index]! - rightNames[rightStart + index]!;
    if (difference !== 0) return difference;
  }
  return leftLength - rightLength;
}

import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

export interface SparseContent {
  /** Length of the file. */
  readonly lengthBytes: number;
  /** Bytes written at its start; the rest is a hole. */
  readonly contentBytes: number;
}

/** Writes a file that is long and occupies little, as disk images are. The content repeats `byte`. */
export function writeSparse(file: string, { lengthBytes, contentBytes }: SparseContent, byte = 0x5a): void {
  const fd = openSync(file, 'w');
  try {
    const piece = Buffer.alloc(Math.min(contentBytes, 1 << 20), byte);
    for (let done = 0; done < contentBytes; ) {
      done += writeSync(fd, piece, 0, Math.min(piece.length, contentBytes - done), done);
    }
    ftruncateSync(fd, lengthBytes);
  } finally {
    closeSync(fd);
  }
}

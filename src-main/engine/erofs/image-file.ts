import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { describeSystemError } from '../../../src-shared/domain/system-error.ts';
import { ErofsError } from './erofs-error.ts';

/** Bytes read at once around whatever is asked for: metadata lies close together. */
export const PAGE_BYTES = 64 * 1024;
/** What one open image keeps in memory unless told otherwise. */
const DEFAULT_MEMORY_BYTES = 4 * 1024 * 1024;
const MIN_PAGES = 2;

const EMPTY = Buffer.alloc(0);

export interface Page {
  /** Position in the file of the first byte. */
  readonly start: number;
  readonly bytes: Buffer;
  readonly view: DataView;
}

/**
 * A regular file read at positions, through a bounded cache of 64 KiB pages. Positions are numbers: a file
 * longer than 2^53 bytes is refused on opening. The file may be replaced or deleted meanwhile; what was opened
 * stays readable until `close`.
 */
export class ImageFile {
  readonly #fd: number;
  readonly #pages = new Map<number, Page>();
  #lastPage: Page | null = null;
  readonly #maxPages: number;
  #scratch = EMPTY;
  #isClosed = false;
  /** Bytes, when it was opened. */
  readonly length: number;
  /** Another text when the file is another one, or was written to. */
  readonly identity: string;

  /**
   * Opens without following a symbolic link and without waiting for a FIFO's writer.
   *
   * @throws ErofsError `missing`, `not-a-file`, `io`.
   */
  constructor(path: string, memoryBytes = DEFAULT_MEMORY_BYTES) {
    this.#maxPages = Math.max(MIN_PAGES, Math.floor(memoryBytes / PAGE_BYTES));
    this.#fd = openRegularFile(path);
    try {
      const stats = fstatSync(this.#fd, { bigint: true });
      if (!stats.isFile()) throw notAFile('it is not a regular file');
      if (stats.size > BigInt(Number.MAX_SAFE_INTEGER)) throw notAFile('it is longer than 2^53 bytes');
      this.length = Number(stats.size);
      this.identity = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':');
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pages.clear();
    this.#lastPage = null;
    closeSync(this.#fd);
  }

  /** The page that holds this byte; shorter than 64 KiB only at the end of the file. @throws ErofsError */
  pageAt(position: number): Page {
    const last = this.#lastPage;
    if (last !== null && position >= last.start && position < last.start + last.bytes.length) return last;
    const page = this.#cachedPage(Math.floor(position / PAGE_BYTES));
    this.#lastPage = page;
    return page;
  }

  #cachedPage(index: number): Page {
    const cached = this.#pages.get(index);
    if (cached !== undefined) {
      // A Map keeps insertion order: the first key is the one unused for longest.
      this.#pages.delete(index);
      this.#pages.set(index, cached);
      return cached;
    }
    const start = index * PAGE_BYTES;
    this.#checkRange(start, 1);
    const memory = this.#takeMemory();
    const bytes = Buffer.from(memory, 0, Math.min(PAGE_BYTES, this.length - start));
    this.readInto(bytes, start);
    const page = { start, bytes, view: new DataView(memory, 0, bytes.length) };
    this.#pages.set(index, page);
    return page;
  }

  /** Room for one page: that of the page unused for longest, once there are enough. */
  #takeMemory(): ArrayBuffer {
    if (this.#pages.size < this.#maxPages) return new ArrayBuffer(PAGE_BYTES);
    const [index, oldest] = this.#pages.entries().next().value!;
    this.#pages.delete(index);
    if (this.#lastPage === oldest) this.#lastPage = null;
    return oldest.view.buffer as ArrayBuffer;
  }

  /**
   * `length` bytes at `position`, at most a few hundred KiB, with the page around them: for metadata. The memory
   * may be that of the cache: it must not be written to, and is good until the next read.
   *
   * @throws ErofsError `truncated` when the file ends before, `io`.
   */
  slice(position: number, length: number): Buffer {
    if (length === 0) return EMPTY;
    this.#checkRange(position, length);
    const page = this.pageAt(position);
    const offset = position - page.start;
    if (offset + length <= page.bytes.length) return page.bytes.subarray(offset, offset + length);
    const copy = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const { start, bytes } = this.pageAt(position + done);
      done += bytes.copy(copy, done, position + done - start);
    }
    return copy;
  }

  /**
   * The same without reading or keeping what lies around: for blocks among the data of files. At most 64 KiB.
   */
  sliceAlone(position: number, length: number): Buffer {
    if (this.#scratch.length === 0) this.#scratch = Buffer.alloc(PAGE_BYTES);
    const bytes = this.#scratch.subarray(0, length);
    this.readInto(bytes, position);
    return bytes;
  }

  /** Fills `target` from `position`, past the cache. @throws ErofsError `truncated`, `io`. */
  readInto(target: Uint8Array, position: number): void {
    this.#checkRange(position, target.length);
    for (let done = 0; done < target.length; ) {
      const count = this.#readSome(target, done, position + done);
      if (count === 0) throw truncated(position, target.length, position + done);
      done += count;
    }
  }

  #readSome(target: Uint8Array, offset: number, position: number): number {
    try {
      return readSync(this.#fd, target, offset, target.length - offset, position);
    } catch (error) {
      throw ioError('reading', error);
    }
  }

  #checkRange(position: number, length: number): void {
    if (this.#isClosed) throw new Error('an image was read after it was closed');
    if (!(position >= 0 && position + length <= this.length)) {
      throw truncated(position, length, this.length);
    }
  }
}

function openRegularFile(path: string): number {
  // Windows has neither flag; there the check before opening is the best there is.
  const noFollow = constants.O_NOFOLLOW as number | undefined;
  const nonBlock = constants.O_NONBLOCK as number | undefined;
  try {
    if (noFollow === undefined && lstatSync(path).isSymbolicLink()) throw notAFile('it is a symbolic link');
    return openSync(path, constants.O_RDONLY | (noFollow ?? 0) | (nonBlock ?? 0));
  } catch (error) {
    if (error instanceof ErofsError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new ErofsError('missing', 'The file is missing.', { cause: error });
    if (code === 'ELOOP' || code === 'EMLINK') throw notAFile('it is a symbolic link');
    if (code === 'ENXIO') throw notAFile('it is a socket or a pipe');
    throw ioError('opening', error);
  }
}

function notAFile(why: string): ErofsError {
  return new ErofsError('not-a-file', `This is no image file: ${why}.`);
}

function ioError(doing: string, error: unknown): ErofsError {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  return new ErofsError(
    'io',
    `The operating system failed ${doing} the file: ${describeSystemError(reason)}.`,
    { cause: error },
  );
}

function truncated(position: number, length: number, end: number): ErofsError {
  return new ErofsError(
    'truncated',
    `The file ends at byte ${end}, but ${length} bytes at byte ${position} are needed.`,
  );
}

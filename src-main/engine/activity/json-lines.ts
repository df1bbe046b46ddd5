import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { readBoundedFile } from '../store/bounded-file.ts';

/**
 * A log of one JSON value per line that never grows beyond twice its bound: when the file is full it becomes
 * `<file>.1`, and the one that had that name goes. Lines that are not JSON (a crash while writing, a stray edit)
 * are skipped. Several processes may append: each line is one write.
 */
export class JsonLines {
  readonly #file: string;
  readonly #mostBytes: number;

  /** @param file Absolute; its folder is made when the first line is written. */
  constructor(file: string, mostBytes: number) {
    this.#file = file;
    this.#mostBytes = mostBytes;
  }

  /** @throws the system's error. */
  append(value: unknown): void {
    const line = `${JSON.stringify(value)}\n`;
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    if (this.#write(line)) return;
    renameSync(this.#file, `${this.#file}.1`);
    this.#write(line);
  }

  /** Everything kept, oldest first. */
  read(): readonly unknown[] {
    return [`${this.#file}.1`, this.#file].flatMap((file) => this.#valuesOf(file));
  }

  /** False when the file has no room for another line. */
  #write(line: string): boolean {
    const noFollow = constants.O_NOFOLLOW ?? 0;
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | noFollow;
    const fd = openSync(this.#file, flags, 0o600);
    try {
      const { size } = fstatSync(fd);
      if (size > 0 && size + line.length > this.#mostBytes) return false;
      // The start of a line whose writer died must not swallow this one.
      writeSync(fd, endsWithNewline(fd, size) ? line : `\n${line}`);
      return true;
    } finally {
      closeSync(fd);
    }
  }

  #valuesOf(file: string): readonly unknown[] {
    // One line may be longer than the bound; a file much longer is not ours.
    const read = readBoundedFile(file, 4 * this.#mostBytes);
    return read.kind === 'text' ? read.text.split('\n').flatMap(parseLine) : [];
  }
}

function endsWithNewline(fd: number, size: number): boolean {
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

function parseLine(line: string): readonly unknown[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as unknown];
  } catch {
    return [];
  }
}

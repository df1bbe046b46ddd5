import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { refuse } from './absolute-path.ts';

/** Far above any real one; msb writes a few hundred bytes. */
const MAX_BYTES = 1024 * 1024;

/**
 * The object in a microsandbox `config.json`; empty when there is no such file. A directory, a FIFO or a device in
 * its place is refused without waiting for it.
 *
 * @throws CacheFailure `invalid-input` naming the file.
 */
export function readConfigFile(file: string): Readonly<Record<string, unknown>> {
  const bytes = readSmallFile(file);
  return bytes === null ? {} : parseObject(file, bytes);
}

function readSmallFile(file: string): Buffer | null {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for somebody to write to it. Windows has neither.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw refuse(file, code === 'EACCES' ? 'cannot be read: permission denied' : message, error);
  }
  try {
    if (!fstatSync(descriptor).isFile()) throw refuse(file, 'is not a regular file');
    return readAtMost(file, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readAtMost(file: string, descriptor: number): Buffer {
  const buffer = Buffer.alloc(Math.min(fstatSync(descriptor).size, MAX_BYTES) + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read) {
    read = readSync(descriptor, buffer, length, buffer.length - length, length);
  }
  if (length > MAX_BYTES) throw refuse(file, `is larger than ${MAX_BYTES} bytes`);
  return buffer.subarray(0, length);
}

function parseObject(file: string, bytes: Buffer): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) throw refuse(file, 'is empty: delete it, or write {} into it');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw refuse(file, `is not valid JSON: ${(error as Error).message}`, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse(file, 'does not hold a JSON object');
  }
  return { ...value };
}

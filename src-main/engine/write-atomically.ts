import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/**
 * Replaces a file of ours as a whole: whoever reads it sees the old text or the new one, also after a power cut.
 * The folder must exist. Only its owner may read the file.
 *
 * @throws the system's error; the old file is then untouched.
 */
export function writeAtomically(file: string, text: string): void {
  const part = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    writeDurably(part, text);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  syncFolder(path.dirname(file));
}

function writeDurably(file: string, text: string): void {
  const bytes = Buffer.from(text);
  const fd = openSync(file, 'wx', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes the rename itself last. Some systems cannot sync a folder: theirs is durable soon enough. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The text is in place all the same.
  }
}

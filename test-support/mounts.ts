import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { availableMsbVersions } from './msb.ts';
import { scratchDir } from './scratch.ts';

/** Why tests with file systems of their own cannot run here; null when they can. */
export function whyNoMounts(): string | null {
  if (process.platform !== 'linux') return 'mounts are made with Linux commands';
  if (process.getuid?.() !== 0) return 'only root may mount';
  if (!availableMsbVersions().includes('0.6.18')) return 'there is no msb here';
  try {
    mountAt(scratchDir('mount'), '-t', 'tmpfs', '-o', 'size=64k', 'none')();
    return null;
  } catch {
    return 'this machine does not let root mount';
  }
}

/** Mounts with the options of `mount`; call the result to unmount. */
export function mountAt(target: string, ...options: readonly string[]): () => void {
  execFileSync('mount', [...options, target], { stdio: 'pipe' });
  return () => execFileSync('umount', ['--lazy', target]);
}

/** As msb does, which never closes its database: the next reader finds the memory it shared. */
export function leaveSharedMemory(home: string): void {
  const database = new Database(join(home, 'db/msb.db'));
  database.prepare('SELECT count(*) FROM image_ref').get();
  const files = ['msb.db-shm', 'msb.db-wal'].map((name) => join(home, 'db', name));
  const contents = files.map((file) => readFileSync(file));
  database.close();
  for (const [index, file] of files.entries()) writeFileSync(file, contents[index]!);
}

/** Writes into a folder until its file system takes no more; call the result to make room again. */
export function fillDisk(folder: string): () => void {
  const file = join(folder, 'filler');
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=64k'], { stdio: 'pipe' });
  } catch {
    // It ends with an error when the disk is full: that is the purpose.
  }
  for (let index = 0; statfsSync(folder).bavail > 0 && index < 100_000; index += 1) {
    try {
      writeFileSync(`${file}-${index}`, Buffer.alloc(4096));
    } catch {
      break;
    }
  }
  return () => {
    for (const name of readdirSync(folder)) if (name.startsWith('filler')) rmSync(join(folder, name));
  };
}

import { type BigIntStats, lstatSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { describeSystemError } from '../../../src-shared/domain/system-error.ts';
import { keepsLeases, takeLease } from '../apply/lease.ts';
import { moveBack } from '../apply/move-back.ts';
import { classify } from '../store/names.ts';
import type { Journal, SavedFile } from './journal.ts';

/**
 * Moves the files of one removal back to where they were in the cache. A file that has come again meanwhile stays
 * where its name is made of its content, or its bytes are the same; anything else in the place of one is in the way.
 */
export class FilesBack {
  readonly #cacheDir: string;
  readonly #folder: string;
  readonly #files: readonly SavedFile[];
  readonly #leftAlone: readonly string[];
  readonly #moved: SavedFile[] = [];
  readonly #leases: { release(): void }[] = [];

  constructor(cacheDir: string, folder: string, { files, leftAlone = [] }: Journal) {
    this.#cacheDir = cacheDir;
    this.#folder = folder;
    this.#files = files;
    this.#leftAlone = leftAlone;
  }

  /** What is in the way, or has gone since, as sentences. Changes nothing. */
  problems(): readonly string[] {
    const inTheWay = this.#files.flatMap((file) => this.#problemOf(file) ?? []);
    const gone = this.#leftAlone.filter((file) => look(path.join(this.#cacheDir, file)) === null);
    return [...inTheWay, ...gone.map((file) => `${file} had stayed in the cache, and has gone since.`)];
  }

  /** Null when every file is back; else why not. */
  move(): string | null {
    // The last that was taken first: what msb looks at first comes when the rest is there.
    for (const file of this.#files.toReversed()) {
      if (look(this.#to(file)) !== null) continue;
      const folder = path.dirname(this.#to(file));
      if (keepsLeases(folder)) {
        const lease = takeLease(this.#to(file));
        if (lease === 'held') return `msb is using ${file.path}.`;
        this.#leases.push(lease);
      }
      try {
        mkdirSync(folder, { recursive: true });
        if (moveBack(this.#from(file), this.#to(file))) this.#moved.push(file);
        else if (this.#problemOf(file) !== null) return this.#problemOf(file);
      } catch (error) {
        return `${file.path} could not be moved back: ${describeSystemError((error as NodeJS.ErrnoException).code ?? 'unknown error')}.`;
      }
    }
    return null;
  }

  /** Undoes `move`: the files are set aside again, save those that msb has replaced meanwhile. */
  setAsideAgain(): void {
    for (const file of this.#moved.splice(0).toReversed()) {
      try {
        if (isInode(look(this.#to(file)), file)) renameSync(this.#to(file), this.#from(file));
      } catch {
        // It stays in the cache: the next try finds it there, and a collection finds it too.
      }
    }
  }

  release(): void {
    for (const lease of this.#leases.splice(0)) lease.release();
  }

  #problemOf(file: SavedFile): string | null {
    // Of a journal somebody has written to only names that msb gives its own files are followed.
    const { kind } = classify(file.path, file.type);
    if (kind === 'unknown' || kind === 'directory' || path.posix.normalize(file.path) !== file.path) {
      return `${file.path} is no file of a cache.`;
    }
    for (const root of [this.#cacheDir, this.#folder]) {
      if (!isBelowFolders(root, file.path)) return `The folder of ${file.path} is no folder any more.`;
    }
    const [from, to] = [look(this.#from(file)), look(this.#to(file))];
    if (to === null) {
      const isThere = file.type === 'directory' ? from?.isDirectory() : from?.isFile();
      return isThere ? null : `${file.path} is no longer among what was set aside.`;
    }
    // A restore that was interrupted had moved it already.
    if (isInode(to, file)) return null;
    return this.#isAsGood(file, from, to) ? null : `Another ${file.path} has taken its place.`;
  }

  #isAsGood(file: SavedFile, from: BigIntStats | null, to: BigIntStats): boolean {
    switch (file.kind) {
      case 'layer':
      case 'fsmeta':
      case 'flat-disk':
        return to.isFile() && to.size === BigInt(file.logicalBytes);
      case 'vmdk':
      case 'metadata':
      case 'flat-ref':
        return (
          to.isFile() &&
          from?.isFile() === true &&
          to.size === from.size &&
          readFileSync(this.#from(file)).equals(readFileSync(this.#to(file)))
        );
      default:
        // Half a download is no more than the half there is now.
        return true;
    }
  }

  #from(file: SavedFile): string {
    return path.join(this.#folder, file.path);
  }

  #to(file: SavedFile): string {
    return path.join(this.#cacheDir, file.path);
  }
}

function isInode(stats: BigIntStats | null, { dev, ino }: SavedFile): boolean {
  return stats !== null && `${stats.dev}` === dev && `${stats.ino}` === ino;
}

/** No link stands on the way from `root` to the file; folders may be missing. */
function isBelowFolders(root: string, relative: string): boolean {
  for (let folder = path.posix.dirname(relative); folder !== '.'; folder = path.posix.dirname(folder)) {
    const stats = look(path.join(root, folder));
    if (stats !== null && !stats.isDirectory()) return false;
  }
  return true;
}

function look(file: string): BigIntStats | null {
  return lstatSync(file, { bigint: true, throwIfNoEntry: false }) ?? null;
}

import type { BigIntStats } from 'node:fs';
import { listNames, lookAt, type RawPath } from './directory-listing.ts';
import type { StoreEntry } from './entries.ts';
import { FOLDERS, type Folder, folderOf } from './names.ts';
import { checkSuperblock } from './superblock-check.ts';

/** What of a look at a file the inventory needs. */
export type FileStats = Pick<
  BigIntStats,
  | 'size'
  | 'blocks'
  | 'mtimeNs'
  | 'ctimeNs'
  | 'dev'
  | 'ino'
  | 'nlink'
  | 'isFile'
  | 'isDirectory'
  | 'isSymbolicLink'
>;

/** Some names of a folder with a look at each regular file, in a form that is cheap to hand from thread to thread. */
export interface FolderLooks {
  readonly folder: Folder;
  /** Of the folder, before its names were listed. */
  readonly changeTimeNs: bigint;
  readonly ino: bigint;
  /** `/` between them. */
  readonly names: string;
  /** True: no more names of this folder follow. */
  readonly isLast: boolean;
  /** `FIELDS` of each name; zeros where it is no regular file. */
  readonly fields: BigInt64Array<ArrayBuffer>;
  /** Of each name one of `VERDICTS`. */
  readonly verdicts: Uint8Array<ArrayBuffer>;
}

export interface FileLook {
  readonly stats: FileStats;
  /** Null when it was not checked: no name of a layer or index. */
  readonly erofs: StoreEntry['erofs'];
}

const FIELDS = ['size', 'blocks', 'mtimeNs', 'ctimeNs', 'dev', 'ino', 'nlink'] as const;
/** Null: not looked at, for it is no regular file, or could not be. */
const VERDICTS = [null, 'unchecked', 'ok', 'truncated', 'bad-superblock', 'unreadable'] as const;
/** So many files take a few dozen milliseconds to look at. */
const PART = 2048;

/**
 * Looks through the known folders of a cache in the order of a scan, part by part. A folder that is missing, cannot be
 * listed, or holds a name that is not UTF-8 is left out: the scan then looks for itself, as it does at whatever is not a
 * regular file.
 *
 * @param root The cache directory, links resolved.
 */
export function* lookThroughFolders(root: string): Generator<FolderLooks> {
  const entered = new Set<Folder>();
  for (const folder of FOLDERS) {
    // Nothing is reached through a link.
    if (folder !== '' && !entered.has(parentOf(folder))) continue;
    const path = folder === '' ? root : `${root}/${folder}`;
    const stats = lookOrNull(path);
    if (!stats?.isDirectory()) continue;
    entered.add(folder);
    const names = plainNamesIn(path);
    if (names === null) continue;
    for (let first = 0; first === 0 || first < names.length; first += PART) {
      const part = lookAtEach(folder, path, names.slice(first, first + PART));
      const isLast = first + PART >= names.length;
      yield { folder, changeTimeNs: stats.ctimeNs, ino: stats.ino, isLast, ...part };
    }
  }
}

/** The names of a part, each with the look at it; null where the scan has to look for itself. */
export function* readLooks({ names, fields, verdicts }: FolderLooks): Generator<[string, FileLook | null]> {
  if (verdicts.length === 0) return;
  for (const [index, name] of names.split('/').entries()) {
    const verdict = VERDICTS[verdicts[index]!] ?? null;
    if (verdict === null) yield [name, null];
    else {
      const erofs = verdict === 'unchecked' ? null : verdict;
      yield [name, { stats: new LookedAt(fields, index * FIELDS.length), erofs }];
    }
  }
}

export function parentOf(folder: Folder): Folder {
  return folderOf(folder) as Folder;
}

function lookAtEach(
  folder: Folder,
  path: string,
  names: readonly string[],
): Pick<FolderLooks, 'names' | 'fields' | 'verdicts'> {
  const fields = new BigInt64Array(names.length * FIELDS.length);
  const verdicts = new Uint8Array(names.length);
  const isOfImages = folder === 'layers' || folder === 'fsmeta';
  for (const [index, name] of names.entries()) {
    const verdict = lookInto(`${path}/${name}`, isOfImages && name.endsWith('.erofs'), fields, index);
    verdicts[index] = VERDICTS.indexOf(verdict);
  }
  return { names: names.join('/'), fields, verdicts };
}

function lookInto(
  file: string,
  isImage: boolean,
  fields: BigInt64Array,
  index: number,
): (typeof VERDICTS)[number] {
  const stats = lookOrNull(file);
  if (!stats?.isFile()) return null;
  for (const [field, name] of FIELDS.entries()) fields[index * FIELDS.length + field] = stats[name];
  return isImage ? checkSuperblock(file, Number(stats.size)) : 'unchecked';
}

function plainNamesIn(path: string): readonly string[] | null {
  try {
    const names = listNames(path);
    return names.every((name): name is string => typeof name === 'string') ? names : null;
  } catch {
    return null;
  }
}

function lookOrNull(path: RawPath): BigIntStats | null {
  try {
    return lookAt(path);
  } catch {
    return null;
  }
}

/** A regular file, as it was looked at elsewhere. */
class LookedAt implements FileStats {
  readonly #fields: BigInt64Array;
  readonly #at: number;

  constructor(fields: BigInt64Array, at: number) {
    this.#fields = fields;
    this.#at = at;
  }

  isFile(): boolean {
    return true;
  }

  isDirectory(): boolean {
    return false;
  }

  isSymbolicLink(): boolean {
    return false;
  }

  get size(): bigint {
    return this.#fields[this.#at]!;
  }

  get blocks(): bigint {
    return this.#fields[this.#at + 1]!;
  }

  get mtimeNs(): bigint {
    return this.#fields[this.#at + 2]!;
  }

  get ctimeNs(): bigint {
    return this.#fields[this.#at + 3]!;
  }

  get dev(): bigint {
    return this.#fields[this.#at + 4]!;
  }

  get ino(): bigint {
    return this.#fields[this.#at + 5]!;
  }

  get nlink(): bigint {
    return this.#fields[this.#at + 6]!;
  }
}

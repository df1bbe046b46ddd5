import type { BigIntStats } from 'node:fs';
import { joinRaw, listNames, lookAt, type RawPath } from './directory-listing.ts';

/** How much lies at a path and below it. Links are not followed; their own few bytes count. */
export interface TreeSize {
  /** Blocks times 512 as `du` counts them: directories included, an inode with several names once. */
  readonly allocatedBytes: number;
  /** The part of `allocatedBytes` that comes free when the tree goes: without inodes that have a name elsewhere. */
  readonly freedBytes: number;
  /** Lengths of everything that is not a directory, an inode with several names once. */
  readonly logicalBytes: number;
  /** Names that are not directories. */
  readonly files: number;
}

/** Zeros when there is nothing at the path. What cannot be read is not counted. */
export function measureTree(path: string): TreeSize {
  const walk = walkTree(path);
  if (walk === null) return { allocatedBytes: 0, freedBytes: 0, logicalBytes: 0, files: 0 };
  const elsewhere = new Map(walk.linkedElsewhere.map(({ stats }) => [inodeOf(stats), stats]));
  let { allocatedBytes, logicalBytes } = walk;
  for (const stats of elsewhere.values()) {
    allocatedBytes += allocatedBytesOf(stats);
    logicalBytes += Number(stats.size);
  }
  return {
    allocatedBytes,
    freedBytes: walk.allocatedBytes,
    logicalBytes,
    files: walk.files + walk.linkedElsewhere.length,
  };
}

/** What a walk found. The sums leave out `linkedElsewhere`: names of files that have names outside the tree too. */
export interface TreeWalk {
  readonly allocatedBytes: number;
  readonly logicalBytes: number;
  readonly files: number;
  /** Entries looked at, directories included. */
  readonly visited: number;
  readonly latestMtimeMs: number;
  readonly linkedElsewhere: readonly { readonly path: string; readonly stats: BigIntStats }[];
  /** Paths below the tree ('' is the tree itself) whose content is not in the sums. */
  readonly unreadable: readonly string[];
}

/** Beyond this many entries a tree counts as unreadable from there on: a walk never takes minutes. */
const MOST_ENTRIES = 2_000_000;

/**
 * Walks a tree without following links. Paths in the result are relative to it, `/`-separated, bytes that are not
 * UTF-8 replaced. Null when there is nothing at the path; what vanishes during the walk is left out.
 */
export function walkTree(path: RawPath, mostEntries = MOST_ENTRIES): TreeWalk | null {
  const stats = lookOrNull(path);
  return stats === null ? null : new Walk(mostEntries).run(path, stats);
}

/** Blocks times 512. Exact: file systems end far below 2^53 bytes. */
export function allocatedBytesOf(stats: Pick<BigIntStats, 'blocks'>): number {
  return Number(stats.blocks) * 512;
}

/** Milliseconds since 1970, with the fraction. */
export function mtimeMsOf(stats: Pick<BigIntStats, 'mtimeNs'>): number {
  return Number(stats.mtimeNs) / 1e6;
}

interface Pending {
  readonly path: RawPath;
  readonly relative: string;
}

class Walk {
  readonly #mostEntries: number;
  readonly #pending: Pending[] = [];
  /** Every name found so far of each inode that has more than one. */
  readonly #linked = new Map<string, { readonly stats: BigIntStats; readonly paths: string[] }>();
  readonly #unreadable: string[] = [];
  #allocatedBytes = 0;
  #logicalBytes = 0;
  #files = 0;
  #visited = 0;
  #latestMtimeMs = Number.NEGATIVE_INFINITY;

  constructor(mostEntries: number) {
    this.#mostEntries = mostEntries;
  }

  run(path: RawPath, stats: BigIntStats): TreeWalk {
    this.#count(path, '', stats);
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#enter(next);
    const linkedElsewhere = this.#settleLinks();
    return {
      allocatedBytes: this.#allocatedBytes,
      logicalBytes: this.#logicalBytes,
      files: this.#files,
      visited: this.#visited,
      latestMtimeMs: this.#latestMtimeMs,
      linkedElsewhere,
      unreadable: this.#unreadable,
    };
  }

  #enter(directory: Pending): void {
    if (this.#visited >= this.#mostEntries) {
      this.#unreadable.push(directory.relative);
      return;
    }
    try {
      for (const name of listNames(directory.path)) {
        const path = joinRaw(directory.path, name);
        const stats = lookAt(path);
        if (stats === null) continue;
        this.#count(path, directory.relative === '' ? `${name}` : `${directory.relative}/${name}`, stats);
      }
    } catch (error) {
      if (!isGone(error)) this.#unreadable.push(directory.relative);
    }
  }

  #count(path: RawPath, relative: string, stats: BigIntStats): void {
    this.#visited += 1;
    this.#latestMtimeMs = Math.max(this.#latestMtimeMs, mtimeMsOf(stats));
    if (stats.isDirectory()) {
      this.#allocatedBytes += allocatedBytesOf(stats);
      this.#pending.push({ path, relative });
    } else if (stats.nlink > 1n) {
      const known = this.#linked.get(inodeOf(stats));
      if (known === undefined) this.#linked.set(inodeOf(stats), { stats, paths: [relative] });
      else known.paths.push(relative);
    } else {
      this.#add(stats, 1);
    }
  }

  /** An inode all of whose names are in the tree belongs to it whole. */
  #settleLinks(): TreeWalk['linkedElsewhere'] {
    const elsewhere: { path: string; stats: BigIntStats }[] = [];
    for (const { stats, paths } of this.#linked.values()) {
      if (BigInt(paths.length) >= stats.nlink) this.#add(stats, paths.length);
      else elsewhere.push(...paths.map((path) => ({ path, stats })));
    }
    return elsewhere;
  }

  #add(stats: BigIntStats, names: number): void {
    this.#files += names;
    this.#allocatedBytes += allocatedBytesOf(stats);
    this.#logicalBytes += Number(stats.size);
  }
}

function inodeOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

function lookOrNull(path: RawPath): BigIntStats | null {
  try {
    return lookAt(path);
  } catch {
    return null;
  }
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

import type { BigIntStats } from 'node:fs';
import { SETTLED, SETTLED_FINELY, type Settled, settledAt, UNSETTLED } from '../settled.ts';
import { readBoundedFile } from './bounded-file.ts';
import { joinRaw, listNames, lookAt, type RawPath, typeOf } from './directory-listing.ts';
import type { FlatRefFile, MetadataFile, StoreEntry, StoreKind } from './entries.ts';
import { type FileLook, type FileStats, type FolderLooks, parentOf, readLooks } from './folder-looks.ts';
import type { LooksAhead } from './looks-ahead.ts';
import { MOST_METADATA_BYTES, parseFlatLength, parseFlatRef, parseMetadata } from './metadata.ts';
import { classify, FOLDERS, type Folder, isFolder, JOURNAL } from './names.ts';
import { isWriterAlive } from './processes.ts';
import { checkSuperblock, isWholeBlocks } from './superblock-check.ts';
import { allocatedBytesOf, mtimeMsOf, walkTree } from './tree-size.ts';

/** What one name in a folder came to. Its parts stay the same objects for as long as they look the same. */
interface Seen {
  readonly name: RawPath;
  readonly entry: StoreEntry;
  readonly changeTimeNs: bigint;
  readonly settled: Settled;
  /** Of a metadata file or flat ref. */
  readonly content: MetadataFile | FlatRefFile | null;
  /** Below a directory: names of files that have names elsewhere too. */
  readonly below: readonly StoreEntry[];
  /** Paths of what could not be read at or below it. */
  readonly unreadable: readonly string[];
  /** How many entries the walk of a directory looked at; 0 for everything else. */
  readonly visited: number;
}

export interface SeenFolder {
  readonly entry: StoreEntry;
  readonly changeTimeNs: bigint;
  readonly settled: Settled;
  /** By name, known folders left out. */
  readonly children: ReadonlyMap<string, Seen>;
  /** False when it could not be listed whole. */
  readonly isReadable: boolean;
  /** For what no child needs another look while the folder itself stays as it is. */
  readonly atRest: Settled;
}

export interface FolderScan {
  /** The cache directory, links resolved. */
  readonly root: string;
  /** Look at everything, whatever the folders' change times say. */
  readonly isFull: boolean;
  /** Leave folders that only hold what others keep as they were seen last, even where they have changed. */
  readonly isPart: boolean;
  /** Nothing is decided by it: where change times are fine they are trusted sooner. */
  readonly isForShowing: boolean;
  /** Paths relative to the cache to look at in any case. */
  readonly changed: ReadonlySet<string>;
  /** A path relative to the cache to leave out. */
  readonly ignored: string | null;
  readonly checkSuperblocks: boolean;
  /** A look at the same root that a thread has begun for this scan. */
  readonly ahead: LooksAhead | null;
  /** What the last scan of the same root came to. */
  readonly previous: ReadonlyMap<Folder, SeenFolder>;
}

/**
 * The known folders of a cache with what is in them, in the order of `FOLDERS`: metadata last, so that whoever
 * finishes a pull while the layers are listed has written it by then. Folders that are missing, or not directories,
 * are left out.
 */
export function scanFolders(scan: FolderScan): ReadonlyMap<Folder, SeenFolder> {
  const folders = new Map<Folder, SeenFolder>();
  for (const folder of FOLDERS) {
    // A folder reached through a link is not looked into: its parent was not entered.
    if (folder !== '' && !folders.has(parentOf(folder))) continue;
    const last = scan.isPart && KEPT_BY_OTHERS.has(folder) ? scan.previous.get(folder) : undefined;
    const seen = last ?? new FolderVisit(scan, folder).run();
    if (seen !== null) folders.set(folder, seen);
  }
  return folders;
}

export function areSameFolders(
  left: ReadonlyMap<Folder, SeenFolder>,
  right: ReadonlyMap<Folder, SeenFolder>,
): boolean {
  if (left.size !== right.size) return false;
  return [...right].every(([folder, seen]) => {
    const other = left.get(folder);
    return other !== undefined && isSameFolder(other, seen);
  });
}

function isSameFolder(left: SeenFolder, right: SeenFolder): boolean {
  if (left.entry !== right.entry || left.isReadable !== right.isReadable) return false;
  if (left.children === right.children) return true;
  if (left.children.size !== right.children.size) return false;
  for (const [name, seen] of right.children) {
    const other = left.children.get(name);
    if (other === undefined || !isSameSeen(other, seen)) return false;
  }
  return true;
}

function isSameSeen(left: Seen, right: Seen): boolean {
  return (
    left === right ||
    (left.entry === right.entry &&
      left.content === right.content &&
      left.below === right.below &&
      left.unreadable === right.unreadable)
  );
}

const KEPT_BY_OTHERS: ReadonlySet<Folder> = new Set<Folder>(['layers', 'fsmeta', 'vmdk', 'flat/blobs']);
/** A larger directory of a kind we do not know is walked again only when it changed itself, or in a full scan. */
const SMALL_TREE = 1000;
/** Published by rename under a name that says the content, or an empty lock: need not be looked at again. */
const SEALED: ReadonlySet<StoreKind['kind']> = new Set([
  'layer',
  'layer-lock',
  'fsmeta',
  'fsmeta-lock',
  'vmdk',
  'metadata-lock',
  'flat-disk',
  'flat-lock',
]);
/** Published by rename, but again and again under one name. */
const REWRITTEN: ReadonlySet<StoreKind['kind']> = new Set(['metadata', 'flat-ref']);
const NOTHING: readonly never[] = [];

class FolderVisit {
  readonly #scan: FolderScan;
  readonly #folder: Folder;
  readonly #path: string;
  readonly #previous: SeenFolder | undefined;
  readonly #needed: Settled;
  readonly #startMs: number;
  #isReadable = true;
  #isUnchanged = false;
  #hasIgnored = false;

  constructor(scan: FolderScan, folder: Folder) {
    this.#scan = scan;
    this.#folder = folder;
    this.#path = folder === '' ? scan.root : `${scan.root}/${folder}`;
    this.#previous = scan.previous.get(folder);
    this.#needed = scan.isForShowing ? SETTLED_FINELY : SETTLED;
    this.#startMs = scan.ahead?.startMs ?? Date.now();
  }

  /** Null when there is no such directory. */
  run(): SeenFolder | null {
    const stats = this.#lookAtFolder();
    if (stats === null) return null;
    this.#isUnchanged = this.#isSameFolder(stats);
    const entry = sameOr(this.#previous?.entry, folderEntry(this.#folder, stats));
    if (this.#isUnchanged && this.#previous!.atRest >= this.#needed && !this.#isNamedAsChanged()) {
      return { ...this.#previous!, entry };
    }
    const settled = this.#isUnchanged ? this.#previous!.settled : this.#settled(stats);
    const children = new Map<string, Seen>();
    let atRest: Settled = SETTLED;
    for (const [name, look] of this.#looks(stats)) {
      const child = this.#child(name, look);
      if (child === null) continue;
      children.set(keyOf(name), child);
      atRest = lesser(atRest, restOf(child));
    }
    return {
      entry,
      changeTimeNs: stats.ctimeNs,
      // What was left out this time is to be found the next time.
      settled: this.#hasIgnored ? UNSETTLED : settled,
      children,
      isReadable: this.#isReadable,
      atRest,
    };
  }

  #isNamedAsChanged(): boolean {
    const prefix = this.#folder === '' ? '' : `${this.#folder}/`;
    return [...this.#scan.changed].some((path) => path.startsWith(prefix));
  }

  #lookAtFolder(): BigIntStats | null {
    try {
      const stats = lookAt(this.#path);
      return stats?.isDirectory() ? stats : null;
    } catch {
      // Its parent could not be searched, and says so.
      return null;
    }
  }

  #isSameFolder(stats: BigIntStats): boolean {
    const previous = this.#previous;
    if (previous === undefined || this.#scan.isFull) return false;
    return (
      previous.settled >= this.#needed &&
      previous.isReadable &&
      previous.changeTimeNs === stats.ctimeNs &&
      previous.entry.ino === `${stats.ino}`
    );
  }

  /** Each name with the look that a thread took at it, if it did. */
  *#looks(folder: BigIntStats): Generator<readonly [RawPath, FileLook | null]> {
    const seen = new Set<RawPath>();
    for (let part = this.#ahead(folder); part !== null; part = this.#ahead(folder)) {
      for (const look of readLooks(part)) {
        seen.add(look[0]);
        yield look;
      }
      if (part.isLast) return;
    }
    for (const name of this.#names()) if (!seen.has(name)) yield [name, null];
  }

  /** The next part, of the folder as it still is; null when there is none (any more). */
  #ahead(folder: BigIntStats): FolderLooks | null {
    const part = this.#scan.ahead?.take(this.#folder) ?? null;
    return part?.changeTimeNs === folder.ctimeNs && part.ino === folder.ino ? part : null;
  }

  #names(): readonly RawPath[] {
    if (this.#isUnchanged) return [...this.#previous!.children.values()].map((child) => child.name);
    try {
      return listNames(this.#path);
    } catch {
      this.#isReadable = false;
      return [];
    }
  }

  #child(name: RawPath, look: FileLook | null): Seen | null {
    const old = this.#previous?.children.get(keyOf(name));
    // Tens of thousands of paths are not put together again.
    const path = old?.entry.path ?? (this.#folder === '' ? `${name}` : `${this.#folder}/${name}`);
    if (path === this.#scan.ignored) {
      this.#hasIgnored = true;
      return null;
    }
    if (old !== undefined && this.#mayKeep(old, path)) return old;
    const raw = joinRaw(this.#path, name);
    try {
      if (look !== null) return this.#file(name, path, raw, look.stats, old, look.erofs);
      const stats = lookAt(raw);
      if (stats === null) return null;
      if (!stats.isDirectory()) return this.#file(name, path, raw, stats, old, null);
      return isFolder(path) ? null : this.#tree(name, path, raw, stats, old);
    } catch {
      this.#isReadable = false;
      return null;
    }
  }

  #mayKeep(old: Seen, path: string): boolean {
    if (this.#scan.isFull || restOf(old) < this.#needed || this.#scan.changed.has(path)) return false;
    return this.#isUnchanged || !REWRITTEN.has(old.entry.what.kind);
  }

  #file(
    name: RawPath,
    path: string,
    raw: RawPath,
    stats: FileStats,
    old: Seen | undefined,
    checked: StoreEntry['erofs'],
  ): Seen | null {
    const isSame = old !== undefined && old.settled >= this.#needed && isSameInode(old, stats);
    if (isSame && old.entry.what.kind !== 'transfer') return old;
    const what = classify(path, typeOf(stats), (pid) => isWriterAlive(pid, mtimeMsOf(stats)));
    const read = readContent(what, raw);
    if (read === 'missing') return null;
    const entry = fileEntry(path, what, stats, this.#erofs(what, raw, stats, checked));
    return {
      name,
      entry: sameOr(old?.entry, entry),
      changeTimeNs: stats.ctimeNs,
      settled: this.#settled(stats),
      content: sameOr(old?.content, read.content),
      below: NOTHING,
      unreadable: read.isReadable ? NOTHING : sameOr(old?.unreadable, [path]),
      visited: 0,
    };
  }

  #erofs(what: StoreKind, raw: RawPath, stats: FileStats, checked: StoreEntry['erofs']): StoreEntry['erofs'] {
    if (what.kind !== 'layer' && what.kind !== 'fsmeta') return null;
    if (checked !== null) return checked;
    if (this.#scan.checkSuperblocks) return checkSuperblock(raw, Number(stats.size));
    return isWholeBlocks(Number(stats.size)) ? 'ok' : 'truncated';
  }

  #tree(name: RawPath, path: string, raw: RawPath, stats: BigIntStats, old: Seen | undefined): Seen | null {
    if (old !== undefined && this.#mayKeepTree(old, path, stats)) return old;
    const walk = walkTree(raw);
    if (walk === null) return null;
    const what = treeKind(path, raw);
    const journal = what.kind === 'set-aside' ? journalEntry(path, raw, stats) : null;
    const entry: StoreEntry = {
      ...folderEntry(path, stats),
      what,
      logicalBytes: walk.logicalBytes - (journal?.logicalBytes ?? 0),
      allocatedBytes: walk.allocatedBytes - (journal?.allocatedBytes ?? 0),
      files: walk.files - (journal?.files ?? 0),
      mtimeMs: walk.latestMtimeMs,
    };
    const below = walk.linkedElsewhere.map((file) =>
      fileEntry(`${path}/${file.path}`, { kind: 'unknown' }, file.stats, null),
    );
    if (journal !== null) below.push(journal);
    const unreadable = walk.unreadable.map((lost) => (lost === '' ? path : `${path}/${lost}`));
    return {
      name,
      entry: sameOr(old?.entry, entry),
      changeTimeNs: stats.ctimeNs,
      settled: this.#settled(stats),
      content: null,
      below: sameOr(old?.below, below),
      unreadable: sameOr(old?.unreadable, unreadable),
      visited: walk.visited,
    };
  }

  #mayKeepTree(old: Seen, path: string, stats: BigIntStats): boolean {
    if (this.#scan.isFull || old.settled < this.#needed || old.visited <= SMALL_TREE) return false;
    if (old.changeTimeNs !== stats.ctimeNs || old.entry.ino !== `${stats.ino}`) return false;
    return ![...this.#scan.changed].some((changed) => changed === path || changed.startsWith(`${path}/`));
  }

  #settled({ ctimeNs }: FileStats): Settled {
    return settledAt(ctimeNs, this.#startMs);
  }
}

/** Whole and published, it can only change by being replaced, and rests as far as it is settled. */
function restOf({ entry, settled, unreadable }: Seen): Settled {
  const { what, erofs } = entry;
  const isPublished = SEALED.has(what.kind) || REWRITTEN.has(what.kind);
  const isWhole = unreadable.length === 0 && (erofs === null || erofs === 'ok');
  return isPublished && isWhole ? settled : UNSETTLED;
}

function lesser(left: Settled, right: Settled): Settled {
  return left < right ? left : right;
}

function treeKind(path: string, raw: RawPath): StoreKind {
  const what = classify(path, 'directory');
  if (what.kind !== 'leftover') return what;
  return lookAt(joinRaw(raw, JOURNAL))?.isFile() ? { kind: 'set-aside' } : what;
}

/** What of a folder of set-aside files no removal took: the journal, and the folders the files lie in as in the cache. */
function journalEntry(path: string, raw: RawPath, stats: BigIntStats): StoreEntry | null {
  const file = lookAt(joinRaw(raw, JOURNAL));
  if (file === null) return null;
  const folders = FOLDERS.filter((folder) => folder !== '').flatMap((folder) => {
    const found = lookAt(joinRaw(raw, folder));
    return found?.isDirectory() === true ? [found] : [];
  });
  const entry = fileEntry(`${path}/${JOURNAL}`, { kind: 'undo-journal' }, file, null);
  const folderBytes = [stats, ...folders].reduce((sum, folder) => sum + allocatedBytesOf(folder), 0);
  return { ...entry, allocatedBytes: entry.allocatedBytes + folderBytes };
}

/** Two names that are not UTF-8 may look alike as text. */
function keyOf(name: RawPath): string {
  return typeof name === 'string' ? name : `\0${name.toString('latin1')}`;
}

function isSameInode({ entry, changeTimeNs }: Seen, stats: FileStats): boolean {
  return (
    changeTimeNs === stats.ctimeNs &&
    entry.ino === `${stats.ino}` &&
    entry.dev === `${stats.dev}` &&
    entry.logicalBytes === Number(stats.size) &&
    // Delayed allocation changes this one without the change time.
    entry.allocatedBytes === allocatedBytesOf(stats) &&
    entry.linkCount === Number(stats.nlink)
  );
}

function folderEntry(path: string, stats: BigIntStats): StoreEntry {
  return {
    path,
    what: { kind: 'directory' },
    type: 'directory',
    logicalBytes: 0,
    allocatedBytes: allocatedBytesOf(stats),
    files: 0,
    mtimeMs: mtimeMsOf(stats),
    dev: `${stats.dev}`,
    ino: `${stats.ino}`,
    linkCount: 1,
    erofs: null,
  };
}

function fileEntry(path: string, what: StoreKind, stats: FileStats, erofs: StoreEntry['erofs']): StoreEntry {
  return {
    path,
    what,
    type: typeOf(stats),
    logicalBytes: Number(stats.size),
    allocatedBytes: allocatedBytesOf(stats),
    files: 1,
    mtimeMs: mtimeMsOf(stats),
    dev: `${stats.dev}`,
    ino: `${stats.ino}`,
    linkCount: Number(stats.nlink),
    erofs,
  };
}

interface ReadContent {
  readonly content: MetadataFile | FlatRefFile | null;
  readonly isReadable: boolean;
}

const NO_CONTENT: ReadContent = { content: null, isReadable: true };

/** The meaning of a metadata file or flat ref; `missing` when it went since it was looked at. */
function readContent(what: StoreKind, raw: RawPath): ReadContent | 'missing' {
  if (what.kind !== 'metadata' && what.kind !== 'flat-ref') return NO_CONTENT;
  const file = readBoundedFile(raw, MOST_METADATA_BYTES);
  if (file.kind === 'missing') return 'missing';
  const text = file.kind === 'text' ? file.text : null;
  const content =
    what.kind === 'metadata'
      ? { key: what.key, content: text === null ? null : parseMetadata(text) }
      : {
          manifestDigest: what.manifestDigest,
          artifactDigest: text === null ? null : parseFlatRef(text),
          lengthBytes: text === null ? null : parseFlatLength(text),
        };
  return { content, isReadable: text !== null };
}

/** The old value where the new one says the same, so that whoever compares by identity sees no change. */
function sameOr<T>(old: T | undefined, next: T): T {
  return old !== undefined && JSON.stringify(old) === JSON.stringify(next) ? old : next;
}

import { createHash } from 'node:crypto';
import { isDigest } from '../../../src-shared/domain/digest.ts';
import { formatReference, parseReference } from '../../../src-shared/domain/reference.ts';
import type { StoreEntry, StoreKind } from './entries.ts';

/** Our own folder inside the cache; each `<32 hex>` folder in it is one removal's. */
export const OWN_FOLDER = '.strata';

/** In such a folder: what the removal took, once all of it is set aside. Until then the folder is a leftover. */
export const JOURNAL = 'undo.json';

/** The folders whose entries have names we know, relative to the cache; '' is the cache itself. */
export const FOLDERS = [
  '',
  'layers',
  'fsmeta',
  'vmdk',
  'flat',
  'flat/refs',
  'flat/blobs',
  'flat/locks',
  'tmp',
  OWN_FOLDER,
  'manifests',
] as const;
export type Folder = (typeof FOLDERS)[number];

/** The folder a path relative to the cache is in; '' for what lies in the cache directory itself. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/**
 * What a path relative to the cache (`/`-separated) is, by its name and type alone. Names are exactly those msb
 * writes, digests well-formed and in lower case; a name that nearly matches, a symbolic link, a FIFO, a device and
 * a file where a folder belongs (or the other way round) are `unknown`, so that nothing ever deletes them.
 *
 * @param isAlive tells whether a process id lives; unless given every process counts as alive.
 */
export function classify(
  path: string,
  type: StoreEntry['type'],
  isAlive: (pid: number) => boolean = () => true,
): StoreKind {
  if (type === 'directory' && isFolder(path)) return DIRECTORY;
  const folder = folderOf(path);
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (type === 'directory') return classifyDirectory(folder, name);
  if (type !== 'file') return UNKNOWN;
  switch (folder) {
    case 'layers':
      return layerFile(name);
    case 'fsmeta':
      return fsmetaFile(name);
    case 'vmdk':
      return withDigest(VMDK, name, (manifestDigest) => ({ kind: 'vmdk', manifestDigest }));
    case 'manifests':
      return metadataFile(name);
    case 'flat/refs':
      return flatRefFile(name);
    case 'flat/blobs':
      return withDigest(FLAT_DISK, name, (artifactDigest) => ({ kind: 'flat-disk', artifactDigest }));
    case 'flat/locks':
      return withDigest(LOCK, name, (derivationDigest) => ({ kind: 'flat-lock', derivationDigest }));
    case 'tmp':
      return temporaryFile(name, isAlive);
    default:
      return UNKNOWN;
  }
}

export function isFolder(path: string): path is Folder {
  return KNOWN_FOLDERS.has(path);
}

/** Null for text that is not a digest: no path is ever made of it. The same holds for the functions below. */
export function layerPath(diffId: string): string | null {
  return digestPath('layers', diffId, '.erofs');
}

export function layerLockPath(diffId: string): string | null {
  return digestPath('layers', diffId, '.erofs.lock');
}

export function fsmetaPath(manifestDigest: string): string | null {
  return digestPath('fsmeta', manifestDigest, '.erofs');
}

export function fsmetaLockPath(manifestDigest: string): string | null {
  return digestPath('fsmeta', manifestDigest, '.erofs.lock');
}

export function vmdkPath(manifestDigest: string): string | null {
  return digestPath('vmdk', manifestDigest, '.vmdk');
}

export function flatRefPath(manifestDigest: string): string | null {
  return digestPath('flat/refs', manifestDigest, '.json');
}

export function flatDiskPath(artifactDigest: string): string | null {
  return digestPath('flat/blobs', artifactDigest, '.raw');
}

export function flatLockPath(derivationDigest: string): string | null {
  return digestPath('flat/locks', derivationDigest, '.lock');
}

/** What msb writes under `tmp/` before it is whole. */
export type TemporarySuffix = '.part' | '.spool' | '.erofs.part' | '.work' | '.flat.work';

export function temporaryPath(digest: string, suffix: TemporarySuffix): string | null {
  return digestPath('tmp', digest, suffix);
}

/** `key` as `referenceKey` gives it; null for anything else. */
export function metadataPath(key: string): string | null {
  return KEY.test(key) ? `manifests/${key}.json` : null;
}

export function metadataLockPath(key: string): string | null {
  return KEY.test(key) ? `manifests/${key}.lock` : null;
}

/**
 * The key of a raw reference's metadata file: SHA-256 of its canonical form, 64 hexadecimal digits. Null when
 * msb would reject the reference.
 */
export function referenceKey(rawReference: string): string | null {
  const reference = parseReference(rawReference);
  return reference === null ? null : createHash('sha256').update(formatReference(reference)).digest('hex');
}

/** `sha256_<hex>`, as file names have it, back to `sha256:<hex>`; null for anything else. */
export function digestOfName(name: string): string | null {
  return FILE_DIGEST.test(name) ? name.replace('_', ':') : null;
}

const DIRECTORY: StoreKind = { kind: 'directory' };
const UNKNOWN: StoreKind = { kind: 'unknown' };
const LEFTOVER: StoreKind = { kind: 'leftover' };
const KNOWN_FOLDERS: ReadonlySet<string> = new Set(FOLDERS);

const DIGEST = '(sha256_[0-9a-f]{64}|sha384_[0-9a-f]{96}|sha512_[0-9a-f]{128})';
const FILE_DIGEST = new RegExp(`^${DIGEST}$`);
const LAYER_OR_FSMETA = new RegExp(`^${DIGEST}\\.erofs(\\.lock)?$`);
const BLOB = new RegExp(`^${DIGEST}\\.tar\\.gz$`);
const VMDK = new RegExp(`^${DIGEST}\\.vmdk$`);
const FLAT_REF = new RegExp(`^${DIGEST}\\.json(\\.part)?$`);
const FLAT_DISK = new RegExp(`^${DIGEST}\\.raw$`);
const LOCK = new RegExp(`^${DIGEST}\\.lock$`);
const WORK = new RegExp(`^${DIGEST}(?:\\.flat)?\\.work$`);
const TEMPORARY = new RegExp(`^${DIGEST}\\.(part|download\\.lock|spool|erofs\\.part)$`);
/** `load-<n>-<pid>-<id>.blob` has the process id second, `save-<pid>-<id>.layer.tar` first. */
const NUMBER = '(?:0|[1-9][0-9]{0,18})';
const PROCESS = '([1-9][0-9]{0,9})';
const TRANSFER = new RegExp(
  `^(?:load-${NUMBER}-${PROCESS}-${NUMBER}\\.blob|save-${PROCESS}-${NUMBER}\\.layer\\.tar)$`,
);
const METADATA = /^([0-9a-f]{64})\.(json|json\.part|lock)$/;
const KEY = /^[0-9a-f]{64}$/;
const OPERATION = /^[0-9a-f]{32}$/;

function classifyDirectory(folder: string, name: string): StoreKind {
  if (folder === OWN_FOLDER) return OPERATION.test(name) ? LEFTOVER : UNKNOWN;
  if (folder === 'tmp') return withDigest(WORK, name, (digest) => ({ kind: 'work', digest }));
  return UNKNOWN;
}

function layerFile(name: string): StoreKind {
  const match = LAYER_OR_FSMETA.exec(name);
  if (match === null) return withDigest(BLOB, name, (blobDigest) => ({ kind: 'blob', blobDigest }));
  return { kind: match[2] === undefined ? 'layer' : 'layer-lock', diffId: digestIn(match) };
}

function fsmetaFile(name: string): StoreKind {
  const match = LAYER_OR_FSMETA.exec(name);
  if (match === null) return UNKNOWN;
  return { kind: match[2] === undefined ? 'fsmeta' : 'fsmeta-lock', manifestDigest: digestIn(match) };
}

function metadataFile(name: string): StoreKind {
  const match = METADATA.exec(name);
  if (match === null) return UNKNOWN;
  const key = match[1]!;
  switch (match[2]) {
    case 'json':
      return { kind: 'metadata', key };
    case 'lock':
      return { kind: 'metadata-lock', key };
    default:
      return { kind: 'metadata-part', key };
  }
}

function flatRefFile(name: string): StoreKind {
  const match = FLAT_REF.exec(name);
  if (match === null) return UNKNOWN;
  return { kind: match[2] === undefined ? 'flat-ref' : 'flat-ref-part', manifestDigest: digestIn(match) };
}

function temporaryFile(name: string, isAlive: (pid: number) => boolean): StoreKind {
  const transfer = TRANSFER.exec(name);
  if (transfer !== null) {
    const pid = Number(transfer[1] ?? transfer[2]);
    return { kind: 'transfer', pid, isAlive: isAlive(pid) };
  }
  const match = TEMPORARY.exec(name);
  if (match === null) return UNKNOWN;
  const digest = digestIn(match);
  switch (match[2]) {
    case 'part':
      return { kind: 'download-part', blobDigest: digest };
    case 'download.lock':
      return { kind: 'download-lock', blobDigest: digest };
    case 'spool':
      return { kind: 'spool', diffId: digest };
    default:
      return { kind: 'layer-part', diffId: digest };
  }
}

function withDigest(pattern: RegExp, name: string, kind: (digest: string) => StoreKind): StoreKind {
  const match = pattern.exec(name);
  return match === null ? UNKNOWN : kind(digestIn(match));
}

function digestIn(match: RegExpExecArray): string {
  return match[1]!.replace('_', ':');
}

function digestPath(folder: Folder, digest: string, suffix: string): string | null {
  return isDigest(digest) ? `${folder}/${digest.replace(':', '_')}${suffix}` : null;
}

import { opendirSync } from 'node:fs';
import { join } from 'node:path';
import type { HomePaths } from '../home/paths.ts';
import { readCacheFile } from './bounded-file.ts';
import { resolveCacheDir } from './cache-dir.ts';
import { digestOfName, vmdkPath } from './names.ts';

/**
 * A VMDK descriptor as msb writes it: text that strings fsmeta and layer files together to one disk. Its paths are
 * only compared and shown, never opened.
 */
export interface VmdkDescriptor {
  /** `twoGbMaxExtentFlat` from msb; null when the text has none. */
  readonly createType: string | null;
  /** In disk order: fsmeta, then the layers from the base up. */
  readonly extents: readonly VmdkExtent[];
}

interface VmdkExtent {
  /** Of 512 bytes. */
  readonly sectors: number;
  /** Absolute, as msb resolved it when it wrote the file. */
  readonly path: string;
  /** First sector inside the file. */
  readonly offset: number;
}

/** Longer text is no descriptor of msb's: one line per layer and 2 GiB. */
const MOST_VMDK_BYTES = 2 ** 20;

/** Null for text that is no VMDK descriptor, or has an extent line of another form. Linear in its length. */
export function parseVmdk(text: string): VmdkDescriptor | null {
  if (text.length > MOST_VMDK_BYTES) return null;
  const lines = text.split('\n').map((line) => line.trim());
  if (lines[0] !== '# Disk DescriptorFile') return null;
  let createType: string | null = null;
  const extents: VmdkExtent[] = [];
  for (const line of lines) {
    createType ??= CREATE_TYPE.exec(line)?.[1] ?? null;
    if (!EXTENT_START.test(line)) continue;
    const extent = parseExtent(line);
    if (extent === null) return null;
    extents.push(extent);
  }
  return { createType, extents };
}

/**
 * Diff IDs of the layers, base first, a repeated layer as often as the disk has it. Null unless every extent is an
 * fsmeta or layer file by name: a descriptor that tells only half of it tells nothing.
 */
export function layersOfVmdk(vmdk: VmdkDescriptor): readonly string[] | null {
  const diffIds: string[] = [];
  for (const { path, offset } of vmdk.extents) {
    const file = cacheFileOf(path);
    if (file === null) return null;
    // A file over 2 GiB comes in several extents; only its first one starts at 0.
    if (file.folder === 'layers' && offset === 0) diffIds.push(file.digest);
  }
  return vmdk.extents.length === 0 ? null : diffIds;
}

/** The digest of the fsmeta file the disk begins with; null when it begins with something else. */
export function fsmetaOfVmdk(vmdk: VmdkDescriptor): string | null {
  const file = vmdk.extents[0] === undefined ? null : cacheFileOf(vmdk.extents[0].path);
  return file?.folder === 'fsmeta' ? file.digest : null;
}

/**
 * True when an extent lies outside the cache: the home was moved or copied, and msb, which does not notice, would
 * boot from the old place. `cacheDir` has its links resolved, as `resolveCacheDir` gives it.
 */
export function isElsewhere(vmdk: VmdkDescriptor, cacheDir: string): boolean {
  return vmdk.extents.some(({ path }) => isOutside(path, cacheDir));
}

function isOutside(path: string, cacheDir: string): boolean {
  return plainPath(path).replace(CACHE_FILE, '') !== plainPath(cacheDir);
}

/** The descriptor of one manifest; null when it is missing, unreadable or no descriptor. */
export function readVmdk(
  paths: Pick<HomePaths, 'cacheDir'>,
  manifestDigest: string,
): (VmdkDescriptor & { readonly isElsewhere: boolean }) | null {
  const cacheDir = resolveCacheDir(paths);
  const path = vmdkPath(manifestDigest);
  if (cacheDir === null || path === null) return null;
  const file = readCacheFile(cacheDir, path, MOST_VMDK_BYTES);
  const vmdk = file.kind === 'text' ? parseVmdk(file.text) : null;
  return vmdk === null ? null : { ...vmdk, isElsewhere: isElsewhere(vmdk, cacheDir) };
}

/**
 * The cache folder that disk descriptors name when it is not this one: the cache was moved or copied. A few
 * descriptors are looked at, for a move concerns all that were there. Null when none of them tells.
 */
export function movedFrom(paths: Pick<HomePaths, 'cacheDir'>): string | null {
  const cacheDir = resolveCacheDir(paths);
  if (cacheDir === null) return null;
  for (const name of firstNames(join(cacheDir, 'vmdk'), MOST_SAMPLED)) {
    const manifestDigest = name.endsWith('.vmdk') ? digestOfName(name.slice(0, -'.vmdk'.length)) : null;
    const vmdk = manifestDigest === null ? null : readVmdk(paths, manifestDigest);
    const other = vmdk?.extents.find(({ path }) => isOutside(path, cacheDir));
    if (other !== undefined) return plainPath(other.path).replace(CACHE_FILE, '');
  }
  return null;
}

const MOST_SAMPLED = 8;

/** Names of a folder in no order; none when it cannot be read. */
function firstNames(folder: string, most: number): readonly string[] {
  const names: string[] = [];
  try {
    const directory = opendirSync(folder);
    try {
      for (
        let entry = directory.readSync();
        entry !== null && names.length < most;
        entry = directory.readSync()
      ) {
        names.push(entry.name);
      }
    } finally {
      directory.closeSync();
    }
  } catch {
    // No folder, no descriptors.
  }
  return names;
}

/** The layers that one manifest's descriptor names, as `layersOfVmdk`; null when there is none that tells. */
export function readVmdkLayers(
  paths: Pick<HomePaths, 'cacheDir'>,
  manifestDigest: string,
): readonly string[] | null {
  const vmdk = readVmdk(paths, manifestDigest);
  return vmdk === null || fsmetaOfVmdk(vmdk) !== manifestDigest ? null : layersOfVmdk(vmdk);
}

const CREATE_TYPE = /^createType\s*=\s*"([^"]{0,64})"$/;
const EXTENT_START = /^(?:RW|RDONLY|NOACCESS)\s/;
const EXTENT = /^(?:RW|RDONLY) ([0-9]{1,15}) FLAT "(.*)" ([0-9]{1,15})$/;
const CACHE_FILE = /(?:^|\/)(layers|fsmeta)\/([^/]*)\.erofs$/;

function parseExtent(line: string): VmdkExtent | null {
  const match = EXTENT.exec(line);
  if (match === null) return null;
  return { sectors: Number(match[1]), path: match[2]!, offset: Number(match[3]) };
}

function cacheFileOf(path: string): { readonly folder: string; readonly digest: string } | null {
  const match = CACHE_FILE.exec(plainPath(path));
  const digest = match === null ? null : digestOfName(match[2]!);
  return match === null || digest === null ? null : { folder: match[1]!, digest };
}

/** With `/` everywhere, and without the `\\?\` that Windows puts before a resolved path. */
function plainPath(path: string): string {
  if (!/^(?:\\\\|[A-Za-z]:\\)/.test(path)) return path;
  return path.replace(/^\\\\\?\\/, '').replaceAll('\\', '/');
}

/**
 * One entry of a tar, as the fixtures describe it. The functions below build entries; paths are relative and
 * without a leading `./`, as a `Buffer` where a name is not UTF-8.
 */
export type TarEntry = TarAttributes &
  (
    | { readonly type: 'file'; readonly path: TarPath; readonly content: TarContent }
    | { readonly type: 'directory'; readonly path: TarPath }
    | { readonly type: 'symlink'; readonly path: TarPath; readonly target: TarPath }
    | { readonly type: 'hardlink'; readonly path: TarPath; readonly target: TarPath }
    | {
        readonly type: 'char-device' | 'block-device';
        readonly path: TarPath;
        readonly major: number;
        readonly minor: number;
      }
    | { readonly type: 'fifo'; readonly path: TarPath }
  );

export type TarPath = string | Buffer;

/** Everything but the type. Defaults: 0755 for directories, 0777 for symlinks, else 0644; 0:0; `DEFAULT_MTIME`. */
export interface TarAttributes {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970; a fraction goes into a PAX record. */
  readonly mtime?: number;
  /** Written as `SCHILY.xattr.<name>` PAX records. */
  readonly xattrs?: Readonly<Record<string, string | Buffer>>;
  /** Further PAX records, as they are. */
  readonly pax?: Readonly<Record<string, string>>;
}

/** A file's bytes, or a recipe for many of them. */
export type TarContent = string | Uint8Array | GeneratedContent;

export interface GeneratedContent {
  readonly sizeBytes: number;
  /**
   * `zeros` (holes in the archive file where the file system can), `text` (numbered lines, compresses well),
   * `noise` (seeded, does not compress).
   */
  readonly fill: 'zeros' | 'text' | 'noise';
  /** Two contents of one size and fill differ when their seeds do. */
  readonly seed?: number;
}

/** 2026-01-15T12:00:00Z: fixtures never depend on the clock. */
export const DEFAULT_MTIME = 1_768_478_400;

export function file(path: TarPath, content: TarContent, attributes: TarAttributes = {}): TarEntry {
  return { ...attributes, type: 'file', path, content };
}

export function directory(path: TarPath, attributes: TarAttributes = {}): TarEntry {
  return { ...attributes, type: 'directory', path };
}

export function symlink(path: TarPath, target: TarPath, attributes: TarAttributes = {}): TarEntry {
  return { ...attributes, type: 'symlink', path, target };
}

/** Another name for `target`, which must come earlier in the same layer: msb refuses the layer otherwise. */
export function hardlink(path: TarPath, target: TarPath, attributes: TarAttributes = {}): TarEntry {
  return { ...attributes, type: 'hardlink', path, target };
}

export function charDevice(
  path: TarPath,
  major: number,
  minor: number,
  attributes: TarAttributes = {},
): TarEntry {
  return { ...attributes, type: 'char-device', path, major, minor };
}

export function blockDevice(
  path: TarPath,
  major: number,
  minor: number,
  attributes: TarAttributes = {},
): TarEntry {
  return { ...attributes, type: 'block-device', path, major, minor };
}

export function fifo(path: TarPath, attributes: TarAttributes = {}): TarEntry {
  return { ...attributes, type: 'fifo', path };
}

/** The marker that removes `path` of the layers below: an empty file `.wh.<name>` beside it. */
export function whiteout(path: string, attributes: TarAttributes = {}): TarEntry {
  const slash = path.lastIndexOf('/') + 1;
  return file(`${path.slice(0, slash)}.wh.${path.slice(slash)}`, '', attributes);
}

/** The marker that hides everything the layers below have in `directoryPath` (`''` for the root). */
export function opaque(directoryPath: string, attributes: TarAttributes = {}): TarEntry {
  return file(directoryPath === '' ? '.wh..wh..opq' : `${directoryPath}/.wh..wh..opq`, '', attributes);
}

/**
 * A file with `data` at its start and a hole up to `lengthBytes`, as a GNU sparse 1.0 member ("Storing Sparse
 * Files" in the tar manual). For archives of homes; msb does not read it.
 */
export function sparseFile(
  path: string,
  data: Uint8Array,
  lengthBytes: number,
  attributes: TarAttributes = {},
): TarEntry {
  const map = Buffer.alloc(512);
  map.write(`2\n0\n${data.length}\n${lengthBytes}\n0\n`);
  return file('GNUSparseFile.0/data', Buffer.concat([map, data]), {
    ...attributes,
    pax: {
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': path,
      'GNU.sparse.realsize': String(lengthBytes),
    },
  });
}

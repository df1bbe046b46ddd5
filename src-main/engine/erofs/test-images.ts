import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ErofsError, type ErofsImage, openErofs } from './index.ts';

/** For tests: unpacks one image of `fixtures/` into a directory and answers where it is. */
export function unpackFixture(name: string, directory: string): string {
  const packed = readFileSync(new URL(`fixtures/${name}.gz`, import.meta.url));
  const file = join(directory, name);
  writeFileSync(file, gunzipSync(packed));
  return file;
}

/**
 * For tests: every path of an image with all that is known of it, one line each, so that a difference reads like a
 * difference. Names and targets are shown as latin1. Reads through the public methods of the image.
 */
export function printTree(image: ErofsImage): string[] {
  const lines: string[] = [];
  const visit = (nid: number, path: string) => {
    const inode = image.readInode(nid);
    const { type, mode, uid, gid, mtime, linkCount, device } = inode;
    const parts = [
      path,
      type,
      mode.toString(8).padStart(4, '0'),
      `${uid}:${gid}`,
      `${mtime}`,
      `links=${linkCount}`,
    ];
    if (type === 'regular') parts.push(`size=${inode.size}`, `sha256=${hashOf(image, nid, inode.size)}`);
    if (type === 'symlink') parts.push(`-> ${image.readLink(nid).toString('latin1')}`);
    if (device !== null) parts.push(`device=${device.major}:${device.minor}`);
    for (const { name, value } of image.readXattrs(nid).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      parts.push(`${name}=${value.toString('latin1')}`);
    }
    lines.push(parts.join(' '));
    if (type !== 'directory') return;
    const { entries, damage } = image.readDirectory(nid);
    if (damage !== null) throw damage;
    for (const entry of entries) {
      visit(entry.nid, `${path === '/' ? '' : path}/${entry.name.toString('latin1')}`);
    }
  };
  visit(image.root, '/');
  return lines;
}

/** For tests: the first 16 digits of the content's sha256, read in pieces that fit no block. */
export function hashOf(image: ErofsImage, nid: number, size: number): string {
  const hash = createHash('sha256');
  for (let offset = 0; offset < size; ) {
    const piece = image.readFile(nid, offset, 10_007);
    hash.update(piece);
    offset += piece.length;
  }
  return shortHash(hash.digest());
}

export function shortHash(digest: Buffer): string {
  return digest.toString('hex').slice(0, 16);
}

/** For tests: opens, does something, closes; answers the `ErofsError` when there is one. */
export function errorOf(
  file: string,
  use: (image: ErofsImage) => unknown = () => undefined,
): ErofsError | null {
  let image: ErofsImage | null = null;
  try {
    image = openErofs(file);
    use(image);
    return null;
  } catch (error) {
    if (error instanceof ErofsError) return error;
    throw error;
  } finally {
    image?.close();
  }
}

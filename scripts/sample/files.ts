import { crc32, deflateSync } from 'node:zlib';
import { directory, file, symlink, type TarAttributes, type TarEntry } from '../../test-support/tar-entry.ts';

/** A megabyte of the sample. Everything in it is about a seventh of its real size, to unpack in no time. */
export const MB = 1_000_000;

/** What looks like a shared library or a program: an ELF magic, then one line over and over, so that it packs. */
export function binary(path: string, sizeBytes: number, attributes: TarAttributes = {}): TarEntry {
  const content = Buffer.alloc(Math.round(sizeBytes), `${path.slice(path.lastIndexOf('/') + 1)}\n`);
  content.write('\x7fELF\x02\x01\x01\0', 0, 'latin1');
  return file(path, content, { mode: 0o755, ...attributes });
}

/** Text of that length: the lines repeated. */
export function text(
  path: string,
  sizeBytes: number,
  lines: string,
  attributes: TarAttributes = {},
): TarEntry {
  return file(path, Buffer.alloc(Math.round(sizeBytes), lines), attributes);
}

/** Directories for all these paths. */
export function directories(...paths: readonly string[]): TarEntry[] {
  return paths.map((path) => directory(path));
}

/** One program of several names, as BusyBox is installed. */
export function applets(target: string, folder: string, names: readonly string[]): TarEntry[] {
  return names.map((name) => symlink(`${folder}/${name}`, target));
}

/** A square picture with a round mark in the colour (0xRRGGBB). */
export function png(path: string, sizePixels: number, colour: number): TarEntry {
  const rows: Buffer[] = [];
  const centre = (sizePixels - 1) / 2;
  for (let y = 0; y < sizePixels; y += 1) {
    const row = Buffer.alloc(1 + sizePixels * 4);
    for (let x = 0; x < sizePixels; x += 1) {
      const isInside = Math.hypot(x - centre, y - centre) <= centre;
      row.writeUInt32BE(isInside ? ((colour << 8) | 0xff) >>> 0 : 0, 1 + x * 4);
    }
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(sizePixels, 0);
  header.writeUInt32BE(sizePixels, 4);
  // Eight bits a channel, colour with alpha.
  header.set([8, 6, 0, 0, 0], 8);
  return file(
    path,
    Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.concat(rows))),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

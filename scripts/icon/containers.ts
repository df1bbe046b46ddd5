/** One square picture of an icon. */
export interface Picture {
  /** Pixels of an edge. */
  readonly edge: number;
  readonly png: Uint8Array;
}

const ICO_HEADER_BYTES = 6;
const ICO_ENTRY_BYTES = 16;

/**
 * Windows' icon file: a directory of pictures, then the pictures as PNG files, which Windows reads since Vista.
 * Little-endian; an edge of 256 is written as 0 (ICONDIR and ICONDIRENTRY of the Windows SDK).
 */
export function packIco(pictures: readonly Picture[]): Uint8Array {
  const header = Buffer.alloc(ICO_HEADER_BYTES + ICO_ENTRY_BYTES * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  for (const [index, { edge, png }] of pictures.entries()) {
    const entry = ICO_HEADER_BYTES + ICO_ENTRY_BYTES * index;
    header.writeUInt8(edge % 256, entry);
    header.writeUInt8(edge % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...pictures.map(({ png }) => png)]);
}

/** Which four letters macOS knows a PNG picture by; the second of a pair is for screens of twice the density. */
const ICNS_TYPES: Readonly<Record<number, readonly string[]>> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
};

/** macOS' icon file: `icns`, the whole length, then type, length and PNG of each picture; big-endian. */
export function packIcns(pictures: readonly Picture[]): Uint8Array {
  const chunks = pictures.flatMap(({ edge, png }) =>
    (ICNS_TYPES[edge] ?? []).map((type) => chunk(type, png)),
  );
  return chunk('icns', Buffer.concat(chunks));
}

function chunk(type: string, content: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.write(type, 'latin1');
  header.writeUInt32BE(header.length + content.length, 4);
  return Buffer.concat([header, content]);
}

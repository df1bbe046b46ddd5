import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const file = (path: string): Buffer => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)));

/** Edge in pixels of a PNG that is square (its IHDR chunk); NaN for anything else. */
function edgeOf(png: Buffer): number {
  const isPng = png.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  const width = png.readUInt32BE(16);
  return isPng && png.readUInt32BE(20) === width ? width : Number.NaN;
}

describe('the icon', () => {
  it('is one drawing everywhere', () => {
    expect(file('src-renderer/icon.svg')).toEqual(file('resources/icon/icon.svg'));
  });

  it('has a PNG of each size that Linux desktops look for, named by it', () => {
    const names = readdirSync(fileURLToPath(new URL('../resources/icon/linux', import.meta.url)));
    expect(names).toContain('512x512.png');
    for (const name of names) {
      const edge = edgeOf(file(`resources/icon/linux/${name}`));
      expect(`${edge}x${edge}.png`).toBe(name);
    }
  });

  it('has an ico whose entries are the pictures they say', () => {
    const ico = file('resources/icon/icon.ico');
    const count = ico.readUInt16LE(4);
    const edges = Array.from({ length: count }, (_, index) => {
      const entry = ico.subarray(6 + 16 * index, 22 + 16 * index);
      const start = entry.readUInt32LE(12);
      const edge = edgeOf(ico.subarray(start, start + entry.readUInt32LE(8)));
      expect(entry.readUInt8(0)).toBe(edge % 256);
      return edge;
    });
    expect(edges).toEqual([16, 24, 32, 48, 64, 128, 256]);
  });

  it('has an icns whose chunks are pictures and fill it to the end', () => {
    const icns = file('resources/icon/icon.icns');
    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    const edges: Record<string, number> = {};
    let offset = 8;
    while (offset < icns.length) {
      const length = icns.readUInt32BE(offset + 4);
      edges[icns.toString('latin1', offset, offset + 4)] = edgeOf(icns.subarray(offset + 8, offset + length));
      offset += length;
    }
    expect(offset).toBe(icns.length);
    expect(edges).toMatchObject({ icp4: 16, ic11: 32, ic07: 128, ic08: 256, ic14: 512, ic10: 1024 });
  });
});

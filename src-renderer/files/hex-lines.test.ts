import { expect, it } from 'vitest';
import { countHexLines, formatHexLine } from './hex-lines.ts';

const bytes = Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, ...Array.from({ length: 13 }, (_, index) => index)]);

it('writes sixteen bytes a line with what can be printed beside them', () => {
  expect(formatHexLine(bytes, 0)).toEqual({
    offset: '00000000',
    hex: '7f 45 4c 46 00 01 02 03  04 05 06 07 08 09 0a 0b',
    ascii: '.ELF............',
  });
});

it('pads the last line to full width', () => {
  const { offset, hex, ascii } = formatHexLine(bytes, 1);
  expect([offset, hex.trimEnd(), hex.length, ascii]).toEqual(['00000010', '0c', 48, '.']);
});

it('counts lines at the boundaries', () => {
  expect([0, 1, 16, 17].map(countHexLines)).toEqual([0, 1, 1, 2]);
});

import { describe, expect, it } from 'vitest';
import { judgeContent, PICTURE_BYTES } from './file-preview.ts';

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A PNG header with this width and height; the picture itself is not needed to judge it. */
function png(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

function jpeg(width: number, height: number): Uint8Array {
  const app0 = [0xff, 0xe0, 0x00, 0x04, 0, 0];
  const frame = [0xff, 0xc2, 0x00, 0x0b, 8, height >> 8, height & 255, width >> 8, width & 255, 3];
  return Uint8Array.from([0xff, 0xd8, ...app0, ...frame]);
}

function judge(bytes: Uint8Array, totalBytes = bytes.length) {
  return judgeContent(bytes, totalBytes);
}

describe('judgeContent', () => {
  it('tells an empty file', () => {
    expect(judge(new Uint8Array())).toEqual({ kind: 'empty' });
  });

  it('reads UTF-8 with tabs and colours of a terminal log as text', () => {
    const text = 'é\t\u001b[31mred\u001b[0m\r\n';
    expect(judge(utf8(text))).toEqual({ kind: 'text', text, isWhole: true });
  });

  it('reads text whose last character is cut as text', () => {
    const bytes = utf8('日本');
    expect(judge(bytes.subarray(0, 4), 100)).toEqual({ kind: 'text', text: '日', isWhole: false });
  });

  it('shows a NUL or broken UTF-8 as hex', () => {
    expect(judge(utf8('a\0b')).kind).toBe('hex');
    expect(judge(Uint8Array.from([0x61, 0xff])).kind).toBe('hex');
  });

  it('knows pictures by their first bytes', () => {
    expect(judge(png(10, 10))).toEqual({ kind: 'picture', type: 'image/png' });
    expect(judge(jpeg(640, 480))).toEqual({ kind: 'picture', type: 'image/jpeg' });
    expect(judge(utf8('GIF89a\x02\0\x02\0...'))).toEqual({ kind: 'picture', type: 'image/gif' });
  });

  it('never shows SVG as a picture', () => {
    expect(judge(utf8('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>')).kind).toBe('text');
  });

  it('shows a picture that would take gigabytes to draw as hex', () => {
    expect(judge(png(60_000, 60_000)).kind).toBe('hex');
    expect(judge(jpeg(65_000, 65_000)).kind).toBe('hex');
  });

  it('shows a picture that is cut or too long as hex', () => {
    expect(judge(png(10, 10).subarray(0, 18)).kind).toBe('hex');
    expect(judge(png(10, 10), PICTURE_BYTES + 1).kind).toBe('hex');
    expect(judge(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0xff])).kind).toBe('hex');
  });
});

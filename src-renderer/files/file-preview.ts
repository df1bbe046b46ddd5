/** Files longer than this are shown from their beginning only. */
export const PREVIEW_BYTES = 256 * 1024;
/** Pictures are shown whole or not at all; longer ones only as hex. */
export const PICTURE_BYTES = 4 * 1024 * 1024;
/** Pixels a picture may have: decoding takes four bytes for each. */
const MOST_PIXELS = 50_000_000;

export type PictureType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

/** What the bytes at the beginning of a file can be shown as. */
export type Preview =
  | { readonly kind: 'empty' }
  /** `isWhole` is false when the file goes on after these bytes. */
  | { readonly kind: 'text'; readonly text: string; readonly isWhole: boolean }
  | { readonly kind: 'picture'; readonly type: PictureType }
  | { readonly kind: 'hex'; readonly isWhole: boolean };

/**
 * Judges by content, never by name: pictures by their signature and only of types that cannot run anything
 * (no SVG), text when it is UTF-8 without control characters, all else as hex.
 *
 * @param bytes the beginning of the file
 * @param totalBytes its whole length
 */
export function judgeContent(bytes: Uint8Array, totalBytes: number): Preview {
  if (totalBytes === 0) return { kind: 'empty' };
  const isWhole = bytes.length >= totalBytes;
  const type = recognisePicture(bytes);
  if (type !== null && totalBytes <= PICTURE_BYTES && countPixels(bytes, type) <= MOST_PIXELS) {
    return { kind: 'picture', type };
  }
  const text = decodeText(bytes, isWhole);
  return text === null ? { kind: 'hex', isWhole } : { kind: 'text', text, isWhole };
}

function recognisePicture(bytes: Uint8Array): PictureType | null {
  if (startsWith(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (startsWith(bytes, 0, '\xff\xd8\xff')) return 'image/jpeg';
  if (startsWith(bytes, 0, 'GIF87a') || startsWith(bytes, 0, 'GIF89a')) return 'image/gif';
  if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) return 'image/webp';
  return null;
}

/** Width times height from the picture's header; infinite when the header does not say. */
function countPixels(bytes: Uint8Array, type: PictureType): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    switch (type) {
      case 'image/png':
        return view.getUint32(16) * view.getUint32(20);
      case 'image/gif':
        return view.getUint16(6, true) * view.getUint16(8, true);
      case 'image/webp':
        return countWebpPixels(bytes, view);
      case 'image/jpeg':
        return countJpegPixels(view);
    }
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** The three WebP forms (RFC 9649 section 2): lossy, lossless and extended. */
function countWebpPixels(bytes: Uint8Array, view: DataView): number {
  if (startsWith(bytes, 12, 'VP8 ')) {
    return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff);
  }
  if (startsWith(bytes, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return ((bits & 0x3fff) + 1) * (((bits >>> 14) & 0x3fff) + 1);
  }
  if (startsWith(bytes, 12, 'VP8X')) {
    return ((view.getUint32(24, true) & 0xffffff) + 1) * ((view.getUint32(27, true) & 0xffffff) + 1);
  }
  return Number.POSITIVE_INFINITY;
}

/** From the first start-of-frame segment (ITU T.81, B.2.2): SOF0 to SOF15 but DHT, JPG and DAC. */
function countJpegPixels(view: DataView): number {
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return Number.POSITIVE_INFINITY;
    const marker = view.getUint8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return view.getUint16(at + 5) * view.getUint16(at + 7);
    }
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
}

/** Text, or null. The end may cut a character in two when the file goes on. */
function decodeText(bytes: Uint8Array, isWhole: boolean): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

function startsWith(bytes: Uint8Array, at: number, signature: string): boolean {
  if (bytes.length < at + signature.length) return false;
  for (let index = 0; index < signature.length; index += 1) {
    if (bytes[at + index] !== signature.charCodeAt(index)) return false;
  }
  return true;
}

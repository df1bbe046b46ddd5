import { isUtf8 } from 'node:buffer';

/**
 * A name or symlink target for people: UTF-8 decoded; bytes that are not UTF-8 and control characters as `\xNN`;
 * other characters that could make text look like other text (text direction, invisible line ends) as `\uNNNN`.
 */
export function showName(bytes: Buffer): string {
  const text = plainAscii(bytes);
  if (text !== null) return text;
  let shown = '';
  for (const piece of pieces(bytes)) {
    shown += piece.isText ? piece.text.replace(UNSAFE, escapeCharacter) : escapeBytes(piece.bytes, '\\x');
  }
  return shown;
}

/** One name as `TreeEntry.path` has it: `%`, control characters and bytes that are not UTF-8 percent-encoded. */
export function encodeName(bytes: Buffer): string {
  const text = plainAscii(bytes);
  if (text !== null && !text.includes('%') && !text.includes('/')) return text;
  let encoded = '';
  for (const piece of pieces(bytes)) {
    encoded += piece.isText
      ? piece.text.replace(ENCODED, (character) => escapeBytes(Buffer.from(character), '%').toUpperCase())
      : escapeBytes(piece.bytes, '%').toUpperCase();
  }
  return encoded;
}

/** `/a/b` as names; `/` is none. A `%` that begins no escape stands for itself. */
export function decodePath(path: string): readonly Buffer[] {
  return path
    .split('/')
    .filter((name) => name !== '')
    .map(decodeName);
}

/** The path of an entry below a directory whose path is known. */
export function joinPath(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

/** Names as one path, each encoded. */
export function encodePath(names: readonly Buffer[]): string {
  return `/${names.map(encodeName).join('/')}`;
}

/** C0, DEL and C1; direction marks, overrides and isolates; line and paragraph separators; the byte order mark. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const ENCODED = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff%/]/g;

/** Most names: printable ASCII, which needs no care. Null for all others. */
function plainAscii(bytes: Buffer): string | null {
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]!;
    if (byte < 0x20 || byte > 0x7e) return null;
  }
  return bytes.toString('latin1');
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

function escapeBytes(bytes: Buffer, prefix: string): string {
  return Array.from(bytes, (byte) => prefix + hex(byte, 2)).join('');
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

type Piece =
  | { readonly isText: true; readonly text: string }
  | { readonly isText: false; readonly bytes: Buffer };

/** Runs of valid UTF-8, and the single bytes between them. */
function* pieces(bytes: Buffer): Generator<Piece> {
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    if (at > start) yield { isText: true, text: bytes.toString('utf8', start, at) };
    yield { isText: false, bytes: bytes.subarray(at, at + 1) };
    at += 1;
    start = at;
  }
  if (bytes.length > start) yield { isText: true, text: bytes.toString('utf8', start) };
}

/** Bytes of the character that begins here; 0 when none does. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

function decodeName(name: string): Buffer {
  if (!name.includes('%')) return Buffer.from(name);
  const parts = name.split(/%([0-9A-Fa-f]{2})/);
  return Buffer.concat(parts.map((part, index) => Buffer.from(part, index % 2 === 1 ? 'hex' : 'utf8')));
}

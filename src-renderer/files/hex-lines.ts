const PER_LINE = 16;

/** One line of a hex view. */
export interface HexLine {
  /** Eight hex digits or more. */
  readonly offset: string;
  /** Sixteen bytes in two groups of eight, padded to full width. */
  readonly hex: string;
  /** The same bytes as ASCII, a dot for what cannot be printed. */
  readonly ascii: string;
}

/** How many lines `count` bytes take. */
export function countHexLines(count: number): number {
  return Math.ceil(count / PER_LINE);
}

/** The line with this number, 0 being the first. */
export function formatHexLine(bytes: Uint8Array, line: number): HexLine {
  const start = line * PER_LINE;
  const part = bytes.subarray(start, start + PER_LINE);
  const pairs = Array.from(part, (byte) => byte.toString(16).padStart(2, '0'));
  while (pairs.length < PER_LINE) pairs.push('  ');
  return {
    offset: start.toString(16).padStart(8, '0'),
    hex: `${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}`,
    ascii: Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(
      '',
    ),
  };
}

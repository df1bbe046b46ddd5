/** A run of text from an image: shown as it is, or (`isMark`) an escape that stands for what cannot be shown. */
export interface TextRun {
  readonly text: string;
  readonly isMark: boolean;
}

/**
 * Cuts text from an image into what can be shown safely: control characters, characters that reorder or
 * hide their neighbours, and halves of surrogate pairs become visible escapes (`\x1b`, `\u202e`). A line
 * feed is marked `\n` and still breaks the line. Plain text comes back as one run.
 */
export function splitVisible(text: string): readonly TextRun[] {
  const runs: TextRun[] = [];
  let end = 0;
  for (const match of text.matchAll(UNSAFE)) {
    if (match.index > end) runs.push({ text: text.slice(end, match.index), isMark: false });
    runs.push({ text: Array.from(match[0], escapeCharacter).join(''), isMark: true });
    end = match.index + match[0].length;
    if (match[0].endsWith('\n')) runs.push({ text: '\n', isMark: false });
  }
  if (end < text.length) runs.push({ text: text.slice(end), isMark: false });
  return runs;
}

/** The same as one string, for titles and other places that take no markup. */
export function toVisible(text: string): string {
  return splitVisible(text)
    .filter((run) => run.isMark || run.text !== '\n')
    .map((run) => run.text)
    .join('');
}

/**
 * C0 and C1 controls, soft hyphen, Arabic letter mark, zero-width and direction marks, line and paragraph
 * separators, embeddings, isolates, invisible operators, byte order mark, interlinear marks, tags, and lone
 * surrogates. Runs are cut after a line feed, so that each keeps its own line break.
 */
const UNSAFE =
  /\n|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]+\n?/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

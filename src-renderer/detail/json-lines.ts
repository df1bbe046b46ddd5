/** Levels beyond this are not indented further: a thousand brackets must not cost a million spaces. */
const DEEPEST_INDENT = 40;

/** What a piece of a line is, for its colour. */
export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'literal' | 'plain';
  readonly text: string;
}

/**
 * JSON text laid out one value per line with two spaces a level. Works on the text itself, so that numbers,
 * escapes and repeated keys stay as they were written. Text that is not JSON comes back as its own lines.
 */
export function layOutJson(text: string): { readonly lines: readonly string[]; readonly isJson: boolean } {
  if (!isJson(text)) return { lines: text.split('\n'), isJson: false };
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const breakLine = () => {
    lines.push(line);
    line = '  '.repeat(Math.min(depth, DEEPEST_INDENT));
  };
  let previous = '';
  for (const token of scan(text)) {
    if (/^\s/.test(token)) continue;
    const closes = token === '}' || token === ']';
    if (closes) depth -= 1;
    if (OPENING.has(previous) ? !closes : closes || previous === ',') breakLine();
    line += token === ':' ? ': ' : token;
    if (OPENING.has(token)) depth += 1;
    previous = token;
  }
  lines.push(line);
  return { lines, isJson: true };
}

/** The pieces of one line that `layOutJson` made, or of the beginning of one; their texts joined are the line. */
export function tokeniseLine(line: string): readonly JsonToken[] {
  const texts = [...scan(line)];
  return texts.map((text, index) => ({ kind: classify(text, texts[index + 1]), text }));
}

const OPENING = new Set(['{', '[']);

function classify(text: string, next: string | undefined): JsonToken['kind'] {
  if (text.startsWith('"')) return next === ':' ? 'key' : 'string';
  if (/^-?\d/.test(text)) return 'number';
  return text === 'true' || text === 'false' || text === 'null' ? 'literal' : 'plain';
}

/** Brackets, commas and colons one by one; strings, words and white space whole. */
function* scan(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text[start] === '"' ? endOfString(text, start) : endOfWord(text, start);
    yield text.slice(start, end);
    start = end;
  }
}

/** By hand: a regular expression with a repeated group overflows the stack on strings of megabytes. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index + 1;
  }
  return text.length;
}

function endOfWord(text: string, start: number): number {
  const pattern = /[{}[\],:]|\s+|[^\s{}[\],:"]+/y;
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start + 1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

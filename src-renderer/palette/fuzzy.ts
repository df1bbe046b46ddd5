/** Characters of a text that a query found: from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Match {
  /** Higher is better. Comparable between texts of one query. */
  readonly score: number;
  /** In order, none touching another. */
  readonly ranges: readonly Range[];
}

/** A text made ready to be searched often. */
export interface Haystack {
  readonly text: string;
  /** In lower case, of the same length, so that places in it are places in the text. */
  readonly lower: string;
}

const WORD_START = 100;
const INSIDE = 60;
const SCATTERED = 20;
/** For a word that follows the one before it in the text as well. */
const NEXT_TO = 8;

export function haystackOf(text: string): Haystack {
  const lower = text.toLowerCase();
  // A few letters, such as İ, are longer in lower case: such a text is found by its letters as they are.
  return { text, lower: lower.length === text.length ? lower : text };
}

/** The words of a query, in lower case. */
export function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/**
 * Whether every word is in the text, in any order: as it stands, best at the start of a word of the text, or else
 * in a few pieces in order. Null when one is not. No words match everything.
 */
export function matchWords({ lower }: Haystack, words: readonly string[]): Match | null {
  let score = 0;
  const ranges: Range[] = [];
  for (const word of words) {
    const found = findWhole(lower, word) ?? findScattered(lower, word);
    if (found === null) return null;
    const isNext = ranges.length > 0 && found.ranges[0]!.start === ranges.at(-1)!.end + 1;
    score += found.score + (isNext ? NEXT_TO : 0);
    ranges.push(...found.ranges);
  }
  // Of texts that match alike the shorter one is nearer to what was typed.
  return { score: score - lower.length / 100, ranges: joinRanges(ranges) };
}

function findWhole(text: string, word: string): Match | null {
  let best = text.indexOf(word);
  if (best < 0) return null;
  for (let at = best; at >= 0; at = text.indexOf(word, at + 1)) {
    if (!startsWord(text, at)) continue;
    best = at;
    break;
  }
  const score = (startsWord(text, best) ? WORD_START : INSIDE) + word.length;
  return { score: score + (best === 0 ? 5 : 0), ranges: [{ start: best, end: best + word.length }] };
}

/** Letters in order with others between them, in as few pieces as the last place allows. */
function findScattered(text: string, word: string): Match | null {
  const places: number[] = [];
  let from = 0;
  for (const letter of word) {
    const at = text.indexOf(letter, from);
    if (at < 0) return null;
    places.push(at);
    from = at + letter.length;
  }
  // The end is fixed; taking the others as late as possible brings them together.
  for (let index = places.length - 2; index >= 0; index -= 1) {
    places[index] = text.lastIndexOf(word[index]!, places[index + 1]! - 1);
  }
  const ranges = joinRanges(places.map((start) => ({ start, end: start + 1 })));
  // Letters all over a long name are chance, not what somebody meant.
  if (ranges.length > Math.max(2, word.length / 2)) return null;
  return { score: SCATTERED + word.length - 4 * ranges.length, ranges };
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || /[\s/:@._\-()]/.test(text[at - 1]!);
}

function joinRanges(ranges: readonly Range[]): readonly Range[] {
  const joined: Range[] = [];
  for (const range of ranges.toSorted((left, right) => left.start - right.start)) {
    const last = joined.at(-1);
    if (last === undefined || range.start > last.end) joined.push(range);
    else joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return joined;
}

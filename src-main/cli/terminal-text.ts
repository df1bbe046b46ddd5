/**
 * Text from images, databases and file names as one line of a terminal may show it: control characters (line
 * feeds and escape sequences among them), invisible and reordering characters, and halves of surrogate pairs
 * become `\u{…}`. A reference must not move the cursor, hide its neighbour, or pass for another one.
 */
export function terminalText(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/**
 * A value as JSON text that is the same value to a parser and holds nothing a terminal would obey: JSON itself
 * lets the C1 controls and the reordering characters through.
 */
export function terminalJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE_IN_JSON, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character.charCodeAt(index))).join(''),
  );
}

/** Controls (Cc), formatting characters (Cf), lone surrogates (Cs), line and paragraph separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** The same without the line feeds that `JSON.stringify` indents with: those of texts are escaped already. */
const UNSAFE_IN_JSON = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

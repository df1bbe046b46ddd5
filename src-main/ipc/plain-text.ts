/**
 * `text` as a log or a terminal may show it: control characters other than newline and tab, and the
 * characters that reorder text, as `\u{…}`. Image metadata ends up in error messages.
 */
export function plainText(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u{${character.charCodeAt(0).toString(16)}}`,
  );
}

import { describe, expect, it } from 'vitest';
import { plainText } from './plain-text.ts';

describe('plainText', () => {
  it('leaves text, newlines and tabs as they are', () => {
    expect(plainText('Größe 1 — ok\n\tat x')).toBe('Größe 1 — ok\n\tat x');
  });

  it.each([
    ['a terminal escape', '\u001b[2J', '\\u{1b}[2J'],
    ['a carriage return', 'a\rb', 'a\\u{d}b'],
    ['a C1 control', '\u009b31m', '\\u{9b}31m'],
    ['a right-to-left override', 'exe\u202egpj', 'exe\\u{202e}gpj'],
    ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ])('spells out %s', (_title, text, expected) => {
    expect(plainText(text)).toBe(expected);
  });
});

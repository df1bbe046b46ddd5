import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { terminalJson, terminalText } from './terminal-text.ts';

const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('terminalText', () => {
  it('leaves what people read as it is', () => {
    expect(terminalText('ghcr.io/größe:日本 🙂 — ok')).toBe('ghcr.io/größe:日本 🙂 — ok');
  });

  it.each([
    ['an escape sequence', '\u001b[2J', '\\u{1b}[2J'],
    ['a link of a terminal', '\u001b]8;;https://x\u0007', '\\u{1b}]8;;https://x\\u{7}'],
    ['a C1 control', '\u009b31m', '\\u{9b}31m'],
    ['a line feed and a tab', 'a\n\tb', 'a\\u{a}\\u{9}b'],
    ['a right-to-left override', 'exe\u202egpj', 'exe\\u{202e}gpj'],
    ['a zero-width space', 'py\u200bthon', 'py\\u{200b}thon'],
    ['half a surrogate pair', 'x\ud800', 'x\\u{d800}'],
    ['an invisible tag', 'x\u{e0041}', 'x\\u{e0041}'],
  ])('spells out %s', (_title, text, expected) => {
    expect(terminalText(text)).toBe(expected);
  });

  it('lets nothing through that a terminal obeys, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !CONTROLS.test(terminalText(text))));
  });
});

describe('terminalJson', () => {
  it('is the same value to a parser, and nothing a terminal obeys', () => {
    const text = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(fc.dictionary(text, fc.array(text)), (value) => {
        const json = terminalJson(value);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(json.replaceAll('\n', '')).not.toMatch(CONTROLS);
      }),
    );
  });
});

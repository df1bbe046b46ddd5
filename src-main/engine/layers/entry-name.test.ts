import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePath, encodeName, encodePath, showName } from './entry-name.ts';

/** Bytes that a file name can have. */
const nameBytes = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ minLength: 1, unit: 'binary' }).map((text) => Buffer.from(text)),
    fc.string({ minLength: 1 }).map((text) => Buffer.from(text)),
  )
  .filter((bytes) => bytes.length > 0);

describe('a path', () => {
  it('leads back to exactly the bytes it was made of', () => {
    fc.assert(
      fc.property(fc.array(nameBytes, { maxLength: 5 }), (names) => {
        expect(decodePath(encodePath(names)).map((name) => name.toString('hex'))).toEqual(
          names.map((name) => name.toString('hex')),
        );
      }),
    );
  });

  it('has nothing in it that the contract refuses', () => {
    fc.assert(
      fc.property(nameBytes, (name) => {
        expect(encodeName(name)).not.toMatch(/[\u0000-\u001f\u007f\u202a-\u202e/]/);
      }),
    );
  });

  it('is the same however a person writes it', () => {
    expect(encodePath(decodePath('//usr///lib/'))).toBe('/usr/lib');
    expect(encodePath(decodePath('/%75sr/a%2fb'))).toBe('/usr/a%2Fb');
    expect(encodePath(decodePath('/100%/50%zz'))).toBe('/100%25/50%25zz');
    expect(encodePath([])).toBe('/');
  });
});

describe('a name', () => {
  it.each([
    ['plain', 'plain'],
    ['tab\tand\u001b[31m', 'tab\\x09and\\x1b[31m'],
    ['\u0085\u009b', '\\u0085\\u009b'],
    ['\u202eevil\u2066\ufeff', '\\u202eevil\\u2066\\ufeff'],
    ['línea\u2028', 'línea\\u2028'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
  ])('of text is shown as text, all that deceives escaped: %j', (text, shown) => {
    expect(showName(Buffer.from(text))).toBe(shown);
  });

  it.each([
    ['stray bytes', [0x61, 0xff, 0x62], 'a\\xffb'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    ['an overlong slash', [0xc0, 0xaf], '\\xc0\\xaf'],
    ['a character that is cut off', [0x41, 0xe2, 0x82], 'A\\xe2\\x82'],
  ])('that is not UTF-8 shows its bytes: %s', (_, bytes, shown) => {
    expect(showName(Buffer.from(bytes))).toBe(shown);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutJson, tokeniseLine } from './json-lines.ts';

describe('layOutJson', () => {
  it('writes one value per line, two spaces a level', () => {
    expect(layOutJson('{"a":[1,{"b":null}],"c":"x, y"}').lines).toEqual([
      '{',
      '  "a": [',
      '    1,',
      '    {',
      '      "b": null',
      '    }',
      '  ],',
      '  "c": "x, y"',
      '}',
    ]);
  });

  it('keeps empty brackets together', () => {
    expect(layOutJson('{"a":{},"b":[ ]}').lines).toEqual(['{', '  "a": {},', '  "b": []', '}']);
  });

  it('keeps numbers that a double cannot hold, and repeated keys', () => {
    expect(layOutJson('{"n":9007199254740993,"n":1.0}').lines).toEqual([
      '{',
      '  "n": 9007199254740993,',
      '  "n": 1.0',
      '}',
    ]);
  });

  it('lays out every value as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        expect(layOutJson(text).lines.join('\n')).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it('gives text that is not JSON back line by line', () => {
    expect(layOutJson('{"a":\nbroken')).toEqual({ lines: ['{"a":', 'broken'], isJson: false });
  });

  it('stays small for a thousand nested brackets', () => {
    const { lines } = layOutJson('['.repeat(1000) + ']'.repeat(1000));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(100);
  });
});

it('lays out strings of megabytes', () => {
  const text = JSON.stringify({ a: 'x\n"'.repeat(1_000_000) });
  expect(layOutJson(text).lines).toHaveLength(3);
});

describe('tokeniseLine', () => {
  it('tells keys, strings, numbers and literals apart', () => {
    const kinds = (line: string) => tokeniseLine(line).filter((token) => token.kind !== 'plain');
    expect(kinds('  "a": "b",')).toEqual([
      { kind: 'key', text: '"a"' },
      { kind: 'string', text: '"b"' },
    ]);
    expect(kinds('  -1.5e3,')).toEqual([{ kind: 'number', text: '-1.5e3' }]);
    expect(kinds('true')).toEqual([{ kind: 'literal', text: 'true' }]);
  });

  it('loses no character of any line', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        const plain = line.replaceAll(/[\n\r\u2028\u2029]/g, ' ');
        expect(
          tokeniseLine(plain)
            .map((token) => token.text)
            .join(''),
        ).toBe(plain);
      }),
    );
  });
});

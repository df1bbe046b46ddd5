import { describe, expect, it } from 'vitest';
import { parseServeOptions } from './serve-options.ts';

function parse(...argv: string[]) {
  return parseServeOptions(argv, '/folder');
}

describe('parseServeOptions', () => {
  it('has a default for everything', () => {
    expect(parse()).toEqual({ home: null, sample: false, port: 0, token: null });
  });

  it('takes values behind a space or an equals sign', () => {
    const expected = { home: '/cache', sample: false, port: 8080, token: 'abcdEFGH_-.~1' };
    expect(parse('--home', '/cache', '--port', '8080', '--token', 'abcdEFGH_-.~1')).toEqual(expected);
    expect(parse('--token=abcdEFGH_-.~1', '--port=8080', '--home=/cache')).toEqual(expected);
    expect(parse('--sample').sample).toBe(true);
  });

  it('takes a relative home as seen from the working directory', () => {
    expect(parse('--home', '../cache').home).toBe('/cache');
    expect(parse('--home', '.').home).toBe('/folder');
    expect(parse('--home', '-odd').home).toBe('/folder/-odd');
  });

  it.each([
    [
      ['--hom', '/cache'],
      '“--hom” is not an option; usage: serve [--home DIR | --sample] [--port N] [--token T]',
    ],
    [['extra'], '“extra” is not an option; usage: serve [--home DIR | --sample] [--port N] [--token T]'],
    [['\u001b[2J\nnext line'], '“\\u{1b}[2J\\nnext line” is not an option; '],
    [['--home'], '--home needs a value'],
    [['--home='], '--home needs a value'],
    [['--home', '--port', '1'], '--home needs a value'],
    [['--home', 'a\0b'], '--home has a NUL in it'],
    [['--home', '/a', '--home', '/b'], '--home is given twice'],
    [['--home', '/a', '--sample'], '--home and --sample exclude each other'],
    [['--sample=yes'], '--sample takes no value'],
    [['--port', '65536'], '--port is a number from 0 to 65535, not “65536”'],
    [['--port', '-1'], '--port is a number from 0 to 65535, not “-1”'],
    [['--port', '8e3'], '--port is a number from 0 to 65535, not “8e3”'],
    [['--port', '0x50'], '--port is a number from 0 to 65535, not “0x50”'],
    [['--port', ''], '--port needs a value'],
    [['--token', 'short'], '--token takes 8 to 256 characters out of A-Z a-z 0-9 - _ . ~'],
    [['--token', 'with a space'], '--token takes 8 to 256 characters out of A-Z a-z 0-9 - _ . ~'],
    [['--token', 'abcdefgh#'], '--token takes 8 to 256 characters out of A-Z a-z 0-9 - _ . ~'],
    [['--token', 'x'.repeat(257)], '--token takes 8 to 256 characters out of A-Z a-z 0-9 - _ . ~'],
  ])('refuses %j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message);
  });
});

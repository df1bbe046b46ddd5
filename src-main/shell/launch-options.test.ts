import { describe, expect, it } from 'vitest';
import { handOver, parseLaunchOptions, readHandedOver } from './launch-options.ts';

const NOTHING = { home: null, sample: false, smoke: false, reference: null };

describe('parseLaunchOptions', () => {
  it('reads home, sample, smoke and a link among what Electron and Chromium add', () => {
    const argv = [
      '--no-sandbox',
      '.',
      '--home',
      'cache',
      '--remote-debugging-port=0',
      'strata://image/alpine',
      '--smoke',
    ];
    expect(parseLaunchOptions(argv, '/folder')).toEqual({
      home: '/folder/cache',
      sample: false,
      smoke: true,
      reference: 'alpine',
    });
  });

  it('takes nothing from a link that is not well-formed', () => {
    expect(parseLaunchOptions(['strata://image/..%2f..', '/some/file'], '/folder')).toEqual(NOTHING);
  });

  it('refuses a home without a value', () => {
    expect(() => parseLaunchOptions(['--home'], '/folder')).toThrow('--home needs a value');
  });
});

describe('readHandedOver', () => {
  it('reads what another start handed over, relative to where that was started', () => {
    const data: unknown = structuredClone(handOver(['.', '--home', 'cache'], '/elsewhere'));
    expect(readHandedOver(data)).toEqual({ ...NOTHING, home: '/elsewhere/cache' });
  });

  it.each([
    undefined,
    null,
    'text',
    {},
    { argv: ['--home', '/x'] },
    { argv: ['--home', '/x'], cwd: 'relative' },
    { argv: ['--home', '/x'], cwd: '/', more: 1 },
    { argv: '--home', cwd: '/' },
    { argv: [1], cwd: '/' },
    { argv: Array(1000).fill('x'), cwd: '/' },
    { argv: ['x'.repeat(100_000)], cwd: '/' },
    { argv: ['--home'], cwd: '/' },
    { argv: ['--home', 'a\0b'], cwd: '/' },
  ])('takes nothing from %.60j', (data) => {
    expect(readHandedOver(data)).toBeNull();
  });
});

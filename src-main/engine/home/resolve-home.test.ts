import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runMsb } from '../../../test-support/msb.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { CacheFailure } from '../failure.ts';
import { resolveHome } from './resolve-home.ts';

describe('resolveHome', () => {
  it('takes .microsandbox in the home of the user when nothing says otherwise', () => {
    const user = scratchDir('user');
    expect(resolveHome({ homeOption: null, env: {}, userHome: user })).toEqual({
      home: path.join(user, '.microsandbox'),
      databaseFile: path.join(user, '.microsandbox/db/msb.db'),
      cacheDir: path.join(user, '.microsandbox/cache'),
      snapshotsDir: path.join(user, '.microsandbox/snapshots'),
      sandboxesDir: path.join(user, '.microsandbox/sandboxes'),
      runDir: path.join(user, '.microsandbox/run'),
    });
    expect(readdirSync(user)).toEqual([]);
  });

  it('prefers the option to MSB_HOME, and MSB_HOME to the home of the user', () => {
    const env = { MSB_HOME: '/srv/msb/' };
    expect(resolve({ env }).home).toBe('/srv/msb');
    expect(resolve({ env, homeOption: '/srv/other' }).home).toBe('/srv/other');
  });

  it('counts an empty MSB_HOME as unset', () => {
    expect(resolveHome({ homeOption: null, env: { MSB_HOME: '' }, userHome: '/home/a' }).home).toBe(
      '/home/a/.microsandbox',
    );
  });

  it('lets config.json move everything, or single folders', () => {
    expect(withConfig({ home: '/srv/data' })).toEqual({
      home: '/srv/data',
      databaseFile: '/srv/data/db/msb.db',
      cacheDir: '/srv/data/cache',
      snapshotsDir: '/srv/data/snapshots',
      sandboxesDir: '/srv/data/sandboxes',
      runDir: '/srv/data/run',
    });
    const paths = { cache: '/c', sandboxes: '/s', snapshots: '/n', volumes: 'not ours' };
    expect(withConfig({ home: '/srv/data', paths })).toMatchObject({
      databaseFile: '/srv/data/db/msb.db',
      cacheDir: '/c',
      sandboxesDir: '/s',
      snapshotsDir: '/n',
      runDir: '/srv/data/run',
    });
  });

  it('takes null as absent and leaves other keys alone', () => {
    const home = homeWith('{"home":null,"paths":{"cache":null},"database":{"url":5},"profiles":"x"}');
    expect(resolve({ homeOption: home })).toMatchObject({ home, cacheDir: path.join(home, 'cache') });
  });

  it('reads config.json from MSB_CONFIG_PATH instead, and none when that is empty or names no file', () => {
    const home = homeWith('{"home":"/from-home"}');
    const elsewhere = path.join(homeWith('{"home":"/from-elsewhere"}'), 'config.json');
    expect(resolve({ homeOption: home, env: { MSB_CONFIG_PATH: elsewhere } }).home).toBe('/from-elsewhere');
    expect(resolve({ homeOption: home, env: { MSB_CONFIG_PATH: '' } }).home).toBe(home);
    expect(resolve({ homeOption: home, env: { MSB_CONFIG_PATH: '/nowhere/at/all.json' } }).home).toBe(home);
  });

  it.each([
    ['empty', '', /is empty/],
    ['malformed', '{"home": ', /not valid JSON/],
    ['not an object', '[]', /JSON object/],
    ['null', 'null', /JSON object/],
    ['not UTF-8', Buffer.from('7b22ff223a317d', 'hex'), /not valid JSON/],
    ['with a byte order mark', '\u{feff}{}', /not valid JSON/],
    ['larger than it can be', `{"a":"${'x'.repeat(1024 * 1024)}"}`, /larger than/],
    ['with a relative home', '{"home":"data"}', /"home" is "data", which is not an absolute path/],
    ['with an empty home', '{"home":""}', /not an absolute path/],
    ['with a tilde, which msb does not expand', '{"home":"~/x"}', /not an absolute path/],
    ['with a relative cache', '{"paths":{"cache":"./cache"}}', /"paths.cache" is/],
    ['with a relative sandboxes folder', '{"paths":{"sandboxes":"s"}}', /"paths.sandboxes" is/],
    ['with a relative snapshots folder', '{"paths":{"snapshots":"s"}}', /"paths.snapshots" is/],
    ['with a home that is no text', '{"home":5}', /"home" is not a text/],
    ['with paths that are no object', '{"paths":["/c"]}', /"paths" is not an object/],
    ['with a NUL in a path', '{"home":"/a\\u0000b"}', /NUL/],
  ])('refuses a config.json that is %s, naming it', (_what, content, message) => {
    const home = homeWith(content);
    expect(issueOf(() => resolve({ homeOption: home }))).toEqual({
      path: path.join(home, 'config.json'),
      message: expect.stringMatching(message),
    });
  });

  it('resolves or refuses whatever bytes config.json holds', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '"home"',
      '"paths"',
      ':',
      ',',
      '"/a"',
      '"b"',
      '[',
      ']',
      'null',
      '1',
      '\u0000',
    );
    const anything = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc.array(pieces).map((all) => Buffer.from(all.join(''))),
    );
    const home = scratchDir('home');
    fc.assert(
      fc.property(anything, (bytes) => {
        writeFileSync(path.join(home, 'config.json'), bytes);
        try {
          expect(Object.values(resolve({ homeOption: home })).every((value) => path.isAbsolute(value))).toBe(
            true,
          );
        } catch (error) {
          if (!(error instanceof CacheFailure)) throw error;
          expect(error.error).toMatchObject({ code: 'invalid-input' });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a directory, a FIFO and a device in place of config.json without waiting', () => {
    const directory = scratchDir('home');
    mkdirSync(path.join(directory, 'config.json'));
    expect(issueOf(() => resolve({ homeOption: directory })).message).toMatch(/regular file/);
    if (process.platform === 'win32') return;
    const fifo = scratchDir('home');
    execFileSync('mkfifo', [path.join(fifo, 'config.json')]);
    expect(issueOf(() => resolve({ homeOption: fifo })).message).toMatch(/regular file/);
    const device = scratchDir('home');
    symlinkSync('/dev/zero', path.join(device, 'config.json'));
    expect(issueOf(() => resolve({ homeOption: device })).message).toMatch(/regular file/);
  });

  it('refuses relative paths from the option and the environment, naming which', () => {
    expect(issueOf(() => resolve({ homeOption: 'here' })).path).toBe('--home');
    expect(issueOf(() => resolve({ homeOption: '' })).path).toBe('--home');
    expect(issueOf(() => resolve({ env: { MSB_HOME: 'here' } })).path).toBe('MSB_HOME');
    expect(issueOf(() => resolve({ env: { MSB_CONFIG_PATH: 'c.json' } })).path).toBe('MSB_CONFIG_PATH');
    expect(issueOf(() => resolveHome({ homeOption: null, env: {}, userHome: '' })).path).toBe('HOME');
  });

  it('follows ".." behind a symbolic link as the system does, and refuses it where nothing can be followed', () => {
    const root = scratchDir('links');
    mkdirSync(path.join(root, 'far/inner'), { recursive: true });
    mkdirSync(path.join(root, 'far/home'));
    symlinkSync(path.join(root, 'far/inner'), path.join(root, 'link'));
    expect(resolve({ homeOption: `${root}/link/../home` }).home).toBe(path.join(root, 'far/home'));
    expect(issueOf(() => resolve({ homeOption: `${root}/link/../nothing` })).message).toMatch(/without ".."/);
  });

  it('takes a home that is a file or does not exist as one without config.json', () => {
    const file = path.join(scratchDir('home'), 'file');
    writeFileSync(file, '');
    expect(resolve({ homeOption: file }).home).toBe(file);
    expect(resolve({ homeOption: `${file}-that-is-not-there` }).home).toBe(`${file}-that-is-not-there`);
  });
});

describeWithMsb('resolveHome beside msb', (version) => {
  it('finds the database and the cache where msb puts them', async () => {
    const data = path.join(scratchDir('data'), 'home');
    const cache = path.join(scratchDir('data'), 'cache');
    for (const config of [{}, { home: data }, { home: data, paths: { cache } }, { paths: { cache: null } }]) {
      const home = homeWith(JSON.stringify(config));
      await runMsb(home, ['image', 'prune', '-y'], { version });
      const resolved = resolve({ env: { MSB_HOME: home } });
      expect([existsSync(resolved.databaseFile), existsSync(resolved.cacheDir)]).toEqual([true, true]);
    }
    expect(readdirSync(cache)).toContain('layers');
  });

  it('reads no config.json when MSB_CONFIG_PATH is empty, like msb', async () => {
    const home = homeWith('{"home": broken');
    await runMsb(home, ['image', 'ls'], { version, env: { MSB_CONFIG_PATH: '' } });
    const resolved = resolve({ env: { MSB_HOME: home, MSB_CONFIG_PATH: '' } });
    expect(existsSync(resolved.databaseFile)).toBe(true);
  });
});

function resolve(options: { homeOption?: string; env?: Readonly<Record<string, string>> }) {
  return resolveHome({
    homeOption: options.homeOption ?? null,
    env: options.env ?? {},
    userHome: scratchDir('user'),
  });
}

function withConfig(config: unknown) {
  return resolve({ homeOption: homeWith(JSON.stringify(config)) });
}

function homeWith(config: string | Buffer): string {
  const home = scratchDir('home');
  writeFileSync(path.join(home, 'config.json'), config);
  return home;
}

function issueOf(work: () => unknown): { path: string; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof CacheFailure && error.error.code === 'invalid-input') return error.error.issues[0]!;
    throw error;
  }
  throw new Error('nothing was refused');
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import config from '../packaging/electron-builder.config.mjs';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

describe('the packaged app', () => {
  it('has every fuse set that Electron lets one set, to the safe side', () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
      resetAdHocDarwinSignature: true,
    });
  });

  it('is one archive, whose native modules are not compiled anew', () => {
    expect(config).toMatchObject({ asar: true, npmRebuild: false });
  });

  it('takes files by name, and none of the clone’s own Node and msb', () => {
    const taken = config.files.filter((pattern) => !pattern.startsWith('!'));
    expect(taken.sort()).toEqual([
      'LICENSE',
      'out/**',
      'package.json',
      'resources/icon/linux/256x256.png',
      'resources/sample/home.tar.gz',
    ]);
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    for (const name of Object.keys(optionalDependencies)) {
      const prefix = name.startsWith('msb-') ? '!node_modules/msb-*/**' : '!node_modules/node-{';
      expect(config.files.some((pattern) => pattern.startsWith(prefix))).toBe(true);
    }
  });

  it('leaves the choice of files to one list: a system’s own section would add everything else', () => {
    const sections = ['linux', 'mac', 'win'].map((name) => (config as Record<string, unknown>)[name]);
    for (const section of sections) expect(section).not.toHaveProperty('files');
  });

  it('opens links of its own scheme and of no other', () => {
    expect(config.protocols).toEqual([{ name: 'Strata image', schemes: ['strata'] }]);
  });

  it('is found by the desktop under one name: entry, windows, and handler of links', () => {
    const { desktopName } = JSON.parse(read('package.json')) as { desktopName: string };
    expect(desktopName).toBe(`${config.linux.executableName}.desktop`);
    expect(config.linux.syncDesktopName).toBe(true);
    expect(config.linux.desktop.entry).not.toHaveProperty('StartupWMClass');
  });

  it('names no mailbox that nobody reads', () => {
    expect(config.linux.maintainer).toMatch(/^[\w ]+$/);
  });

  it('is of an Electron pinned to one version, which the lockfile has', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      devDependencies: Record<string, string>;
    };
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };
    expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
    expect(lock.packages['node_modules/electron']?.version).toBe(devDependencies.electron);
  });
});

import { describe, expect, it } from 'vitest';
import { dataFolder } from './data-folder.ts';

describe('dataFolder', () => {
  const userHome = '/home/me';

  it.each([
    ['linux', {}, '/home/me/.local/share/strata'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/strata'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/me/.local/share/strata'],
    ['linux', { XDG_DATA_HOME: '' }, '/home/me/.local/share/strata'],
    ['darwin', { XDG_DATA_HOME: '/data' }, '/home/me/Library/Application Support/Strata'],
    ['win32', {}, '/home/me/AppData/Roaming/Strata'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/Strata'],
    ['linux', { STRATA_DATA_DIR: '/mine', XDG_DATA_HOME: '/data' }, '/mine'],
    ['linux', { STRATA_DATA_DIR: '../mine' }, '/home/me/.local/share/strata'],
  ])('on %s with %o is %s', (platform, env, folder) => {
    expect(dataFolder({ platform, env, userHome })).toBe(folder);
  });
});

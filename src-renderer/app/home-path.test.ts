import { expect, test } from 'vitest';
import { shortenHome, splitPath } from './home-path.ts';

test.each([
  ['/home/ada/.microsandbox', '~/.microsandbox'],
  ['/Users/ada/.microsandbox', '~/.microsandbox'],
  ['/root/.microsandbox', '~/.microsandbox'],
  ['C:\\Users\\ada\\.microsandbox', '~\\.microsandbox'],
  ['/home/ada', '~'],
  ['/rootless/cache', '/rootless/cache'],
  ['/srv/home/ada/cache', '/srv/home/ada/cache'],
])('shows %s as %s', (path, shown) => {
  expect(shortenHome(path)).toBe(shown);
});

test.each([
  ['~/.microsandbox', '~', '/.microsandbox'],
  ['/mnt/usb/old/home', '/mnt/usb', '/old/home'],
  ['D:\\images\\msb', 'D:', '\\images\\msb'],
  ['/srv/a-rather-long-folder-name/home', '/srv/a-rather-long-folder-name', '/home'],
  ['/a-very-long-last-name-of-all', '/a-very-long-last-name-of-all', ''],
  ['Sample cache', 'Sample cache', ''],
])('keeps of %s the end', (path, head, tail) => {
  expect(splitPath(path)).toEqual({ head, tail });
});

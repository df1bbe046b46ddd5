import { expect, test } from 'vitest';
import { shortenHome } from './home-path.ts';

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

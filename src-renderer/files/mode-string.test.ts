import { expect, it } from 'vitest';
import { formatMode, formatOctal } from './mode-string.ts';

it.each([
  [0o000, '---------', '000'],
  [0o644, 'rw-r--r--', '644'],
  [0o755, 'rwxr-xr-x', '755'],
  [0o4755, 'rwsr-xr-x', '4755'],
  [0o2644, 'rw-r-Sr--', '2644'],
  [0o1777, 'rwxrwxrwt', '1777'],
  [0o7666, 'rwSrwSrwT', '7666'],
])('writes %o as %s and %s', (mode, letters, octal) => {
  expect([formatMode(mode), formatOctal(mode)]).toEqual([letters, octal]);
});

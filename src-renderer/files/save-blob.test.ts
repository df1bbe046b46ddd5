import { expect, it } from 'vitest';
import { toSafeFileName } from './save-blob.ts';

it.each([
  ['main.py', 'main.py'],
  ['../../etc/passwd', '__.._etc_passwd'],
  ['a\u202egpj.exe', 'a_gpj.exe'],
  ['.bashrc', '_bashrc'],
  ['', 'file'],
])('saves %j as %j', (name, safe) => {
  expect(toSafeFileName(name)).toBe(safe);
});

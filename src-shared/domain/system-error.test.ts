import { expect, it } from 'vitest';
import { describeSystemError } from './system-error.ts';

it.each([
  ['ENOSPC', 'the disk is full (ENOSPC)'],
  ['EEXIST', 'something else is in its place (EEXIST)'],
  ['EWHATEVER', 'EWHATEVER'],
  ['unknown error', 'unknown error'],
  ['constructor', 'constructor'],
])('says of %s that %s', (code, words) => {
  expect(describeSystemError(code)).toBe(words);
});

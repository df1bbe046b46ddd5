import { expect, it } from 'vitest';
import { splitLines } from './text-lines.ts';

it.each([
  ['a\nb\n', ['a', 'b']],
  ['a\r\nb', ['a', 'b']],
  ['\n', ['']],
  ['', ['']],
  ['x\ty\n\tz', ['x   y', '    z']],
])('cuts %j into %j', (text, lines) => {
  expect(splitLines(text)).toEqual(lines);
});

import { expect, it } from 'vitest';
import { quoteWords } from './shell-words.ts';

it('leaves plain words bare and quotes the rest', () => {
  expect(quoteWords(['python3', '-c', "print('hi')", ''])).toBe(`python3 -c 'print('\\''hi'\\'')' ''`);
});

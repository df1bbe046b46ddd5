import { expect, test } from 'vitest';
import { fitChips } from './tag-chips.ts';

const tags = ['3.12-slim', '3.12', '3', 'latest'];

test('shows every tag where there is room', () => {
  expect(fitChips(tags, 400)).toEqual({ shown: tags, hidden: [] });
});

test('leaves room for the count of those that do not fit', () => {
  expect(fitChips(tags, 170)).toEqual({ shown: ['3.12-slim', '3.12'], hidden: ['3', 'latest'] });
});

test('shows the first tag however narrow', () => {
  expect(fitChips(tags, 0)).toEqual({ shown: ['3.12-slim'], hidden: ['3.12', '3', 'latest'] });
  expect(fitChips(['only'], 0)).toEqual({ shown: ['only'], hidden: [] });
});

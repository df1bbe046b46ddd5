import { expect, test } from 'vitest';
import { DEFAULT_PREFERENCES, parsePreferences } from './preferences.ts';

test('reads back what was stored', () => {
  const stored = {
    detailWidth: 500,
    isGrouped: true,
    sort: { column: 'on-disk', isAscending: true },
    recentCommands: ['refresh'],
  };
  expect(parsePreferences(JSON.stringify(stored))).toEqual(stored);
});

test.each([
  null,
  '',
  'null',
  '[]',
  '{"detailWidth":"wide","isGrouped":1,"sort":{"column":"__proto__"},"recentCommands":["__proto__",7]}',
  '{"detailWidth":1e9,"sort":"created"}',
])('falls back to the defaults for %s', (text) => {
  expect(parsePreferences(text)).toEqual(DEFAULT_PREFERENCES);
});

test('keeps the good fields of a half-broken store', () => {
  const parsed = parsePreferences('{"isGrouped":true,"recentCommands":["refresh",3,"__proto__"]}');
  expect(parsed).toEqual({ ...DEFAULT_PREFERENCES, isGrouped: true, recentCommands: ['refresh'] });
});

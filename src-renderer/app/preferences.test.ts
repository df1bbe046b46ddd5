import { expect, test } from 'vitest';
import { DEFAULT_PREFERENCES, parsePreferences } from './preferences.ts';

test('reads back what was stored', () => {
  const stored = {
    detailWidth: 500,
    isGrouped: true,
    sort: { column: 'on-disk', isAscending: true },
    recentHomes: ['/home/a/.microsandbox'],
    recentCommands: ['refresh'],
  };
  expect(parsePreferences(JSON.stringify(stored))).toEqual(stored);
});

test.each([
  null,
  '',
  'null',
  '[]',
  '{"detailWidth":"wide","isGrouped":1,"sort":{"column":"__proto__"},"recentHomes":{},"recentCommands":["__proto__",7]}',
  '{"detailWidth":1e9,"sort":"created"}',
])('falls back to the defaults for %s', (text) => {
  expect(parsePreferences(text)).toEqual(DEFAULT_PREFERENCES);
});

test('keeps the good fields of a half-broken store', () => {
  const parsed = parsePreferences('{"isGrouped":true,"recentHomes":["/a",3,"/b"]}');
  expect(parsed).toEqual({ ...DEFAULT_PREFERENCES, isGrouped: true, recentHomes: ['/a', '/b'] });
});

import { expect, test } from 'vitest';
import { joinEntries, rowsOf } from './image-entries.ts';
import { handle } from './image-fixtures.ts';
import { findTyped } from './type-ahead.ts';

const rows = rowsOf(
  joinEntries(
    ['python:3', 'ghcr.io/acme/postgres-ha:1', 'postgres:17', 'redis:8'].map((reference) =>
      handle(reference),
    ),
    null,
  ),
);

test('finds the next image whose last name begins so, around the end', () => {
  expect(findTyped(rows, 0, 'p')).toBe(1);
  expect(findTyped(rows, 1, 'p')).toBe(2);
  expect(findTyped(rows, 2, 'p')).toBe(0);
});

test('stays while the word being typed still fits', () => {
  expect(findTyped(rows, 2, 'po')).toBe(2);
  expect(findTyped(rows, 0, 'po')).toBe(1);
});

test('finds an owner and a registry too, and nothing in the middle of a word', () => {
  expect(findTyped(rows, 3, 'acme')).toBe(1);
  expect(findTyped(rows, 3, 'ghcr')).toBe(1);
  expect(findTyped(rows, 0, 'gres')).toBe(-1);
});

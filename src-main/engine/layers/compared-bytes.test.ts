import { expect, it } from 'vitest';
import { ComparedBytes } from './compared-bytes.ts';

const GIGABYTE = 1024 ** 3;

it('lets one answer compare eight gigabytes, in however many files', () => {
  const budget = new ComparedBytes();
  expect(budget.take(9 * GIGABYTE)).toBe(false);
  expect(budget.take(5 * GIGABYTE)).toBe(true);
  expect(budget.take(5 * GIGABYTE)).toBe(false);
  expect(budget.take(3 * GIGABYTE)).toBe(true);
  expect(budget.take(1)).toBe(false);
  expect(budget.take(0)).toBe(true);
});

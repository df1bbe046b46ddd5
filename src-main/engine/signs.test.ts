import { mkdirSync, utimesSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bareHome } from '../../test-support/bare-home.ts';
import type { HomePaths } from './home/paths.ts';
import { readStoreSigns } from './signs.ts';

const CHANGED_MS = Date.parse('2026-11-20T10:00:00Z');

let paths: HomePaths;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  paths = bareHome();
  mkdirSync(paths.cacheDir, { recursive: true });
});

afterEach(() => {
  vi.useRealTimers();
});

function isSettledAfter(milliseconds: number, changedMs: number): boolean {
  utimesSync(paths.cacheDir, changedMs / 1000, changedMs / 1000);
  vi.setSystemTime(CHANGED_MS + milliseconds);
  return readStoreSigns(paths).isSettled;
}

it('takes a time finer than a millisecond for settled after a tenth of a second', () => {
  expect(isSettledAfter(50, CHANGED_MS + 0.25)).toBe(false);
  expect(isSettledAfter(200, CHANGED_MS + 0.25)).toBe(true);
});

it('takes a time of whole milliseconds for settled after two seconds', () => {
  expect(isSettledAfter(200, CHANGED_MS)).toBe(false);
  expect(isSettledAfter(2500, CHANGED_MS)).toBe(true);
});

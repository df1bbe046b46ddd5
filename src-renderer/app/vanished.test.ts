import { expect, test } from 'vitest';
import type { HomeState, HomeStatus } from '../../src-shared/domain/home.ts';
import { hasVanished, noteHome } from './vanished.ts';

function state(home: string, status: HomeStatus): HomeState {
  return { home, status } as HomeState;
}

test('takes for vanished only a home that was on screen, as long as it is away', () => {
  expect(hasVanished(undefined)).toBe(false);
  noteHome(state('/mnt/usb', 'no-home'));
  expect(hasVanished(state('/mnt/usb', 'no-home'))).toBe(false);
  noteHome(state('/mnt/usb', 'open'));
  expect(hasVanished(state('/mnt/usb', 'open'))).toBe(false);
  expect(hasVanished(state('/mnt/usb', 'no-home'))).toBe(true);
  expect(hasVanished(state('/mnt/usb', 'no-database'))).toBe(true);
  expect(hasVanished(state('/home/a', 'no-home'))).toBe(false);
});

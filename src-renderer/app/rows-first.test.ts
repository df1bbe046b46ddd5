import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Client } from '../client.ts';
import { rowsFirst } from './rows-first.ts';

let asked: string[] = [];
let answer = new Map<string, (value: unknown) => void>();
let client: Client;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 16));
  asked = [];
  answer = new Map();
  client = rowsFirst({
    call: (name: string) =>
      new Promise((resolve) => {
        asked.push(name);
        answer.set(name, resolve);
      }),
  } as unknown as Client);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('holds back what takes long until the images were listed and drawn', async () => {
  void client.call('cache.usage', {});
  void client.call('home.get', {});
  void client.call('images.list', {});
  void client.call('images.facts', {});
  expect(asked).toEqual(['home.get', 'images.list']);
  answer.get('images.list')!({ ok: true, value: [] });
  await vi.advanceTimersByTimeAsync(20);
  expect(asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(16);
  expect(asked.slice(2)).toEqual(['cache.usage', 'images.facts']);
  void client.call('layers.list', {});
  expect(asked.at(-1)).toBe('layers.list');
});

test('goes on where the list cannot be had, and where nothing is drawn', async () => {
  vi.stubGlobal('requestAnimationFrame', () => 0);
  void client.call('cache.usage', {});
  void client.call('images.list', {});
  answer.get('images.list')!({ ok: false, error: { code: 'internal', incident: 'x' } });
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked.at(-1)).toBe('cache.usage');
});

import { timingSafeEqual } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createTokenCheck, makeToken } from './token.ts';

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) };
});

describe('makeToken', () => {
  it('makes another one every time, of characters that need no escaping in a URL', () => {
    const tokens = Array.from({ length: 100 }, makeToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('createTokenCheck', () => {
  const isAuthorized = createTokenCheck('the-token');

  it('compares once, in constant time, values whose length tells nothing of the token', () => {
    for (const header of [undefined, '', 'B', 'Bearer the-token', `Bearer ${'x'.repeat(10_000)}`]) {
      vi.mocked(timingSafeEqual).mockClear();
      isAuthorized(header);
      const { calls } = vi.mocked(timingSafeEqual).mock;
      expect(calls.map((pair) => pair.map(({ byteLength }) => byteLength))).toEqual([[32, 32]]);
    }
  });

  it('accepts the token as a bearer token', () => {
    expect(isAuthorized('Bearer the-token')).toBe(true);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'the-token',
    'bearer the-token',
    'Bearer the-toke',
    'Bearer the-token ',
  ])('refuses %j', (header) => {
    expect(isAuthorized(header)).toBe(false);
  });
});

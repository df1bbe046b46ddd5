import { describe, expect, it } from 'vitest';
import { createTokenCheck, makeToken } from './token.ts';

describe('makeToken', () => {
  it('makes another one every time, of characters that need no escaping in a URL', () => {
    const tokens = Array.from({ length: 100 }, makeToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('createTokenCheck', () => {
  const isAuthorized = createTokenCheck('the-token');

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

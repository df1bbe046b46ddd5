import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits as URL-safe text. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Says of an `Authorization` header whether it carries the token, in a time that tells nothing about where it
 * differs or how long the token is: what is compared are two keyed digests. The token itself is not kept.
 */
export function createTokenCheck(token: string): (authorization: string | undefined) => boolean {
  const key = randomBytes(32);
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (authorization) => timingSafeEqual(digest(authorization ?? ''), expected);
}

import { parseReference } from '../../src-shared/domain/reference.ts';

const PREFIX = 'strata://image/';
/** As long as msb's longest reference, every character escaped. */
const MAX_LENGTH = 4096 * 3;
const ONLY_PRINTABLE_ASCII = /^[\u0021-\u007e]+$/;

export function isDeepLink(argument: string): boolean {
  return argument.toLowerCase().startsWith('strata:');
}

/**
 * The reference of `strata://image/<reference>`, for example `strata://image/docker.io/library/python:3.12`;
 * null for anything else. Any page and any program can open such a link, so nothing of it is used but a text
 * with the grammar of references; percent-escapes are decoded once.
 */
export function parseDeepLink(link: string): string | null {
  if (link.length > MAX_LENGTH || !link.startsWith(PREFIX)) return null;
  const reference = decode(link.slice(PREFIX.length));
  if (reference === null || !ONLY_PRINTABLE_ASCII.test(reference)) return null;
  return parseReference(reference) === null ? null : reference;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

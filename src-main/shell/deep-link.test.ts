import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReference } from '../../src-shared/domain/reference.ts';
import { isDeepLink, parseDeepLink } from './deep-link.ts';

describe('parseDeepLink', () => {
  it.each([
    ['strata://image/alpine', 'alpine'],
    ['strata://image/docker.io/library/python:3.12-slim', 'docker.io/library/python:3.12-slim'],
    ['strata://image/localhost:5000/team/app', 'localhost:5000/team/app'],
    ['strata://image/alpine%3A3.20', 'alpine:3.20'],
    [`strata://image/alpine@sha256:${'a'.repeat(64)}`, `alpine@sha256:${'a'.repeat(64)}`],
  ])('reads the reference of %s', (link, reference) => {
    expect(parseDeepLink(link)).toBe(reference);
  });

  it.each([
    'strata://image/',
    'strata://image',
    'strata://remove/alpine',
    'strata:image/alpine',
    'strata:///image/alpine',
    'http://image/alpine',
    'javascript:alert(1)',
    'strata://image/alpine?force=true',
    'strata://image/alpine#x',
    'strata://image/../../etc/passwd',
    'strata://image//etc/passwd',
    'strata://image/%2e%2e%2fetc',
    'strata://image/alpine%00',
    'strata://image/alpine%0a',
    'strata://image/alpine%',
    'strata://image/%ff',
    'strata://image/alpine%253A3.20',
    'strata://image/<img src=x onerror=alert(1)>',
    'strata://image/%3Cscript%3E',
    'strata://image/alpine --force',
    'strata://image/alpine\u202egpj',
    `strata://image/${'a'.repeat(20_000)}`,
    '',
  ])('takes nothing from %.60j', (link) => {
    expect(parseDeepLink(link)).toBeNull();
  });

  it('gives nothing but references, whatever the link', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.webPath()), (tail) => {
        const reference = parseDeepLink(`strata://image/${tail}`);
        return reference === null || parseReference(reference) !== null;
      }),
    );
  });
});

describe('isDeepLink', () => {
  it('recognises links among arguments, in any case', () => {
    expect(['strata://image/x', 'STRATA:x', '--home', '/strata:x', 'https://x'].map(isDeepLink)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

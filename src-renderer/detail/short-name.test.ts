import { expect, it } from 'vitest';
import { shortenHashesIn, shortenName } from './short-name.ts';

const hash = '0123456789abcdef'.repeat(4);

it.each([
  [`sha256:${hash}`, 'sha256:0123456789ab…89abcdef'],
  [`tmp/sha256_${hash}.part`, 'tmp/sha256_01234567…cdef.part'],
  [`manifests/${hash}.json`, 'manifests/01234567…cdef.json'],
  [`docker.io/acme/tool@sha256:${hash}`, `docker.io/acme/tool@sha256:${hash}`],
  [`layers/SHA256_${hash.toUpperCase()}.erofs`, 'layers/SHA256_01234567…CDEF.erofs'],
  ['docker.io/library/python:3.12', 'docker.io/library/python:3.12'],
  ['notes.txt', 'notes.txt'],
])('shows %s as %s', (name, short) => {
  expect(shortenName(name)).toBe(short);
});

it.each([
  [`layer sha256:${hash}`, 'layer sha256:0123456789ab…89abcdef'],
  [`held (sha256:${hash}), twice`, 'held (sha256:0123456789ab…89abcdef), twice'],
  [
    `Another manifests/${hash}.json has taken its place.`,
    'Another manifests/01234567…cdef.json has taken its place.',
  ],
  [`reference acme/tool@sha256:${hash}`, `reference acme/tool@sha256:${hash}`],
])('shows the line %s as %s', (line, short) => {
  expect(shortenHashesIn(line)).toBe(short);
});

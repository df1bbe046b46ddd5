import { expect, it } from 'vitest';
import { shortenName } from './short-name.ts';

const hash = '0123456789abcdef'.repeat(4);

it.each([
  [`sha256:${hash}`, 'sha256:0123456789ab…89abcdef'],
  [`tmp/sha256_${hash}.part`, 'tmp/sha256_01234567…cdef.part'],
  [`manifests/${hash}.json`, 'manifests/01234567…cdef.json'],
  [`docker.io/acme/tool@sha256:${hash}`, `docker.io/acme/tool@sha256:${hash}`],
  ['docker.io/library/python:3.12', 'docker.io/library/python:3.12'],
  ['notes.txt', 'notes.txt'],
])('shows %s as %s', (name, short) => {
  expect(shortenName(name)).toBe(short);
});

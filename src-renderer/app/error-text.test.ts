import { expect, test } from 'vitest';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { explainError } from './error-text.ts';

const plan = {
  planId: '0'.repeat(32),
  action: { kind: 'gc' as const },
  items: [],
  kept: [],
  bytes: 0,
  isBusy: false,
};

const errors: readonly CacheError[] = [
  { code: 'not-found', what: 'image', name: 'docker.io/library/alpine:3.22' },
  {
    code: 'in-use',
    reference: 'alpine',
    holders: [
      { kind: 'sandbox', name: 'agent-7', status: 'Running', isRunning: true, isReadable: true },
      {
        kind: 'snapshot',
        name: 'warm',
        group: null,
        path: '/home/a/snapshots/warm',
        isIndexed: true,
        isReadable: true,
      },
    ],
  },
  { code: 'database-busy', file: 'msb.db', waitedMs: 5000 },
  { code: 'schema-unsupported', differences: ['Table layer has no column diff_id.'] },
  { code: 'read-only', reasons: ['The folder cannot be written to.'] },
  { code: 'invalid-input', issues: [{ path: 'reference', message: 'contains a NUL' }] },
  { code: 'removal-under-way' },
  { code: 'disconnected', detail: 'Failed to fetch' },
  { code: 'cache-missing', path: '/home/a/.microsandbox' },
  { code: 'world-changed', appeared: ['layer sha256:1'], disappeared: ['layer sha256:2'], plan },
  { code: 'damaged', file: 'layers/sha256_1.erofs', detail: 'The file is empty.' },
  { code: 'damaged', file: '/home/a/.microsandbox/db/msb.db', detail: 'msb.db is not an SQLite database.' },
  { code: 'internal', incident: 'a1b2' },
  { code: 'undo-blocked', id: 'f'.repeat(32), reasons: ['alpine is in the cache again.'] },
  { code: 'not-saved', file: '/home/a/.local/share/strata/settings.json', detail: 'ENOSPC' },
];

test.each(errors)('words $code with what happened, the data it carries, and a next step', (error) => {
  const { title, details, nextStep } = explainError(error);
  expect(title).toMatch(/\S/);
  expect(nextStep).toMatch(/\.$/);
  // Ids of removals mean nothing to a person.
  const data = Object.entries(error)
    .filter(([name, value]) => typeof value === 'string' && name !== 'code' && name !== 'id')
    .map(([, value]) => value);
  const shown = [title, ...details].join(' ');
  for (const value of data) expect(shown).toContain(value);
});

test('names every holder of an image in use', () => {
  const { details } = explainError(errors[1]!);
  expect(details).toEqual(['Held by agent-7 (running) and snapshot “warm”.']);
});

test('shows what appeared and what disappeared when the world moved', () => {
  expect(explainError(errors.find(({ code }) => code === 'world-changed')!).details).toEqual([
    'New: layer sha256:1',
    'Gone: layer sha256:2',
  ]);
});

test('cuts a list of a thousand reasons and says how many are left', () => {
  const reasons = Array.from({ length: 1006 }, (_, index) => `Reason ${index}.`);
  const { details } = explainError({ code: 'read-only', reasons });
  expect(details).toHaveLength(7);
  expect(details.at(-1)).toBe('and 1,000 more');
});

test('does not advise to pull an image again when the database is what is damaged', () => {
  const { nextStep } = explainError({
    code: 'damaged',
    file: 'C:\\home\\db\\msb.db',
    detail: 'is malformed',
  });
  expect(nextStep).toContain('backup');
});

test('makes a sentence of a field and what is wrong with it', () => {
  const detailsOf = (path: string, message: string) =>
    explainError({ code: 'invalid-input', issues: [{ path, message }] }).details;
  expect(detailsOf('path', 'is not a folder')).toEqual(['Path is not a folder.']);
  expect(detailsOf('policy.unusedForDays', 'Too big')).toEqual(['policy.unusedForDays: Too big']);
  expect(detailsOf('', 'It is not what was asked for.')).toEqual(['It is not what was asked for.']);
});

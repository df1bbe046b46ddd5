import { expect, it } from 'vitest';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { errorWords } from './error-words.ts';

const plan = {
  planId: '0'.repeat(32),
  action: { kind: 'gc' as const },
  items: [],
  kept: [],
  bytes: 0,
  isBusy: false,
};

/** One of each code; a code that is missing here fails the type check. */
const ERRORS: { readonly [Code in CacheError['code']]: Extract<CacheError, { code: Code }> } = {
  'not-found': { code: 'not-found', what: 'image', name: 'alpine' },
  'in-use': {
    code: 'in-use',
    reference: 'alpine',
    holders: [{ kind: 'sandbox', name: 'agent-7', status: 'Running', isRunning: true, isReadable: true }],
  },
  'database-busy': { code: 'database-busy', file: '/home/a/db/msb.db', waitedMs: 5000 },
  'schema-unsupported': { code: 'schema-unsupported', differences: ['Table layer has no column diff_id.'] },
  'read-only': { code: 'read-only', reasons: ['The cache folder is not writable.'] },
  'invalid-input': { code: 'invalid-input', issues: [{ path: 'reference', message: 'contains a NUL' }] },
  'cache-missing': { code: 'cache-missing', path: '/home/a/.microsandbox' },
  'world-changed': { code: 'world-changed', appeared: ['layer 1'], disappeared: ['layer 2'], plan },
  'undo-blocked': { code: 'undo-blocked', id: 'f'.repeat(32), reasons: ['alpine is in the cache again.'] },
  'not-saved': { code: 'not-saved', file: '/home/a/settings.json', detail: 'ENOSPC' },
  damaged: { code: 'damaged', file: 'layers/sha256_1.erofs', detail: 'The file is empty.' },
  'removal-under-way': { code: 'removal-under-way' },
  disconnected: { code: 'disconnected', detail: 'Failed to fetch' },
  internal: { code: 'internal', incident: 'a1b2' },
};

it.each(Object.values(ERRORS))('words $code with what happened, to what, and the next step last', (error) => {
  const lines = errorWords(error);
  expect(lines.length).toBeGreaterThan(1);
  const text = lines.join(' ');
  const { code: _code, ...data } = error;
  for (const value of [data].flatMap(namesIn)) expect(text).toContain(value);
  // A step, not only the comfort that nothing happened.
  expect(lines.at(-1)).toMatch(
    /\b(try again|strata list|add --force|Update|command|name another home|report it|remove it|let the undo)\b/i,
  );
  expect(text).not.toContain('..');
});

it('advises a backup, not a pull, when the database is what is damaged', () => {
  const words = errorWords({ code: 'damaged', file: '/home/a/db/msb.db', detail: 'It is not a database.' });
  expect(words).toEqual([
    'The cache database /home/a/db/msb.db cannot be read: It is not a database.',
    'Nothing was changed. Restore the file from a backup, then try again.',
  ]);
});

it('says that a list is no longer kept', () => {
  expect(errorWords({ code: 'not-found', what: 'plan', name: plan.planId }).join(' ')).toContain(
    'nothing was removed',
  );
});

/** The names a person would look for: paths, references, reasons; neither ids nor counts. */
function namesIn(data: object): readonly string[] {
  const { id: _id, waitedMs: _waited, plan: _plan, what: _what, ...shown } = data as Record<string, unknown>;
  return Object.values(shown)
    .flat()
    .map((value) => (typeof value === 'string' ? value : ((value as { name?: string }).name ?? '')))
    .map((value) => value.replace(/\.$/, ''));
}

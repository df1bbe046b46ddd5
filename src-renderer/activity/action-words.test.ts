import { describe, expect, it } from 'vitest';
import { explainRule, nameAction } from './action-words.ts';

describe('nameAction', () => {
  it('names what was removed, and only counts the rest of many', () => {
    expect(nameAction({ kind: 'remove', reference: 'python:3.12', force: false })).toBe(
      'Removed python:3.12',
    );
    expect(nameAction({ kind: 'remove', references: ['a:1', 'b:2', 'c:3', 'd:4'], force: true })).toBe(
      'Force removed a:1, b:2 and 2 more',
    );
  });

  it('shows characters that would turn a name around', () => {
    expect(nameAction({ kind: 'remove', reference: 'a\u202eb', force: false })).not.toContain('\u202e');
  });
});

describe('explainRule', () => {
  it('lists the conditions of a prune', () => {
    const policy = {
      unusedForDays: 14,
      cacheUnderBytes: 2e10,
      keepNewestPerRepository: 1,
      pinned: ['a:1', 'b:2'],
    };
    expect(explainRule({ kind: 'prune', policy })).toBe(
      'not used for 14 days, until the cache was under 20.0 GB, keeping the newest 1 tag of each repository, keeping 2 pinned',
    );
  });

  it('says that a rule without conditions takes everything nothing holds, and nothing of other actions', () => {
    expect(explainRule({ kind: 'prune', policy: {} })).toBe('every image nothing held');
    expect(explainRule({ kind: 'gc' })).toBeNull();
  });
});

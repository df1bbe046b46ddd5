import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contract } from '../../src-shared/ipc/contract.ts';
import { FIRST_RULE, type PruneRule, parseField, parseRule, toPolicy } from './prune-rule.ts';

describe('toPolicy', () => {
  it('leaves out what is switched off', () => {
    expect(toPolicy(FIRST_RULE)).toEqual({ unusedForDays: 14, keepNewestPerRepository: 1 });
  });

  it('turns gigabytes into whole bytes', () => {
    const rule: PruneRule = { ...FIRST_RULE, cacheUnderGB: 1.5, freeAtLeastGB: 0.0000000014 };
    expect(toPolicy(rule)).toMatchObject({ cacheUnderBytes: 1_500_000_000, freeAtLeastBytes: 1 });
  });

  it('makes only policies the contract accepts', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (junk, value) => {
        for (const stored of [junk, JSON.stringify(value)]) {
          const input = { policy: toPolicy(parseRule(stored)) };
          expect(contract['cache.prune'].input.safeParse(input).success).toBe(true);
        }
      }),
    );
  });
});

describe('parseField', () => {
  it('takes whole numbers and fractions where they make sense', () => {
    expect([parseField('unusedForDays', ' 14 '), parseField('cacheUnderGB', '0,5')]).toEqual([14, 0.5]);
    expect(parseField('keepNewest', '1.5')).toBeNull();
  });

  it('refuses words, signs and what is out of bounds', () => {
    for (const typed of ['', 'ten', '-1', '1e3', '99999999'])
      expect(parseField('unusedForDays', typed)).toBeNull();
    expect(parseField('keepNewest', '0')).toBeNull();
  });
});

describe('parseRule', () => {
  it('reads back what was written', () => {
    const rule: PruneRule = { ...FIRST_RULE, unusedForDays: null, cacheUnderGB: 20, pinned: ['node:22'] };
    expect(parseRule(JSON.stringify(rule))).toEqual(rule);
  });

  it('starts cautiously when nothing or nonsense is stored', () => {
    expect(parseRule(null)).toEqual(FIRST_RULE);
    expect(parseRule('{"unusedForDays":"now","pinned":[1,"a"]}')).toEqual({ ...FIRST_RULE, pinned: ['a'] });
  });
});

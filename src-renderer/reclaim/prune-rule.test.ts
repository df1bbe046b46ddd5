import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contract } from '../../src-shared/ipc/contract.ts';
import { FIRST_RULE, type NumberField, type PruneRule, parseField, toPolicy } from './prune-rule.ts';

describe('toPolicy', () => {
  it('leaves out what is switched off', () => {
    expect(toPolicy(FIRST_RULE)).toEqual({ unusedForDays: 14, keepNewestPerRepository: 1 });
  });

  it('turns gigabytes into whole bytes', () => {
    const rule: PruneRule = { ...FIRST_RULE, cacheUnderGB: 1.5, freeAtLeastGB: 0.0000000014 };
    expect(toPolicy(rule)).toMatchObject({ cacheUnderBytes: 1_500_000_000, freeAtLeastBytes: 1 });
  });

  it('makes only policies the contract accepts of what can be typed', () => {
    const field = (name: NumberField) =>
      fc.option(
        fc.oneof(fc.integer(), fc.double(), fc.string()).map((typed) => parseField(name, String(typed))),
      );
    const rules = fc.record<PruneRule>({
      unusedForDays: field('unusedForDays'),
      cacheUnderGB: field('cacheUnderGB'),
      freeAtLeastGB: field('freeAtLeastGB'),
      keepNewest: field('keepNewest'),
      keepPulledWithinHours: field('keepPulledWithinHours'),
      pinned: fc.array(fc.constantFrom('node:22', 'ghcr.io/a/b@sha256:0')),
    });
    fc.assert(
      fc.property(rules, (rule) => {
        expect(contract['cache.prune'].input.safeParse({ policy: toPolicy(rule) }).success).toBe(true);
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

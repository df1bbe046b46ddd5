import { describe, expect, it } from 'vitest';
import { FIRST_RULE, type PruneRule } from '../reclaim/prune-rule.ts';
import { ruleFrom, ruleToKeep } from './kept-rule.ts';

const FULL: PruneRule = {
  unusedForDays: 3,
  cacheUnderGB: 20.5,
  freeAtLeastGB: 10,
  keepNewest: 2,
  keepPulledWithinHours: 24,
  pinned: ['python:3.12'],
};
const OPEN: PruneRule = {
  unusedForDays: null,
  cacheUnderGB: null,
  freeAtLeastGB: null,
  keepNewest: null,
  keepPulledWithinHours: null,
  pinned: [],
};

describe('the kept prune rule', () => {
  it.each([
    ['with every condition', FULL],
    ['without any condition', OPEN],
    ['as first offered', FIRST_RULE],
  ])('comes back as it was %s', (_, rule) => {
    expect(ruleFrom(ruleToKeep(rule))).toEqual(rule);
  });

  it('is the cautious first one while nobody chose, with the pins there are', () => {
    expect(ruleFrom({ prunePolicy: {}, pins: ['a:1'] })).toEqual({ ...FIRST_RULE, pinned: ['a:1'] });
  });
});

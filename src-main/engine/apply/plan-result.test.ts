import { describe, expect, it } from 'vitest';
import { compareAtRandom, type PlanResult } from '../../../bench/plan-result-cases.ts';
import { availableMsbVersions } from '../../../test-support/msb.ts';

const CACHES = 200;

describe.skipIf(!availableMsbVersions().includes('0.6.18') || process.platform === 'win32')(
  'what was announced',
  () => {
    it('is what is freed, to the byte, whatever the cache and the action', async () => {
      const results: PlanResult[] = [];
      await compareAtRandom(CACHES, 20_261_128, (result) => void results.push(result));
      expect(results.flatMap(({ problems }) => problems ?? [])).toEqual([]);
      const effective = results.filter(({ bytes }) => bytes > 0);
      expect(effective.length).toBeGreaterThan(CACHES / 2);
      expect(effective.some(({ isUndoable }) => isUndoable)).toBe(true);
    }, 120_000);
  },
);

import { describe, expect, it } from 'vitest';
import { type KillOutcome, killAtRandom } from '../../../bench/kill-points.ts';
import { availableMsbVersions } from '../../../test-support/msb.ts';

const POINTS = 32;

describe.skipIf(!availableMsbVersions().includes('0.6.18') || process.platform === 'win32')(
  'a removal that is killed',
  () => {
    it('leaves a sound cache, every held image whole, and nothing the next collection does not finish', async () => {
      const outcomes: KillOutcome[] = [];
      await killAtRandom(POINTS, 20_261_123, (outcome) => void outcomes.push(outcome));
      expect(outcomes.filter(({ problems }) => problems.length > 0)).toEqual([]);
      expect(outcomes.filter(({ wasKilled }) => wasKilled).length).toBeGreaterThanOrEqual(25);
    }, 300_000);
  },
);

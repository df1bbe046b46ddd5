import { describe, expect, it } from 'vitest';
import { soak } from '../../../bench/soak-run.ts';
import { availableMsbVersions } from '../../../test-support/msb.ts';

const canSoak = process.platform === 'linux' && availableMsbVersions().includes('0.6.18');

describe.skipIf(!canSoak)('the browser host in mixed use', () => {
  it('answers without defects, and leaks neither handles nor locks nor temporary files', async () => {
    const { calls, problems } = await soak({ images: 400, forMs: 20_000, seed: 20_261_123 });
    // How much memory there is after so short a time says little.
    expect(problems.filter((problem) => problem !== 'memory grows')).toEqual([]);
    expect(calls).toBeGreaterThan(100);
  }, 180_000);
});

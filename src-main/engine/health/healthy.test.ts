import { expect, it } from 'vitest';
import { checkHealthy, type HealthCase } from '../../../bench/health-cases.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';

const CACHES = 12;

describeWithMsb('the health check of caches in which nothing is wrong', (version) => {
  it('raises no alarm and writes nothing', async () => {
    const cases: HealthCase[] = [];
    await checkHealthy(CACHES, 20_261_128, version, (healthy) => void cases.push(healthy));
    expect(cases.flatMap(({ problems }) => problems)).toEqual([]);
    expect(cases.reduce((sum, { images }) => sum + images, 0)).toBeGreaterThan(CACHES);
  }, 180_000);
});

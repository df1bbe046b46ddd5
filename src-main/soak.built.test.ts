import { describe, expect, it } from 'vitest';
import { soak } from '../bench/soak-run.ts';
import { availableMsbVersions } from '../test-support/msb.ts';

const canSoak = process.platform === 'linux' && availableMsbVersions().includes('0.6.18');
if (!canSoak) console.warn('skipped: the soak of the desktop app: it needs Linux and msb');

describe.skipIf(!canSoak)('the built desktop app in mixed use', () => {
  it('answers without defects while pages are loaded again and windows come and go, and leaks nothing', async () => {
    const { calls, problems, leaks } = await soak({
      host: 'electron',
      images: 200,
      forMs: 8_000,
      seed: 20_261_123,
    });
    expect(problems).toEqual([]);
    // How much memory there is after so short a time says little.
    expect(leaks.filter((leak) => !leak.startsWith('memory grows'))).toEqual([]);
    expect(calls).toBeGreaterThan(20);
  }, 180_000);
});

import { describe, expect, it } from 'vitest';
import { judge, type Sample } from '../../../bench/soak-judge.ts';
import { soak } from '../../../bench/soak-run.ts';
import { availableMsbVersions } from '../../../test-support/msb.ts';
import { seededRandom } from '../../../test-support/tar-writer.ts';

const canSoak = process.platform === 'linux' && availableMsbVersions().includes('0.6.18');
if (!canSoak) console.warn('skipped: the soak of the browser host: it needs Linux and msb');

describe.skipIf(!canSoak)('the browser host in mixed use', () => {
  it('answers without defects, and leaks neither handles nor locks nor temporary files', async () => {
    const { calls, problems, leaks } = await soak({
      host: 'browser',
      images: 400,
      forMs: 20_000,
      seed: 20_261_123,
    });
    expect(problems).toEqual([]);
    // How much memory there is after so short a time says little.
    expect(leaks.filter((leak) => !leak.startsWith('memory grows'))).toEqual([]);
    expect(calls).toBeGreaterThan(50);
  }, 180_000);
});

describe('the judgement of a soak', () => {
  const MEGABYTE = 2 ** 20;
  const random = seededRandom(7);

  /** An hour's samples of a host that warms up and then comes and goes around a gigabyte. */
  function hour(change: (minute: number) => Partial<Sample> = () => ({})): Sample[] {
    return Array.from({ length: 240 }, (_, index) => ({
      atMs: index * 15_000,
      calls: index * 20,
      residentBytes: (Math.min(1000, 400 + index * 20) + (random() % 200)) * MEGABYTE,
      handles: 32 + (random() % 3),
      locks: 0,
      temporaryFiles: 2 + (random() % 2),
      ...change(index / 4),
    }));
  }

  it('finds nothing in a host that comes and goes', () => {
    expect(judge(hour())).toEqual([]);
    // Once, an answer was large.
    expect(judge(hour((minute) => (minute === 50 ? { residentBytes: 3000 * MEGABYTE } : {})))).toEqual([]);
  });

  it.each<[string, RegExp, (minute: number) => Partial<Sample>]>([
    [
      'four megabytes a minute',
      /memory grows/,
      (minute) => ({ residentBytes: (1000 + 4 * minute) * MEGABYTE }),
    ],
    [
      'a handle every two minutes',
      /handles are leaked/,
      (minute) => ({ handles: 32 + Math.floor(minute / 2) }),
    ],
    ['one lock, at the very end', /locks are leaked/, (minute) => ({ locks: minute > 59.5 ? 1 : 0 })],
    ['a file every five minutes', /files are left/, (minute) => ({ temporaryFiles: Math.floor(minute / 5) })],
  ])('finds a leak of %s', (_what, expected, change) => {
    expect(judge(hour(change))).toEqual([expect.stringMatching(expected)]);
  });

  it('says so when there is too little to judge by', () => {
    expect(judge(hour().slice(0, 1))).toEqual(['too short to say anything']);
  });
});

import type { UsageSample } from '../../src-shared/domain/activity.ts';

/** Samples drawn and listed at most. */
const MOST_POINTS = 120;

/** One point of the curve; x and y from 0 (oldest, no bytes) to 1 (newest, the top of the scale). */
interface GrowthPoint {
  readonly sample: UsageSample;
  readonly x: number;
  readonly y: number;
}

export interface Growth {
  /** Oldest first. */
  readonly points: readonly GrowthPoint[];
  /** Bytes at the top of the scale: the largest sample, rounded up. */
  readonly topBytes: number;
}

/** The curve of a cache's size over time; null while there are too few samples for one. */
export function traceGrowth(samples: readonly UsageSample[]): Growth | null {
  const known = thin(samples.filter((sample) => Number.isFinite(Date.parse(sample.at))));
  const first = known[0];
  const last = known.at(-1);
  if (first === undefined || last === undefined || known.length < 2) return null;
  const start = Date.parse(first.at);
  const span = Math.max(1, Date.parse(last.at) - start);
  const topBytes = roundUp(Math.max(...known.map((sample) => sample.totalBytes)));
  const points = known.map((sample) => ({
    sample,
    x: (Date.parse(sample.at) - start) / span,
    y: sample.totalBytes / topBytes,
  }));
  return { points, topBytes };
}

/** At most `MOST_POINTS`, the largest of each stretch of time and always the first and the last. */
function thin(samples: readonly UsageSample[]): readonly UsageSample[] {
  if (samples.length <= MOST_POINTS) return samples;
  const inner = samples.slice(1, -1);
  const stretch = inner.length / (MOST_POINTS - 2);
  const kept = Array.from({ length: MOST_POINTS - 2 }, (_, index) =>
    inner
      .slice(
        Math.floor(index * stretch),
        Math.max(Math.floor((index + 1) * stretch), Math.floor(index * stretch) + 1),
      )
      .reduce((largest, sample) => (sample.totalBytes > largest.totalBytes ? sample : largest)),
  );
  return [samples[0]!, ...kept, samples.at(-1)!];
}

/** The next of 1, 2, 2.5 or 5 times a power of ten. */
function roundUp(bytes: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(bytes, 1)));
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= bytes) ?? 10);
}

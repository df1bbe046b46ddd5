import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheapSubset } from './cheap-subset.ts';
import { cheapestSubset, type Part } from './cheapest-subset.ts';

interface Problem {
  readonly candidates: readonly number[];
  readonly loss: readonly number[];
  readonly parts: readonly Part<number>[];
  readonly target: number;
}

/** As caches are: families that share bases, sizes over several orders of magnitude, losses that go with the bytes. */
function problems(fewest: number, most: number): fc.Arbitrary<Problem> {
  const magnitude = fc.double({ min: 0, max: 6, noNaN: true }).map((power) => Math.ceil(Math.exp(power)));
  const image = fc.record({
    family: fc.nat({ max: 3 }),
    hasMiddle: fc.boolean(),
    bytes: magnitude,
    unusedDays: fc.nat({ max: 60 }),
    compression: fc.double({ min: 0.28, max: 0.52, noNaN: true }),
  });
  return fc
    .record({
      images: fc.array(image, { minLength: fewest, maxLength: most }),
      bases: fc.array(magnitude, { minLength: 4, maxLength: 4 }),
      middles: fc.array(magnitude, { minLength: 4, maxLength: 4 }),
      fraction: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    })
    .map(({ images, bases, middles, fraction }) => {
      const ownersOf = (matches: (image: (typeof images)[number]) => boolean) =>
        new Set(images.flatMap((candidate, index) => (matches(candidate) ? [index] : [])));
      const parts: Part<number>[] = [
        ...bases.map((bytes, family) => ({ bytes, owners: ownersOf((one) => one.family === family) })),
        ...middles.map((bytes, family) => ({
          bytes,
          owners: ownersOf((one) => one.family === family && one.hasMiddle),
        })),
        ...images.map(({ bytes }, index) => ({ bytes, owners: new Set([index]) })),
      ].filter(({ owners }) => owners.size > 0);
      const loss = images.map(({ unusedDays, compression }, index) => {
        const bytes = parts.reduce((sum, part) => sum + (part.owners.has(index) ? part.bytes : 0), 0);
        return (1 + bytes * compression) / (1 + unusedDays);
      });
      const all = parts.reduce((sum, { bytes }) => sum + bytes, 0);
      return { candidates: [...images.keys()], loss, parts, target: Math.ceil(all * fraction) };
    });
}

function lossOf({ loss }: Problem, chosen: ReadonlySet<number>): number {
  return [...chosen].reduce((sum, candidate) => sum + loss[candidate]!, 0);
}

function freedBy({ parts }: Problem, chosen: ReadonlySet<number>): number {
  return parts.reduce(
    (sum, { bytes, owners }) => sum + ([...owners].every((owner) => chosen.has(owner)) ? bytes : 0),
    0,
  );
}

function choose(problem: Problem): ReadonlySet<number> {
  return cheapSubset(problem.candidates, problem.parts, problem.target, (index) => problem.loss[index]!);
}

describe('cheapSubset', () => {
  it('meets the target, and with nothing that could be left out', () => {
    fc.assert(
      fc.property(problems(1, 60), (problem) => {
        const chosen = choose(problem);
        expect(freedBy(problem, chosen)).toBeGreaterThanOrEqual(problem.target);
        for (const candidate of chosen) {
          const without = new Set([...chosen].filter((other) => other !== candidate));
          expect(freedBy(problem, without)).toBeLessThan(problem.target);
        }
      }),
    );
  });

  it('takes everything when not even that meets the target', () => {
    const parts = [{ bytes: 10, owners: new Set([0]) }];
    expect(cheapSubset([0, 1], parts, 11, () => 1)).toEqual(new Set([0, 1]));
  });

  it('takes nothing for a target that is met already', () => {
    expect(cheapSubset([0, 1], [], 0, () => 1)).toEqual(new Set());
  });

  it('loses little more than the best choice, on average over a sample that is always the same', () => {
    const excess = fc
      .sample(problems(8, 14), { numRuns: 300, seed: 20_261_128 })
      .map((problem) => {
        const { candidates, parts, target, loss } = problem;
        const best = cheapestSubset(candidates, parts, target, (index) => loss[index]!);
        return lossOf(problem, choose(problem)) / lossOf(problem, best);
      })
      .toSorted((a, b) => a - b);
    const mean = excess.reduce((sum, value) => sum + value, 0) / excess.length;
    expect(mean).toBeLessThan(1.02);
    expect(excess[Math.floor(excess.length * 0.95)]).toBeLessThan(1.1);
  });
});

import type { Part } from './cheapest-subset.ts';

/**
 * A subset that frees at least `target` bytes at little loss, for more candidates than `cheapestSubset` can compare;
 * everything when not even that is enough. None of it could be left out. Linear in the parts' owners, but for sorting.
 *
 * Candidates are taken in turn until the target is met, then put back, dearest first, as far as it stays met. Which turn
 * is good depends on how bytes are shared, so several are tried and the one that loses least counts.
 *
 * @param lossOf not negative.
 */
export function cheapSubset<T>(
  candidates: readonly T[],
  parts: readonly Part<T>[],
  target: number,
  lossOf: (candidate: T) => number,
): ReadonlySet<T> {
  const loss = new Map(candidates.map((candidate) => [candidate, lossOf(candidate)]));
  const dearestFirst = candidates.toSorted((a, b) => loss.get(b)! - loss.get(a)!);
  let best: ReadonlySet<T> = new Set(candidates);
  let bestLoss = Number.POSITIVE_INFINITY;
  for (const turns of turnsToTry(candidates, parts, loss)) {
    const chosen = chooseInTurn(turns, dearestFirst, parts, target);
    const chosenLoss = [...chosen].reduce((sum, candidate) => sum + loss.get(candidate)!, 0);
    if (chosenLoss < bestLoss) [best, bestLoss] = [chosen, chosenLoss];
  }
  return best;
}

/** The least loss first; the least loss for each byte, shared ones counted in equal parts; and not counted. */
function turnsToTry<T>(
  candidates: readonly T[],
  parts: readonly Part<T>[],
  loss: ReadonlyMap<T, number>,
): readonly (readonly T[])[] {
  const share = new Map<T, number>();
  const own = new Map<T, number>();
  for (const { bytes, owners } of parts) {
    for (const owner of owners) {
      share.set(owner, (share.get(owner) ?? 0) + bytes / owners.size);
      if (owners.size === 1) own.set(owner, (own.get(owner) ?? 0) + bytes);
    }
  }
  const perByte = (bytes: ReadonlyMap<T, number>) => (candidate: T) =>
    loss.get(candidate)! / (bytes.get(candidate) ?? 0);
  return [(candidate: T) => loss.get(candidate)!, perByte(share), perByte(own)].map((cost) =>
    sortedBy(candidates, cost),
  );
}

/** Ascending; what frees nothing, and so costs endlessly much or is no number, comes last. */
function sortedBy<T>(values: readonly T[], key: (value: T) => number): readonly T[] {
  const keyed = values.map((value) => [key(value), value] as const);
  const rank = (cost: number) => (Number.isFinite(cost) ? cost : Number.MAX_VALUE);
  return keyed.toSorted(([a], [b]) => rank(a) - rank(b)).map(([, value]) => value);
}

function chooseInTurn<T>(
  turns: readonly T[],
  dearestFirst: readonly T[],
  parts: readonly Part<T>[],
  target: number,
): ReadonlySet<T> {
  const tally = new Tally(parts);
  const chosen = new Set<T>();
  for (const candidate of turns) {
    if (tally.freedBytes >= target) break;
    tally.take(candidate);
    chosen.add(candidate);
  }
  if (tally.freedBytes < target) return chosen;
  for (const candidate of dearestFirst) {
    if (!chosen.has(candidate)) continue;
    tally.putBack(candidate);
    if (tally.freedBytes >= target) chosen.delete(candidate);
    else tally.take(candidate);
  }
  return chosen;
}

/** How many bytes come free with the candidates taken so far. Taking one or putting it back costs what it owns. */
class Tally<T> {
  freedBytes = 0;
  readonly #partsOf = new Map<T, { needed: number; readonly bytes: number }[]>();

  constructor(parts: readonly Part<T>[]) {
    for (const { bytes, owners } of parts) {
      const part = { needed: owners.size, bytes };
      for (const owner of owners) {
        const known = this.#partsOf.get(owner);
        if (known === undefined) this.#partsOf.set(owner, [part]);
        else known.push(part);
      }
    }
  }

  take(candidate: T): void {
    for (const part of this.#partsOf.get(candidate) ?? []) {
      part.needed -= 1;
      if (part.needed === 0) this.freedBytes += part.bytes;
    }
  }

  putBack(candidate: T): void {
    for (const part of this.#partsOf.get(candidate) ?? []) {
      if (part.needed === 0) this.freedBytes -= part.bytes;
      part.needed += 1;
    }
  }
}

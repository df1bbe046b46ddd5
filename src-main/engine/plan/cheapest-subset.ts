/** Bytes that come free once all of their owners are taken. */
export interface Part<T> {
  readonly bytes: number;
  readonly owners: ReadonlySet<T>;
}

/**
 * The subset that frees at least `target` bytes at the least loss, of those the one that frees least; everything
 * when not even that is enough. Looks at every subset: for at most some twenty candidates.
 *
 * @param lossOf not negative.
 */
export function cheapestSubset<T>(
  candidates: readonly T[],
  parts: readonly Part<T>[],
  target: number,
  lossOf: (candidate: T) => number,
): ReadonlySet<T> {
  const freed = freedBySubset(candidates, parts);
  const losses = candidates.map(lossOf);
  const loss = new Float64Array(freed.length);
  if (freed[0]! >= target) return new Set();
  const everything = freed.length - 1;
  let best = everything;
  for (let subset = 1; subset <= everything; subset += 1) {
    const last = 31 - Math.clz32(subset);
    loss[subset] = loss[subset ^ (1 << last)]! + losses[last]!;
  }
  for (let subset = 1; subset < everything; subset += 1) {
    if (freed[subset]! < target) continue;
    const difference = loss[subset]! - loss[best]!;
    if (difference < 0 || (difference === 0 && freed[subset]! < freed[best]!)) best = subset;
  }
  return new Set(candidates.filter((_, index) => (best & (1 << index)) !== 0));
}

/** Indexed by the subset as bits. First what needs exactly these owners, then summed over all that they include. */
function freedBySubset<T>(candidates: readonly T[], parts: readonly Part<T>[]): Float64Array {
  const freed = new Float64Array(1 << candidates.length);
  const bitOf = new Map(candidates.map((candidate, index) => [candidate, 1 << index]));
  for (const { bytes, owners } of parts) {
    let subset = 0;
    for (const owner of owners) subset |= bitOf.get(owner) ?? 0;
    freed[subset]! += bytes;
  }
  for (let bit = 1; bit < freed.length; bit <<= 1) {
    for (let subset = 0; subset < freed.length; subset += 1) {
      if ((subset & bit) !== 0) freed[subset]! += freed[subset ^ bit]!;
    }
  }
  return freed;
}

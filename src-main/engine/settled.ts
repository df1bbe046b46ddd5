/**
 * What a change time that stays the same proves of what was seen: 0 nothing, because a further change might bear the same
 * time; 1 enough for showing; 2 enough for deciding on deletions. It stays what it was when something was seen, however
 * late that is taken up again.
 */
export type Settled = typeof UNSETTLED | typeof SETTLED_FINELY | typeof SETTLED;
export const UNSETTLED = 0;
export const SETTLED_FINELY = 1;
export const SETTLED = 2;

/** Nanoseconds, longer than the coarsest time stamps of the file systems people keep caches on. */
const COARSE_NS = 2_000_000_000n;
/** Where times are finer than a millisecond: several ticks of the kernel's clock for files. */
const FINE_NS = 100_000_000n;
const MILLISECOND_NS = 1_000_000n;

/** @param nowMs when the look began, milliseconds since 1970 */
export function settledAt(changeTimeNs: bigint, nowMs: number): Settled {
  const agoNs = BigInt(nowMs) * MILLISECOND_NS - changeTimeNs;
  if (agoNs > COARSE_NS) return SETTLED;
  return changeTimeNs % MILLISECOND_NS !== 0n && agoNs > FINE_NS ? SETTLED_FINELY : UNSETTLED;
}

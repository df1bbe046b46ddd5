import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { Plan } from '../../src-shared/domain/plan.ts';
import { formatClock } from '../detail/time.ts';

/** What a plan gives back, by when: what an earlier, interrupted removal left is freed in any case. */
interface Shares {
  readonly atOnce: number;
  readonly later: number;
}

function sharesOf(plan: Plan, undoMinutes: number): Shares {
  if (undoMinutes === 0) return { atOnce: plan.bytes, later: 0 };
  const leftovers = plan.items.filter(({ kind }) => kind === 'leftover');
  const atOnce = leftovers.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0);
  return { atOnce, later: plan.bytes - atOnce };
}

/** What follows upon the announced bytes of a plan: when they come free. Empty when that is at once. */
export function whenFree(plan: Plan, undoMinutes: number, nowMs: number): string {
  const { atOnce, later } = sharesOf(plan, undoMinutes);
  if (later === 0) return '';
  const until = formatClock(nowMs + undoMinutes * 60_000, nowMs);
  const rest = `set aside now, freed at ${until} or when you empty it`;
  return atOnce === 0 ? `, ${rest}` : `: ${formatCount(atOnce)} of them at once, the others ${rest}`;
}

/** Below this, in bytes, a disk is short of space: what is set aside is missed there. */
const SHORT_BYTES = 1_000_000_000;

/** What to weigh before space stays occupied on a disk that has little; null where it has enough. */
export function spaceWarning(freeSpaceBytes: number | null, plan: Plan): string | null {
  if (freeSpaceBytes === null || plan.bytes === 0 || freeSpaceBytes >= SHORT_BYTES) return null;
  return `Only ${formatBytes(freeSpaceBytes)} are free on this disk, and what is set aside does not add to it.`;
}

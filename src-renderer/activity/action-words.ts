import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { PlanAction, PrunePolicy } from '../../src-shared/domain/plan.ts';
import { assertNever } from '../../src-shared/ipc/result.ts';
import { countOf, joinNames } from '../detail/count-words.ts';
import { toVisible } from '../detail/visible-text.ts';

/** References named before the rest is only counted. */
const MOST_NAMED = 2;

/** What was done, as the start of a line: `Removed python:3.12`, `Pruned unused images`. */
export function nameAction(action: PlanAction): string {
  switch (action.kind) {
    case 'remove': {
      const references = 'references' in action ? action.references : [action.reference];
      const names = joinNames(references.map(toVisible), MOST_NAMED);
      return `${action.force ? 'Force removed' : 'Removed'} ${names}`;
    }
    case 'gcLayers':
      return 'Collected orphaned layers';
    case 'gc':
      return 'Collected all garbage';
    case 'prune':
      return 'Pruned unused images';
    default:
      return assertNever(action);
  }
}

/** The rule a prune followed, one condition after the other; null for actions without one. */
export function explainRule(action: PlanAction): string | null {
  return action.kind === 'prune' ? explainPolicy(action.policy) : null;
}

function explainPolicy(policy: PrunePolicy): string {
  const { unusedForDays, cacheUnderBytes, freeAtLeastBytes, keepNewestPerRepository, keepPulledWithinHours } =
    policy;
  const pins = policy.pinned?.length ?? 0;
  const conditions = [
    unusedForDays ? `not used for ${countOf(unusedForDays, 'day')}` : 'every image nothing held',
    cacheUnderBytes !== undefined && `until the cache was under ${formatBytes(cacheUnderBytes)}`,
    freeAtLeastBytes !== undefined && `until ${formatBytes(freeAtLeastBytes)} came free`,
    keepNewestPerRepository &&
      `keeping the newest ${countOf(keepNewestPerRepository, 'tag')} of each repository`,
    keepPulledWithinHours && `keeping what was pulled in the last ${countOf(keepPulledWithinHours, 'hour')}`,
    pins > 0 && `keeping ${formatCount(pins)} pinned`,
  ];
  return conditions.filter((condition) => typeof condition === 'string').join(', ');
}

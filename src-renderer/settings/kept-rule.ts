import type { Settings } from '../../src-shared/domain/settings.ts';
import { FIRST_RULE, type PruneRule, toPolicy } from '../reclaim/prune-rule.ts';

const BYTES_PER_GB = 1e9;

/** The rule as a person edits it, from the settings. A rule that was never chosen is the cautious first one. */
export function ruleFrom({ prunePolicy, pins }: Pick<Settings, 'prunePolicy' | 'pins'>): PruneRule {
  if (Object.keys(prunePolicy).length === 0) return { ...FIRST_RULE, pinned: pins };
  const { unusedForDays, cacheUnderBytes, freeAtLeastBytes, keepNewestPerRepository, keepPulledWithinHours } =
    prunePolicy;
  return {
    // What was not used for no days is everything: kept as 0, for a policy without any field means "not chosen".
    unusedForDays: unusedForDays || null,
    cacheUnderGB: toGigabytes(cacheUnderBytes),
    freeAtLeastGB: toGigabytes(freeAtLeastBytes),
    keepNewest: keepNewestPerRepository || null,
    keepPulledWithinHours: keepPulledWithinHours || null,
    pinned: pins,
  };
}

/** The rule and the pins as the settings keep them. */
export function ruleToKeep(rule: PruneRule): Pick<Settings, 'prunePolicy'> & { readonly pins: string[] } {
  const { pinned: _pinned, ...policy } = toPolicy(rule);
  return { prunePolicy: { unusedForDays: 0, ...policy }, pins: [...rule.pinned] };
}

function toGigabytes(bytes: number | undefined): number | null {
  return bytes === undefined ? null : bytes / BYTES_PER_GB;
}

import type { PrunePolicy } from '../../src-shared/domain/plan.ts';

/** The rule as a person edits it; null switches a condition off. */
export interface PruneRule {
  readonly unusedForDays: number | null;
  /** In units of 10^9 bytes, as the interface shows them. */
  readonly cacheUnderGB: number | null;
  readonly freeAtLeastGB: number | null;
  readonly keepNewest: number | null;
  readonly keepPulledWithinHours: number | null;
  readonly pinned: readonly string[];
}

/** The conditions of a rule that are numbers. */
export type NumberField = Exclude<keyof PruneRule, 'pinned'>;

/** What a number of the rule may be. `start` is what it is when switched on. */
export interface FieldBounds {
  readonly least: number;
  readonly most: number;
  readonly start: number;
  /** True when a fraction makes sense. */
  readonly isFractional: boolean;
}

export const FIELD_BOUNDS: Readonly<Record<NumberField, FieldBounds>> = {
  unusedForDays: { least: 0, most: 36_500, start: 14, isFractional: true },
  cacheUnderGB: { least: 0, most: 1_000_000, start: 20, isFractional: true },
  freeAtLeastGB: { least: 0, most: 1_000_000, start: 10, isFractional: true },
  keepNewest: { least: 1, most: 100_000, start: 1, isFractional: false },
  keepPulledWithinHours: { least: 1, most: 876_000, start: 24, isFractional: true },
};

/** Cautious: only what lay unused for two weeks, and never the last tag of a repository. */
export const FIRST_RULE: PruneRule = {
  unusedForDays: 14,
  cacheUnderGB: null,
  freeAtLeastGB: null,
  keepNewest: 1,
  keepPulledWithinHours: null,
  pinned: [],
};

/** The rule as the contract takes it. */
export function toPolicy(rule: PruneRule): PrunePolicy {
  return {
    ...(rule.unusedForDays !== null && { unusedForDays: rule.unusedForDays }),
    ...(rule.cacheUnderGB !== null && { cacheUnderBytes: toBytes(rule.cacheUnderGB) }),
    ...(rule.freeAtLeastGB !== null && { freeAtLeastBytes: toBytes(rule.freeAtLeastGB) }),
    ...(rule.keepNewest !== null && { keepNewestPerRepository: rule.keepNewest }),
    ...(rule.keepPulledWithinHours !== null && { keepPulledWithinHours: rule.keepPulledWithinHours }),
    ...(rule.pinned.length > 0 && { pinned: rule.pinned }),
  };
}

/** The number a person typed, or null when the field cannot take it. A decimal comma counts as a point. */
export function parseField(field: NumberField, typed: string): number | null {
  const { least, most, isFractional } = FIELD_BOUNDS[field];
  if (!/^\s*\d+(?:[.,]\d+)?\s*$/.test(typed)) return null;
  const value = Number(typed.replace(',', '.'));
  return value >= least && value <= most && (isFractional || Number.isInteger(value)) ? value : null;
}

function toBytes(gigabytes: number): number {
  return Math.round(gigabytes * 1e9);
}

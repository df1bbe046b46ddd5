import type { Draft, Step } from '../plan/plan.ts';

/** What one plan has and the other has not, as names a person can read. */
export interface Difference {
  readonly appeared: readonly string[];
  readonly disappeared: readonly string[];
}

/** Null when both plans do the same to the same rows and files. */
export function compareDrafts(seen: Draft, now: Draft): Difference | null {
  const before = new Map(seen.steps.map((step) => [identityOf(step), step]));
  const after = new Map(now.steps.map((step) => [identityOf(step), step]));
  const appeared = namesMissingIn(after, before);
  const disappeared = namesMissingIn(before, after);
  return appeared.length === 0 && disappeared.length === 0 ? null : { appeared, disappeared };
}

/** Row ids are not stable across remove and pull, and a name can come back with another file: both count. */
function identityOf(step: Step): string {
  const { item, row, entry } = step;
  const file = entry === null ? '' : `${entry.dev}:${entry.ino}:${entry.allocatedBytes}`;
  return [item.kind, item.name, row?.id ?? '', file].join('\0');
}

function namesMissingIn(
  steps: ReadonlyMap<string, Step>,
  other: ReadonlyMap<string, Step>,
): readonly string[] {
  const names: string[] = [];
  for (const [identity, step] of steps) {
    if (!other.has(identity)) names.push(`${step.item.kind} ${step.item.name}`);
  }
  return names;
}

import type { SchemaState } from '../../src-shared/domain/home.ts';
import type { Settings } from '../../src-shared/domain/settings.ts';

type Confirmations = Settings['confirmations'];

/**
 * The migrations a person has not yet said "I understand" to; empty when nothing has to be asked. Under a
 * schema newer than Strata the first removal asks once more; the answer counts for that set of migrations only.
 */
export function listUnaccepted(schema: SchemaState, confirmations: Confirmations): readonly string[] {
  if (schema.kind !== 'unknown-intact') return [];
  const { unknownMigrations } = schema;
  return confirmations[questionOf(unknownMigrations)] === false ? [] : unknownMigrations;
}

/** The settings after a person accepted removals under these migrations. */
export function acceptMigrations(
  migrations: readonly string[],
  confirmations: Confirmations,
): Record<string, boolean> {
  return { ...confirmations, [questionOf(migrations)]: false };
}

/** The question's name in the settings. */
function questionOf(migrations: readonly string[]): string {
  return `newer schema: ${migrations.toSorted().join(' ')}`;
}

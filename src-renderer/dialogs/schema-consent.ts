import type { SchemaState } from '../../src-shared/domain/home.ts';

const KEY = 'strata.acceptedSchemas';

/**
 * The migrations a person has not yet said "I understand" to; empty when nothing has to be asked. Under a
 * schema newer than Strata the first removal asks once more; the answer counts for that set of migrations only.
 */
export function listUnaccepted(schema: SchemaState, storage: Pick<Storage, 'getItem'>): readonly string[] {
  if (schema.kind !== 'unknown-intact') return [];
  return readAccepted(storage).includes(nameSet(schema.unknownMigrations)) ? [] : schema.unknownMigrations;
}

/** Remembers that a person accepted removals under these migrations. */
export function acceptMigrations(
  migrations: readonly string[],
  storage: Pick<Storage, 'getItem' | 'setItem'>,
): void {
  const accepted = readAccepted(storage);
  const name = nameSet(migrations);
  if (accepted.includes(name)) return;
  try {
    storage.setItem(KEY, JSON.stringify([...accepted, name]));
  } catch {
    // Storage that is full or refused costs only that the question comes again.
  }
}

function nameSet(migrations: readonly string[]): string {
  return migrations.toSorted().join(' ');
}

function readAccepted(storage: Pick<Storage, 'getItem'>): readonly string[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  } catch {
    return [];
  }
}

import { expect, it } from 'vitest';
import type { SchemaState } from '../../src-shared/domain/home.ts';
import { acceptMigrations, listUnaccepted } from './schema-consent.ts';

function memory(): Pick<Storage, 'getItem' | 'setItem'> {
  const values = new Map<string, string>();
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => void values.set(key, value) };
}

const newer: SchemaState = { kind: 'unknown-intact', unknownMigrations: ['m2', 'm1'] };

it('asks nothing under a schema it knows', () => {
  expect(listUnaccepted({ kind: 'known', msbVersions: '0.6.18' }, memory())).toEqual([]);
});

it('asks once per set of migrations, whatever their order', () => {
  const storage = memory();
  expect(listUnaccepted(newer, storage)).toEqual(['m2', 'm1']);
  acceptMigrations(['m1', 'm2'], storage);
  expect(listUnaccepted(newer, storage)).toEqual([]);
  expect(
    listUnaccepted({ kind: 'unknown-intact', unknownMigrations: ['m1', 'm2', 'm3'] }, storage),
  ).toHaveLength(3);
});

it('asks again when what was stored cannot be read', () => {
  const storage = memory();
  storage.setItem('strata.acceptedSchemas', '{broken');
  expect(listUnaccepted(newer, storage)).toHaveLength(2);
});

it('works without storage that can be written', () => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  };
  expect(() => acceptMigrations(['m1'], full)).not.toThrow();
});

import { expect, it } from 'vitest';
import type { SchemaState } from '../../src-shared/domain/home.ts';
import { acceptMigrations, listUnaccepted } from './schema-consent.ts';

const newer: SchemaState = { kind: 'unknown-intact', unknownMigrations: ['m2', 'm1'] };

it('asks nothing under a schema it knows', () => {
  expect(listUnaccepted({ kind: 'known', msbVersions: '0.6.18' }, {})).toEqual([]);
});

it('asks once per set of migrations, whatever their order', () => {
  expect(listUnaccepted(newer, {})).toEqual(['m2', 'm1']);
  const accepted = acceptMigrations(['m1', 'm2'], { another: true });
  expect(accepted).toMatchObject({ another: true });
  expect(listUnaccepted(newer, accepted)).toEqual([]);
  const newest: SchemaState = { kind: 'unknown-intact', unknownMigrations: ['m1', 'm2', 'm3'] };
  expect(listUnaccepted(newest, accepted)).toHaveLength(3);
});

it('asks again once the answer says so', () => {
  const [question] = Object.keys(acceptMigrations(['m1', 'm2'], {}));
  expect(listUnaccepted(newer, { [question!]: true })).toHaveLength(2);
});

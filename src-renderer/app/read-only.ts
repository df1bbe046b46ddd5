import type { HomeState } from '../../src-shared/domain/home.ts';

/** Why nothing may be removed from a cache, a sentence each; none when it may. */
export function readOnlyReasons({ schema, readOnlyReasons: reasons }: HomeState): readonly string[] {
  const differences = schema.kind === 'not-intact' ? schema.differences : [];
  return [...new Set([...reasons, ...differences])];
}

/** False of a cache that is not open. */
export function isHomeReadOnly(home: HomeState | undefined): boolean {
  return home?.status === 'open' && readOnlyReasons(home).length > 0;
}

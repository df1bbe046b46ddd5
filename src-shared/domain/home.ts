/** How the database's schema relates to what this version of Strata was written against. */
export type SchemaState =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly msbVersions: string }
  /** Later migrations, but every table and column relied on is as expected: works, with a notice. */
  | { readonly kind: 'unknown-intact'; readonly unknownMigrations: readonly string[] }
  /** Read-only: `differences` says what is not as expected, one sentence each. */
  | { readonly kind: 'not-intact'; readonly differences: readonly string[] };

export type HomeStatus =
  | 'open'
  /** The home directory does not exist. */
  | 'no-home'
  /** The home exists, msb has made no database in it. */
  | 'no-database'
  /** The database is there, msb has made no cache directory yet. */
  | 'no-cache';

export interface HomeState {
  readonly status: HomeStatus;
  /** Absolute; after `config.json` had its say. */
  readonly home: string;
  readonly cacheDir: string;
  readonly databaseFile: string;
  readonly schema: SchemaState;
  /** The msb versions whose migrations the database has, for example `0.6.16 to 0.6.18`; null when unknown. */
  readonly msbVersion: string | null;
  /** Why nothing may be removed, as sentences; empty when removal is possible. */
  readonly readOnlyReasons: readonly string[];
  /** Whether flock can be probed here. If not, only what rows prove is collected. */
  readonly canProbeLocks: boolean;
  readonly isSample: boolean;
  /** The cache folder its disk descriptors name when that is another one: msb would boot from there. Null: none does. */
  readonly movedFrom: string | null;
}

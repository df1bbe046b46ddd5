/** Where one microsandbox home keeps what Strata reads. All absolute. */
export interface HomePaths {
  readonly home: string;
  readonly databaseFile: string;
  readonly cacheDir: string;
  readonly snapshotsDir: string;
  readonly sandboxesDir: string;
  /** `<home>/run`: process and creation locks. */
  readonly runDir: string;
}

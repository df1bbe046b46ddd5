/** What the engine runs on; for the about box and for reports of a fault. */
export interface EngineVersions {
  readonly node: string;
  /** Of the library that reads the cache's database. */
  readonly sqlite: string;
  /** System and processor as Node names them, for example `linux x64`. */
  readonly system: string;
}

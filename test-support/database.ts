import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { formatReference, parseReference } from '../src-shared/domain/reference.ts';

/** Opens the home's database as msb does (WAL, foreign keys, five seconds of patience), and closes it again. */
export function withDatabase<T>(home: string, work: (database: Database.Database) => T): T {
  const database = new Database(databaseFile(home), { fileMustExist: true, timeout: 5000 });
  try {
    database.pragma('foreign_keys = ON');
    return work(database);
  } finally {
    database.close();
  }
}

export function databaseFile(home: string): string {
  return join(home, 'db', 'msb.db');
}

/** Inserts the values whose columns this schema has, whichever msb version made it. Answers the row id. */
export function insertRow(
  database: Database.Database,
  table: string,
  values: Readonly<Record<string, string | number | null>>,
): number {
  const known = columnsOf(database, table);
  const columns = Object.keys(values).filter((column) => known.has(column));
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  const { lastInsertRowid } = database.prepare(sql).run(columns.map((column) => values[column]));
  return Number(lastInsertRowid);
}

export function hasColumn(database: Database.Database, table: string, column: string): boolean {
  return columnsOf(database, table).has(column);
}

function columnsOf(database: Database.Database, table: string): Set<string> {
  const columns = database.pragma(`table_info(${table})`) as { name: string }[];
  return new Set(columns.map(({ name }) => name));
}

/** An image as the database has it. */
export interface CachedImage {
  readonly reference: string;
  readonly manifestDigest: string;
  readonly configDigest: string | null;
  /** Base first. */
  readonly diffIds: readonly string[];
}

/** Every reference with its manifest and layers, in the order of the rows. */
export function cachedImages(home: string): CachedImage[] {
  return withDatabase(home, (database) => {
    const references = database
      .prepare(
        `SELECT r.reference, m.id, m.digest, m.config_digest FROM image_ref r
         JOIN manifest m ON m.id = r.manifest_id ORDER BY r.id`,
      )
      .all() as { reference: string; id: number; digest: string; config_digest: string | null }[];
    const layers = database.prepare(
      `SELECT l.diff_id FROM manifest_layer ml JOIN layer l ON l.id = ml.layer_id
       WHERE ml.manifest_id = ? ORDER BY ml.position`,
    );
    return references.map(({ reference, id, digest, config_digest }) => ({
      reference,
      manifestDigest: digest,
      configDigest: config_digest,
      diffIds: layers.pluck().all(id) as string[],
    }));
  });
}

/** The manifest digest a reference stands for. @throws Error when the cache has no such reference. */
export function manifestDigestOf(home: string, reference: string): string {
  const image = cachedImages(home).find((candidate) => candidate.reference === reference);
  if (image === undefined) throw new Error(`the cache has no reference ${reference}`);
  return image.manifestDigest;
}

/** `2026-11-23 11:36:48.792000000`: how msb stores times, always UTC. */
export function msbTime(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '000000');
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** `sha256:abc` as file names spell it: `sha256_abc`. */
export function pathSafe(digest: string): string {
  return digest.replace(/[^A-Za-z0-9+.=_-]/g, '_');
}

/** The name without suffix of the metadata file of a reference. @throws Error for what msb would refuse. */
export function metadataKey(reference: string): string {
  const parsed = parseReference(reference);
  if (parsed === null) throw new Error(`${reference} is not a reference`);
  return sha256(formatReference(parsed));
}

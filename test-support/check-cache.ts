import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { databaseFile, metadataKey, pathSafe } from './database.ts';

/** What SQLite finds wrong: broken pages, dangling foreign keys. Empty when all is well. */
export function checkDatabase(home: string): string[] {
  return withReader(home, (database) => {
    const integrity = database.pragma('integrity_check') as { integrity_check: string }[];
    const broken = integrity.map((row) => row.integrity_check).filter((text) => text !== 'ok');
    const keys = database.pragma('foreign_key_check') as { table: string; rowid: number; parent: string }[];
    return [...broken, ...keys.map(({ table, rowid, parent }) => `${table} ${rowid} points at no ${parent}`)];
  });
}

/**
 * What the holders of the cache miss: every manifest that a reference, a sandbox (by `sandbox_rootfs`,
 * `config` or `active_config`), an indexed snapshot or a snapshot descriptor on disk names must have its row,
 * its fsmeta and VMDK files, and all its layers with their files. Empty when all is well.
 *
 * It reads rows and files on its own and shares nothing with the engine, so that it can disagree.
 */
export function checkHeldImages(home: string): string[] {
  return withReader(home, (database) => {
    const problems: string[] = [];
    for (const [digest, holders] of heldDigests(home, database)) {
      const whose = `of ${digest}, held by ${holders.join(', ')}`;
      const manifest = database.prepare('SELECT id FROM manifest WHERE digest = ?').pluck().get(digest);
      if (manifest === undefined) problems.push(`no manifest row ${whose}`);
      for (const file of [`fsmeta/${pathSafe(digest)}.erofs`, `vmdk/${pathSafe(digest)}.vmdk`]) {
        if (!isFilled(join(home, 'cache', file))) problems.push(`no ${file} ${whose}`);
      }
      for (const diffId of layersOf(database, manifest)) {
        const file = `layers/${pathSafe(diffId)}.erofs`;
        if (!isFilled(join(home, 'cache', file))) problems.push(`no ${file} ${whose}`);
      }
    }
    return problems;
  });
}

/** Which files an image lacks while it is listed; none when it is whole, and none when it is not listed. */
export function missingFilesOf(home: string, reference: string): readonly string[] {
  const before = lookAtImage(home, reference);
  if (before === null || before.missing.length === 0) return [];
  // A removal takes the row first: what goes after it is missed by nobody.
  const after = lookAtImage(home, reference);
  return after?.row === before.row ? after.missing : [];
}

function lookAtImage(
  home: string,
  reference: string,
): { readonly row: string; readonly missing: readonly string[] } | null {
  return withReader(home, (database) => {
    const row = database
      .prepare(
        `SELECT r.id, r.updated_at, r.manifest_id, m.digest FROM image_ref r
         JOIN manifest m ON m.id = r.manifest_id WHERE r.reference = ?`,
      )
      .get(reference) as { id: number; updated_at: string; manifest_id: number; digest: string } | undefined;
    if (row === undefined) return null;
    const digest = pathSafe(row.digest);
    const files = [
      `manifests/${metadataKey(reference)}.json`,
      `fsmeta/${digest}.erofs`,
      `vmdk/${digest}.vmdk`,
      ...layersOf(database, row.manifest_id).map((diffId) => `layers/${pathSafe(diffId)}.erofs`),
    ];
    const missing = files.filter((file) => !isFilled(join(home, 'cache', file)));
    return { row: `${row.id} ${row.updated_at}`, missing };
  });
}

/**
 * Files of the cache that no row asks for, by names alone, and whatever is left of Strata's own folder.
 *
 * @param kept References whose names may have gone while holders keep their images: their metadata may stay.
 */
export function leftBehind(home: string, kept: readonly string[] = []): string[] {
  const cache = join(home, 'cache');
  const wanted = withReader(home, (database) => wantedFiles(database, kept));
  const folders = ['layers', 'fsmeta', 'vmdk', 'manifests', 'flat/refs', 'tmp'];
  const orphans = folders
    .flatMap((folder) => namesIn(join(cache, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => COLLECTABLE.test(path) && !wanted.has(path));
  return [...orphans, ...belowOwnFolder(join(cache, '.strata'))].map((path) => `left for ever: ${path}`);
}

function wantedFiles(database: Database.Database, kept: readonly string[]): ReadonlySet<string> {
  const column = (sql: string) => database.prepare(sql).pluck().all() as string[];
  const held = column(
    `SELECT json_extract(config, '$.manifest_digest') FROM sandbox UNION SELECT image_manifest_digest FROM snapshot_index`,
  );
  return new Set([
    ...column('SELECT diff_id FROM layer').map((digest) => `layers/${pathSafe(digest)}.erofs`),
    ...[...column('SELECT digest FROM manifest'), ...held].flatMap((digest) => [
      `fsmeta/${pathSafe(digest)}.erofs`,
      `vmdk/${pathSafe(digest)}.vmdk`,
      `flat/refs/${pathSafe(digest)}.json`,
    ]),
    ...[...column('SELECT reference FROM image_ref'), ...kept].map(
      (reference) => `manifests/${metadataKey(reference)}.json`,
    ),
  ]);
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function belowOwnFolder(own: string): readonly string[] {
  if (!existsSync(own)) return [];
  const below = readdirSync(own, { recursive: true, encoding: 'utf8' });
  return ['.strata', ...below.map((name) => `.strata/${name}`)];
}

/** Names msb gives, locks left out: what only looks like them stays. */
const COLLECTABLE =
  /^(?:(?:layers|fsmeta)\/sha256_[0-9a-f]{64}\.erofs|layers\/sha256_[0-9a-f]{64}\.tar\.gz|vmdk\/sha256_[0-9a-f]{64}\.vmdk|manifests\/[0-9a-f]{64}\.json(?:\.part)?|flat\/refs\/sha256_[0-9a-f]{64}\.json|tmp\/.*\.(?:part|spool|work|blob|tar))$/;

function withReader<T>(home: string, work: (database: Database.Database) => T): T {
  const database = new Database(databaseFile(home), { readonly: true, fileMustExist: true });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function isFilled(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function layersOf(database: Database.Database, manifestId: unknown): string[] {
  const sql =
    'SELECT l.diff_id FROM manifest_layer ml JOIN layer l ON l.id = ml.layer_id WHERE ml.manifest_id = ?';
  return database
    .prepare(sql)
    .pluck()
    .all(manifestId ?? null) as string[];
}

function heldDigests(home: string, database: Database.Database): Map<string, string[]> {
  const held = new Map<string, string[]>();
  const hold = (digest: unknown, holder: string) => {
    if (typeof digest === 'string') held.set(digest, [...(held.get(digest) ?? []), holder]);
  };
  const rows = (sql: string) => database.prepare(sql).all() as Record<string, string | null>[];
  for (const row of rows(
    'SELECT reference, digest FROM image_ref r JOIN manifest m ON m.id = r.manifest_id',
  )) {
    hold(row.digest, `reference ${row.reference}`);
  }
  const pins = 'SELECT s.name, m.digest FROM sandbox_rootfs r, sandbox s, manifest m';
  for (const row of rows(`${pins} WHERE s.id = r.sandbox_id AND m.id = r.manifest_id`)) {
    hold(row.digest, `sandbox ${row.name}`);
  }
  for (const row of rows('SELECT * FROM sandbox')) {
    for (const text of [row.config, row.active_config]) {
      hold(fieldOf(text, 'manifest_digest'), `configuration of sandbox ${row.name}`);
    }
  }
  for (const row of rows('SELECT * FROM snapshot_index')) {
    hold(row.image_manifest_digest, `snapshot ${row.name}`);
  }
  for (const file of descriptors(join(home, 'snapshots'))) {
    hold(fieldOf(fieldOf(readFileSync(file, 'utf8'), 'image'), 'manifest_digest'), `descriptor ${file}`);
  }
  return held;
}

/** A field of an object or of JSON text; undefined for anything else. */
function fieldOf(from: unknown, field: string): unknown {
  try {
    const value: unknown = typeof from === 'string' ? JSON.parse(from) : from;
    return value !== null && typeof value === 'object'
      ? (value as Record<string, unknown>)[field]
      : undefined;
  } catch {
    return undefined;
  }
}

function descriptors(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name === 'snapshot.json' || name === 'manifest.json')
    .map(({ parentPath, name }) => join(parentPath, name));
}

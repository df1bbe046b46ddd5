import type { ImageHandle } from '../../../src-shared/domain/image.ts';
import type { RawRow, ReadableDatabase } from './connection.ts';
import { isCorruption } from './sqlite-errors.ts';
import { readAroundDamage } from './table-reader.ts';
import { columnsOf, selectList } from './tables.ts';
import { toRfc3339 } from './timestamp.ts';
import { count, isPlainName, nameOf, replaceEach, text } from './values.ts';

/**
 * Every cached reference in the order of `msb image ls`: newest first, those of one instant by row id, those without
 * a time last. Values as msb prints them; where msb would fail on a bad one, it is null here, and the others are
 * there all the same.
 *
 * @throws CacheFailure `database-busy`; `damaged` when not even part of the table can be read.
 */
export function listHandles(database: ReadableDatabase): readonly ImageHandle[] {
  const sql = handleQuery(database);
  if (sql === null) return [];
  return database.inReadTransaction(() => {
    try {
      const rows = database.rows(`${sql} ORDER BY r.created_at DESC, r.id`);
      return replaceEach(rows, (row) => handleOf(database, row));
    } catch (error) {
      if (!isCorruption(error)) throw error;
      return listAroundDamage(database);
    }
  });
}

/** The handle of exactly this reference; null when there is none. */
export function readHandle(database: ReadableDatabase, reference: string): ImageHandle | null {
  const sql = handleQuery(database);
  if (sql === null) return null;
  const row = database.row(`${sql} WHERE r.reference = ?`, reference);
  if (row !== null) return handleOf(database, row);
  // A name made up for bytes that are no text cannot be looked up, only recognised.
  if (isPlainName(reference) && !reference.startsWith("x'")) return null;
  return listHandles(database).find((handle) => handle.reference === reference) ?? null;
}

const REFERENCE_COLUMNS = ['reference', 'created_at', 'updated_at', 'manifest_id'];
const MANIFEST_COLUMNS = ['digest', 'architecture', 'os', 'layer_count', 'total_size_bytes'];

/** Null when the schema has no images. */
function handleQuery(database: ReadableDatabase): string | null {
  return database.perSchema('handle query', () => {
    const references = columnsOf(database, 'image_ref');
    const manifests = columnsOf(database, 'manifest');
    if (references === null || manifests === null) return null;
    return `SELECT ${selectList(references, 'r', REFERENCE_COLUMNS)}, ${selectList(manifests, 'm', MANIFEST_COLUMNS)}
      FROM image_ref r LEFT JOIN manifest m ON m.id = r.manifest_id`;
  });
}

/** A reference whose manifest row is missing has an empty digest. */
function handleOf(database: ReadableDatabase, row: RawRow): ImageHandle {
  const [reference, createdAt, updatedAt, manifestId, digest, architecture, os, layers, totalSize] = row;
  return {
    reference: nameOf(reference),
    manifestDigest: nameOf(digest),
    architecture: text(architecture),
    os: text(os),
    layerCount: count(layers) ?? countLinks(database, manifestId),
    sizeBytes: count(totalSize),
    createdAt: toRfc3339(createdAt),
    lastUsedAt: toRfc3339(updatedAt),
  };
}

function countLinks(database: ReadableDatabase, manifestId: unknown): number {
  const row = database.row('SELECT count(*) FROM manifest_layer WHERE manifest_id = ?', manifestId);
  return count(row?.[0]) ?? 0;
}

/** Reference by reference, so that a damaged page costs only the rows on it. */
function listAroundDamage(database: ReadableDatabase): readonly ImageHandle[] {
  const columns = columnsOf(database, 'image_ref')!;
  const references = readAroundDamage(database, 'image_ref', selectList(columns, 't', REFERENCE_COLUMNS));
  const newestFirst = references.toSorted(
    (a, b) => compare(b[1], a[1]) || (a.at(-1) as number) - (b.at(-1) as number),
  );
  return newestFirst.map((row) =>
    handleOf(database, [...row.slice(0, 4), ...readManifest(database, row[3])]),
  );
}

function readManifest(database: ReadableDatabase, id: unknown): RawRow {
  const list = selectList(columnsOf(database, 'manifest')!, 'm', MANIFEST_COLUMNS);
  try {
    // An unreadable row has no layers to count either.
    return database.row(`SELECT ${list} FROM manifest m WHERE m.id = ?`, id) ?? [null, null, null, 0, null];
  } catch (error) {
    if (!isCorruption(error)) throw error;
    return [null, null, null, 0, null];
  }
}

/** As SQLite orders them where it matters: null before text. */
function compare(a: unknown, b: unknown): number {
  const [left, right] = [text(a) ?? '', text(b) ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}

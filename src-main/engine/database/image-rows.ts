import type { ReadableDatabase } from './connection.ts';
import { columnsOf, selectList } from './tables.ts';
import { count, nameOf, text } from './values.ts';

/** A row of `config`. Null marks what the row does not say, or says in a way that cannot be read. */
export interface ConfigRow {
  readonly digest: string;
  /** Empty when the image has none; null when the column cannot be read. */
  readonly env: readonly string[] | null;
  readonly cmd: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly workingDir: string | null;
  readonly user: string | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly stopSignal: string | null;
  /** Which columns could not be read, a sentence each. */
  readonly notes: readonly string[];
}

/** A layer at its place in one image, as the rows say. */
export interface ImageLayerRow {
  readonly diffId: string;
  readonly blobDigest: string;
  readonly mediaType: string | null;
  readonly compressedSizeBytes: number | null;
  /** 0 is the base. */
  readonly position: number;
}

const CONFIG_COLUMNS = ['digest', 'env', 'cmd', 'entrypoint', 'working_dir', 'user', 'labels', 'stop_signal'];

/** The configuration msb stored with a manifest; null when there is no row. */
export function readConfigRow(database: ReadableDatabase, manifestId: number): ConfigRow | null {
  const columns = columnsOf(database, 'config');
  if (columns === null) return null;
  const row = database.row(
    `SELECT ${selectList(columns, 'c', CONFIG_COLUMNS)} FROM config c WHERE c.manifest_id = ?`,
    manifestId,
  );
  if (row === null) return null;
  const [digest, env, cmd, entrypoint, workingDir, user, labels, stopSignal] = row;
  const notes: string[] = [];
  return {
    digest: nameOf(digest),
    env: env === null ? [] : stringList('env', env, notes),
    cmd: stringList('cmd', cmd, notes),
    entrypoint: stringList('entrypoint', entrypoint, notes),
    workingDir: text(workingDir),
    user: text(user),
    labels: stringMap('labels', labels, notes),
    stopSignal: text(stopSignal),
    notes,
  };
}

/** The layers of a manifest by position, base first; one that occurs twice is there twice. */
export function readImageLayers(database: ReadableDatabase, manifestId: number): readonly ImageLayerRow[] {
  const columns = columnsOf(database, 'layer');
  if (columns === null || columnsOf(database, 'manifest_layer') === null) return [];
  const list = selectList(columns, 'l', ['diff_id', 'blob_digest', 'media_type', 'compressed_size_bytes']);
  const rows = database.rows(
    `SELECT ${list}, k.position FROM manifest_layer k JOIN layer l ON l.id = k.layer_id
     WHERE k.manifest_id = ? ORDER BY k.position`,
    manifestId,
  );
  return rows.map(([diffId, blobDigest, mediaType, compressedSize, position], index) => ({
    diffId: nameOf(diffId),
    blobDigest: nameOf(blobDigest),
    mediaType: text(mediaType),
    compressedSizeBytes: count(compressedSize),
    position: count(position) ?? index,
  }));
}

/** Longest label text of one image, in UTF-16 units. */
const MAX_LABEL_TEXT = 8192;

/**
 * What the find field searches of an image's labels, of which this is the column: lines `key=value` in lower case, cut at
 * 8 KiB. Null without labels, and for some that cannot be read.
 */
export function labelTextOf(labels: unknown): string | null {
  const pairs = Object.entries(stringMap('labels', labels, []) ?? {});
  return pairs.length === 0 ? null : labelText(pairs);
}

function labelText(pairs: readonly (readonly [string, string])[]): string {
  let joined = '';
  for (const [key, value] of pairs) {
    joined += `${joined === '' ? '' : '\n'}${key.slice(0, MAX_LABEL_TEXT)}=${value.slice(0, MAX_LABEL_TEXT)}`;
    if (joined.length >= MAX_LABEL_TEXT) break;
  }
  return joined.slice(0, MAX_LABEL_TEXT).toLowerCase();
}

function stringList(column: string, value: unknown, notes: string[]): readonly string[] | null {
  if (value === null) return null;
  const list = parseJson(value);
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
  if (list !== null) notes.push(`The column config.${column} is not a JSON list of texts.`);
  return null;
}

/** Entries whose value is not a text are left out, and noted. */
function stringMap(column: string, value: unknown, notes: string[]): Readonly<Record<string, string>> | null {
  if (value === null) return null;
  const map = parseJson(value);
  if (map === null) return null;
  if (typeof map !== 'object' || Array.isArray(map)) {
    notes.push(`The column config.${column} is not a JSON object.`);
    return null;
  }
  const entries = Object.entries(map);
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (texts.length < entries.length) notes.push(`The column config.${column} has values that are not texts.`);
  return Object.fromEntries(texts);
}

/** The JSON text `null` counts as absent, to msb too; so `undefined` stands for what is no JSON. */
function parseJson(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
}

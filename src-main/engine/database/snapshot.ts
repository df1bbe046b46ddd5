import type { ReadableDatabase } from './connection.ts';
import type { DatabaseSnapshot, LayerRow, LinkRow, ManifestRow, ReferenceRow, SnapshotRow } from './rows.ts';
import { readSandboxes } from './sandboxes.ts';
import { readMigrations } from './schema.ts';
import { TableReader } from './table-reader.ts';
import { toRfc3339 } from './timestamp.ts';
import { readUnknownHolders } from './unknown-holders.ts';
import { count, isPlainName, nameOf, replaceEach, rowId, text } from './values.ts';

/** What a home without a database says. */
export const EMPTY_SNAPSHOT: DatabaseSnapshot = {
  migrations: [],
  references: [],
  manifests: [],
  layers: [],
  links: [],
  sandboxes: [],
  snapshots: [],
  unknownHolders: [],
  installLeaseExpiresAt: null,
  damagedRows: [],
};

/**
 * All rows that matter, as of one instant: one short read transaction, or the transaction that is open. Works with
 * every schema since msb 0.4; columns a release does not have read as null.
 *
 * A bad value never fails the read: see `DatabaseSnapshot`. A table whose pages are damaged gives the rows that can
 * be reached, and adds to `unknownHolders` one that holds everything, for nobody knows what the lost rows held.
 *
 * @param nowMs `installLeaseExpiresAt` is null for a lease that has expired by then.
 * @throws CacheFailure `database-busy`, `damaged`.
 */
export function readSnapshot(database: ReadableDatabase, nowMs: number = Date.now()): DatabaseSnapshot {
  return database.inReadTransaction(() => {
    const reader = new TableReader(database);
    const manifests = readManifests(reader);
    const { sandboxes, ownerlessManifestIds } = readSandboxes(reader, manifests);
    const snapshot = {
      migrations: readMigrations(database),
      references: readReferences(reader, new Set(manifests.map(({ id }) => id))),
      manifests,
      layers: readLayers(reader),
      links: readLinks(reader),
      sandboxes,
      snapshots: readSnapshots(reader),
      installLeaseExpiresAt: readInstallLease(reader, nowMs),
    };
    const unknownHolders = [
      ...readUnknownHolders(database),
      ...(ownerlessManifestIds.length === 0
        ? []
        : [{ table: 'sandbox_rootfs', parent: 'manifest' as const, parentIds: ownerlessManifestIds }]),
      ...reader.incompleteTables.map((table) => ({
        table: `${table} (partly unreadable)`,
        parent: 'manifest' as const,
        parentIds: null,
      })),
    ];
    return { ...snapshot, unknownHolders, damagedRows: reader.damagedRows };
  });
}

/** When msb ends an installation or migration that is under way; null when none is. As `readSnapshot` has it. */
export function readInstallLeaseExpiry(
  database: ReadableDatabase,
  nowMs: number = Date.now(),
): string | null {
  return readInstallLease(new TableReader(database), nowMs);
}

function readReferences(reader: TableReader, manifestIds: ReadonlySet<number>): readonly ReferenceRow[] {
  const rows = reader.rows('image_ref', ['reference', 'manifest_id', 'created_at', 'updated_at']);
  return replaceEach(rows, ([id, reference, manifestId, createdAt, updatedAt]) => {
    noteName(reader, 'image_ref', id, 'reference', reference);
    const target = rowId(manifestId) ?? Number.NaN;
    if (!manifestIds.has(target)) reader.note('image_ref', id, 'its manifest has no row');
    return {
      id: id as number,
      reference: nameOf(reference),
      manifestId: target,
      createdAt: time(reader, 'image_ref', id, 'created_at', createdAt),
      updatedAt: time(reader, 'image_ref', id, 'updated_at', updatedAt),
    };
  });
}

function readManifests(reader: TableReader): readonly ManifestRow[] {
  const rows = reader.rows('manifest', [
    'digest',
    'config_digest',
    'architecture',
    'os',
    'variant',
    'layer_count',
    'total_size_bytes',
    'created_at',
  ]);
  return replaceEach(
    rows,
    ([id, digest, configDigest, architecture, os, variant, layers, totalSize, createdAt]) => {
      noteName(reader, 'manifest', id, 'digest', digest);
      return {
        id: id as number,
        digest: nameOf(digest),
        configDigest: text(configDigest),
        architecture: text(architecture),
        os: text(os),
        variant: text(variant),
        layerCount: number(reader, 'manifest', id, 'layer_count', layers),
        totalSizeBytes: number(reader, 'manifest', id, 'total_size_bytes', totalSize),
        createdAt: time(reader, 'manifest', id, 'created_at', createdAt),
      };
    },
  );
}

function readLayers(reader: TableReader): readonly LayerRow[] {
  const rows = reader.rows('layer', [
    'diff_id',
    'blob_digest',
    'media_type',
    'compressed_size_bytes',
    'created_at',
    'last_used_at',
  ]);
  return replaceEach(rows, ([id, diffId, blobDigest, mediaType, compressedSize, createdAt, lastUsedAt]) => {
    noteName(reader, 'layer', id, 'diff_id', diffId);
    return {
      id: id as number,
      diffId: nameOf(diffId),
      blobDigest: nameOf(blobDigest),
      mediaType: text(mediaType),
      compressedSizeBytes: number(reader, 'layer', id, 'compressed_size_bytes', compressedSize),
      createdAt: time(reader, 'layer', id, 'created_at', createdAt),
      lastUsedAt: time(reader, 'layer', id, 'last_used_at', lastUsedAt),
    };
  });
}

function readLinks(reader: TableReader): readonly LinkRow[] {
  const rows = reader.rows('manifest_layer', ['manifest_id', 'layer_id', 'position']);
  const links = replaceEach(rows, (row): LinkRow | null => {
    const manifestId = rowId(row[1]);
    const layerId = rowId(row[2]);
    const position = count(row[3]);
    if (manifestId === null || layerId === null || position === null) {
      reader.note('manifest_layer', row[0], 'manifest_id, layer_id or position is not a number');
    }
    // The layer is needed wherever it stands in the image.
    return manifestId === null || layerId === null ? null : { manifestId, layerId, position: position ?? -1 };
  });
  return links.filter((link) => link !== null);
}

function readSnapshots(reader: TableReader): readonly SnapshotRow[] {
  const rows = reader.rows('snapshot_index', [
    'digest',
    'name',
    'group_name',
    'image_ref',
    'image_manifest_digest',
    'artifact_path',
  ]);
  return replaceEach(rows, ([id, digest, name, group, imageReference, manifestDigest, artifactPath]) => {
    const imageManifestDigest = text(manifestDigest) || null;
    if (imageManifestDigest === null)
      reader.note('snapshot_index', id, 'image_manifest_digest holds no text');
    return {
      digest: nameOf(digest),
      name: text(name),
      group: text(group),
      imageReference: text(imageReference),
      imageManifestDigest,
      artifactPath: text(artifactPath),
    };
  });
}

/** A lease whose end is not a date is passed on as it stands: msb would not get past it either. */
function readInstallLease(reader: TableReader, nowMs: number): string | null {
  const rows = reader.rows('maintenance_lease', ['name', 'lease_expires_at']);
  const lease = rows.find(([, name]) => name === 'install_exclusive');
  if (lease === undefined || lease[2] === null) return null;
  const expiresAt = toRfc3339(lease[2]);
  if (expiresAt === null) return nameOf(lease[2]);
  return Date.parse(expiresAt) > nowMs ? expiresAt : null;
}

function noteName(reader: TableReader, table: string, id: unknown, column: string, value: unknown): void {
  if (!isPlainName(value)) reader.note(table, id, `${column} is not plain text`);
}

function number(
  reader: TableReader,
  table: string,
  id: unknown,
  column: string,
  value: unknown,
): number | null {
  const valid = count(value);
  if (valid === null && value !== null) reader.note(table, id, `${column} is not a size: ${brief(value)}`);
  return valid;
}

function time(
  reader: TableReader,
  table: string,
  id: unknown,
  column: string,
  value: unknown,
): string | null {
  const valid = toRfc3339(value);
  if (valid === null && value !== null) reader.note(table, id, `${column} is not a date: ${brief(value)}`);
  return valid;
}

function brief(value: unknown): string {
  return JSON.stringify(nameOf(value).slice(0, 60));
}

import type { ReadableDatabase } from './connection.ts';
import { type ImageRows, ImageTables } from './image-tables.ts';
import type { DatabaseSnapshot, SnapshotRow } from './rows.ts';
import { readSandboxes } from './sandboxes.ts';
import { readMigrations } from './schema.ts';
import { TableReader } from './table-reader.ts';
import { toRfc3339 } from './timestamp.ts';
import { readUnknownHolders } from './unknown-holders.ts';
import { nameOf, replaceEach, text } from './values.ts';

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
    return completeSnapshot(reader, new ImageTables().readWhole(reader), nowMs);
  });
}

/** With everything that is read anew each time: there are few of these rows, or none. */
export function completeSnapshot(reader: TableReader, rows: ImageRows, nowMs: number): DatabaseSnapshot {
  const { database } = reader;
  const { sandboxes, ownerlessManifestIds } = readSandboxes(reader, rows.manifests);
  const snapshot = {
    ...rows,
    migrations: readMigrations(database),
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
}

/** When msb ends an installation or migration that is under way; null when none is. As `readSnapshot` has it. */
export function readInstallLeaseExpiry(
  database: ReadableDatabase,
  nowMs: number = Date.now(),
): string | null {
  return readInstallLease(new TableReader(database), nowMs);
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

/**
 * msb's schema migrations in the order msb runs them (not the order of their names), and after which of them each
 * release stopped. A later release has all of an earlier one's.
 */
const MIGRATIONS = [
  'm20260305_000001_create_image_tables',
  'm20260305_000002_create_sandbox_tables',
  'm20260305_000003_create_storage_tables',
  'm20260305_000004_create_sandbox_images_table',
  'm20260410_000001_erofs_image_schema',
  'm20260501_000001_create_snapshot_index',
  'm20260517_000001_drop_sandbox_metric',
  'm20260527_000001_migrate_oci_rootfs_source',
  'm20260531_000001_create_sandbox_labels',
  'm20260531_000002_index_sandbox_labels_key_value',
  'm20260606_000001_named_volume_kinds',
  'm20260621_000001_add_sandbox_ephemeral',
  'm20260621_000002_create_maintenance_lease',
  'm20260703_000001_add_sandbox_active_config',
  'm20260708_000001_migrate_bind_rootfs_source',
  'm20260710_000001_migrate_root_disk',
  'm20260714_000001_add_snapshot_scope',
  'm20260723_000001_snapshot_artifact_transition',
  'm20260719_000001_create_cpu_allocations',
  'm20260803_000001_create_writeback_allocations',
  'm20260808_000001_create_memory_allocation_nodes',
  'm20260810_000001_rebuild_sandbox_labels',
  'm20260813_000001_share_cpu_allocations',
  'm20260824_000001_mount_owner_config',
  'm20260818_000001_sandbox_network_slot',
  'm20260829_000001_split_snapshot_identity',
  'm20260910_000001_snapshot_groups',
] as const;

const RELEASES: readonly { readonly count: number; readonly msbVersions: string }[] = [
  { count: 4, msbVersions: '0.3' },
  { count: 5, msbVersions: '0.4.0 to 0.4.3' },
  { count: 6, msbVersions: '0.4.4 or a later 0.4' },
  { count: 7, msbVersions: '0.5.0' },
  { count: 8, msbVersions: '0.5.1 to 0.5.4' },
  { count: 10, msbVersions: '0.5.5' },
  { count: 11, msbVersions: '0.5.6 to 0.5.7' },
  { count: 13, msbVersions: '0.5.8 to 0.6.3' },
  { count: 14, msbVersions: '0.6.4 to 0.6.6' },
  { count: 18, msbVersions: '0.6.7 to 0.6.8' },
  { count: 23, msbVersions: '0.6.9 to 0.6.14' },
  { count: 25, msbVersions: '0.6.16 to 0.6.18' },
  { count: 27, msbVersions: '0.7.2' },
];

export const createsSnapshotIndex = MIGRATIONS[5];
export const createsMaintenanceLease = MIGRATIONS[12];
export const addsActiveConfig = MIGRATIONS[13];

/** The msb versions that leave exactly this set of migrations, for example `0.6.16 to 0.6.18`; null for any other set. */
export function msbVersionsOf(applied: ReadonlySet<string>): string | null {
  const release = RELEASES.find(({ count }) => count === applied.size);
  const isExact = MIGRATIONS.slice(0, release?.count).every((id) => applied.has(id));
  return release !== undefined && isExact ? release.msbVersions : null;
}

/**
 * How a set that is no release's differs from the nearest one: ids we do not know, and, marked as missing, those of
 * the first release that has all the known ones.
 */
export function unknownMigrations(applied: ReadonlySet<string>): readonly string[] {
  const known: ReadonlySet<string> = new Set(MIGRATIONS);
  const last = MIGRATIONS.findLastIndex((id) => applied.has(id));
  const nearest = RELEASES.find(({ count }) => count > last)?.count ?? 0;
  const missing = MIGRATIONS.slice(0, nearest).filter((id) => !applied.has(id));
  return [...[...applied].filter((id) => !known.has(id)), ...missing.map((id) => `${id} (missing)`)];
}

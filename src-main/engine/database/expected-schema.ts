import { addsActiveConfig, createsMaintenanceLease, createsSnapshotIndex } from './migrations.ts';

export type Affinity = 'text' | 'integer';

export interface ExpectedTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, Affinity>>;
  /** The table came with this migration; without it the table may be absent. Null for the first ones. */
  readonly since: string | null;
}

export interface ExpectedForeignKey {
  readonly table: string;
  readonly from: string;
  readonly parent: string;
  readonly onDelete: 'CASCADE' | 'RESTRICT';
}

/** Everything we read or delete by, and nothing else: later releases add tables and columns that are no concern of ours. */
export const expectedTables: readonly ExpectedTable[] = [
  {
    name: 'image_ref',
    columns: {
      id: 'integer',
      reference: 'text',
      manifest_id: 'integer',
      created_at: 'text',
      updated_at: 'text',
    },
    since: null,
  },
  {
    name: 'manifest',
    columns: {
      id: 'integer',
      digest: 'text',
      config_digest: 'text',
      architecture: 'text',
      os: 'text',
      variant: 'text',
      layer_count: 'integer',
      total_size_bytes: 'integer',
      created_at: 'text',
    },
    since: null,
  },
  {
    name: 'config',
    columns: {
      id: 'integer',
      manifest_id: 'integer',
      digest: 'text',
      env: 'text',
      cmd: 'text',
      entrypoint: 'text',
      working_dir: 'text',
      user: 'text',
      labels: 'text',
      stop_signal: 'text',
    },
    since: null,
  },
  {
    name: 'layer',
    columns: {
      id: 'integer',
      diff_id: 'text',
      blob_digest: 'text',
      media_type: 'text',
      compressed_size_bytes: 'integer',
      created_at: 'text',
      last_used_at: 'text',
    },
    since: null,
  },
  {
    name: 'manifest_layer',
    columns: { id: 'integer', manifest_id: 'integer', layer_id: 'integer', position: 'integer' },
    since: null,
  },
  { name: 'sandbox', columns: { id: 'integer', name: 'text', config: 'text', status: 'text' }, since: null },
  { name: 'sandbox', columns: { active_config: 'text' }, since: addsActiveConfig },
  { name: 'sandbox_rootfs', columns: { sandbox_id: 'integer', manifest_id: 'integer' }, since: null },
  { name: 'run', columns: { sandbox_id: 'integer', pid: 'integer', status: 'text' }, since: null },
  {
    name: 'snapshot_index',
    columns: {
      digest: 'text',
      name: 'text',
      image_ref: 'text',
      image_manifest_digest: 'text',
      artifact_path: 'text',
    },
    since: createsSnapshotIndex,
  },
  {
    name: 'maintenance_lease',
    columns: { name: 'text', lease_expires_at: 'text' },
    since: createsMaintenanceLease,
  },
];

/** Deleting relies on what these take along and what they refuse. All point at `id`. */
export const expectedForeignKeys: readonly ExpectedForeignKey[] = [
  { table: 'image_ref', from: 'manifest_id', parent: 'manifest', onDelete: 'CASCADE' },
  { table: 'config', from: 'manifest_id', parent: 'manifest', onDelete: 'CASCADE' },
  { table: 'manifest_layer', from: 'manifest_id', parent: 'manifest', onDelete: 'CASCADE' },
  { table: 'manifest_layer', from: 'layer_id', parent: 'layer', onDelete: 'RESTRICT' },
  { table: 'sandbox_rootfs', from: 'manifest_id', parent: 'manifest', onDelete: 'RESTRICT' },
];

/** Tables whose rows a removal deletes, directly or by cascade. */
export const imageTables: readonly string[] = ['image_ref', 'manifest', 'config', 'layer', 'manifest_layer'];

/** The type SQLite gives the values of a column declared so (https://sqlite.org/datatype3.html, section 3.1). */
export function affinityOf(declaredType: string): Affinity | 'other' {
  const type = declaredType.toUpperCase();
  if (type.includes('INT')) return 'integer';
  return /CHAR|CLOB|TEXT/.test(type) ? 'text' : 'other';
}

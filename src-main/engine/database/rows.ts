/**
 * What one read transaction of `msb.db` says, as plain values. A value that is not of the expected type comes
 * as null (or is listed in `damagedRows`) instead of failing the read: one bad row never hides the others.
 */
export interface DatabaseSnapshot {
  /** `seaql_migrations.version`, sorted. */
  readonly migrations: readonly string[];
  readonly references: readonly ReferenceRow[];
  readonly manifests: readonly ManifestRow[];
  readonly layers: readonly LayerRow[];
  readonly links: readonly LinkRow[];
  readonly sandboxes: readonly SandboxRow[];
  readonly snapshots: readonly SnapshotRow[];
  readonly unknownHolders: readonly UnknownHolderRows[];
  /** When a running `msb` installation or migration gives the database back; null when none is under way. */
  readonly installLeaseExpiresAt: string | null;
  readonly damagedRows: readonly DamagedRow[];
}

export interface ReferenceRow {
  readonly id: number;
  readonly reference: string;
  readonly manifestId: number;
  /** RFC 3339 (`2026-11-23T10:00:00.123456789+00:00`); null when absent or not a date. */
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
}

export interface ManifestRow {
  readonly id: number;
  readonly digest: string;
  readonly configDigest: string | null;
  readonly architecture: string | null;
  readonly os: string | null;
  readonly variant: string | null;
  readonly layerCount: number | null;
  readonly totalSizeBytes: number | null;
  readonly createdAt: string | null;
}

export interface LayerRow {
  readonly id: number;
  readonly diffId: string;
  readonly blobDigest: string;
  readonly mediaType: string | null;
  readonly compressedSizeBytes: number | null;
  readonly createdAt: string | null;
  readonly lastUsedAt: string | null;
}

export interface LinkRow {
  readonly manifestId: number;
  readonly layerId: number;
  readonly position: number;
}

export interface SandboxRow {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  /** `manifest_digest` of `config` and `active_config`, and the digest of `sandbox_rootfs.manifest_id`'s row. */
  readonly manifestDigests: readonly string[];
  /** Manifest row ids pinned by `sandbox_rootfs`. */
  readonly rootfsManifestIds: readonly number[];
  /** False when `config`, or a non-null `active_config`, is not a JSON object: the sandbox then holds everything. */
  readonly isReadable: boolean;
  /** Process ids of `run` rows in state Running. */
  readonly runningPids: readonly number[];
}

export interface SnapshotRow {
  readonly digest: string;
  readonly name: string | null;
  readonly group: string | null;
  readonly imageReference: string | null;
  /** Null when the column holds no text: the snapshot then holds everything. */
  readonly imageManifestDigest: string | null;
  readonly artifactPath: string | null;
}

/** Parents that rows of an unknown table point at. */
export interface UnknownHolderRows {
  readonly table: string;
  readonly parent: 'manifest' | 'layer' | 'image_ref' | 'config';
  /** Row ids of the parent; null when the key could not be resolved: everything is then held. */
  readonly parentIds: readonly number[] | null;
}

export interface DamagedRow {
  readonly table: string;
  readonly id: number | null;
  readonly detail: string;
}

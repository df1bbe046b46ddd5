import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasColumn, insertRow, manifestDigestOf, msbTime, sha256, withDatabase } from './database.ts';
import { writeSparse } from './sparse.ts';

export interface SnapshotSpec {
  readonly name: string;
  /** The reference the sandbox was made from; must be in the cache unless `manifestDigest` is given. */
  readonly reference: string;
  readonly manifestDigest?: string;
  /**
   * Where the artifact lies: `single` is `snapshots/<name>/snapshot.json` (0.6.7 to 0.6.18), `legacy` the
   * same with `manifest.json` (0.4.4 to 0.6.6), `grouped` `snapshots/<group>/snap_<hex>/snapshot.json`
   * (0.7); `none` leaves no file. `single` unless a group is given.
   */
  readonly layout?: 'single' | 'legacy' | 'grouped' | 'none';
  /** Of a grouped snapshot. */
  readonly group?: string;
  /** False for an artifact `snapshot_index` does not list. */
  readonly isIndexed?: boolean;
  /** The `snapshotId` (grouped) or digest of the snapshot it was made from. */
  readonly parent?: string;
  /** Allocated bytes of the payload; no payload unless given. */
  readonly diskBytes?: number;
  /** Its length; 4 GiB unless said otherwise, as msb makes it. */
  readonly diskLengthBytes?: number;
  /** Where the artifact's directory is made instead of `<home>/snapshots`, as `--dest-dir` does. */
  readonly parentDir?: string;
  readonly createdAt?: Date;
}

export interface AddedSnapshot {
  /** The artifact's directory. */
  readonly path: string;
  /** SHA-256 of the descriptor, as the index has it. */
  readonly digest: string;
  readonly snapshotId: string | null;
}

/** Adds a snapshot as `msb snapshot create` leaves it, into the schema of whichever version the home has. */
export function addSnapshot(home: string, spec: SnapshotSpec): AddedSnapshot {
  const manifestDigest = spec.manifestDigest ?? manifestDigestOf(home, spec.reference);
  const layout = spec.layout ?? (spec.group === undefined ? 'single' : 'grouped');
  const createdAt = spec.createdAt ?? new Date();
  const artifact =
    layout === 'grouped'
      ? groupedArtifact(home, spec, manifestDigest, createdAt)
      : singleArtifact(home, spec, manifestDigest, createdAt, layout);
  if (layout !== 'none') writeArtifact(artifact, spec);
  const digest = `sha256:${sha256(artifact.descriptor)}`;
  if (spec.isIndexed ?? true) indexSnapshot(home, spec, manifestDigest, createdAt, artifact, digest);
  return { path: artifact.path, digest, snapshotId: artifact.snapshotId };
}

interface Artifact {
  readonly path: string;
  readonly descriptorName: string;
  readonly descriptor: string;
  /** Relative to `path`. */
  readonly payload: string;
  readonly snapshotId: string | null;
  readonly groupDir: string | null;
  readonly memberName: string | null;
}

const DISK_LENGTH = 4 * 2 ** 30;

function singleArtifact(
  home: string,
  spec: SnapshotSpec,
  manifestDigest: string,
  createdAt: Date,
  layout: 'single' | 'legacy' | 'none',
): Artifact {
  const isLegacy = layout === 'legacy';
  const image = { ref: spec.reference, manifest_digest: manifestDigest };
  const created_at = createdAt.toISOString().replace('Z', '000000Z');
  const parent = spec.parent ?? null;
  const upper = { file: 'upper.ext4', size_bytes: spec.diskLengthBytes ?? DISK_LENGTH, integrity: null };
  const descriptor = isLegacy
    ? { schema: 1, created_at, parent, image, format: 'raw', fstype: 'ext4', upper, labels: {} }
    : {
        schema: 1,
        artifact: 'snapshot',
        scope: 'disk',
        created_at,
        parent,
        image,
        source_sandbox: 'sb',
        state: { kind: 'file', format: 'raw', fstype: 'ext4', upper },
        labels: {},
        extensions: {},
        requires: [],
      };
  return {
    path: join(spec.parentDir ?? join(home, 'snapshots'), spec.name),
    descriptorName: isLegacy ? 'manifest.json' : 'snapshot.json',
    descriptor: JSON.stringify(descriptor),
    payload: 'upper.ext4',
    snapshotId: null,
    groupDir: null,
    memberName: null,
  };
}

function groupedArtifact(
  home: string,
  spec: SnapshotSpec,
  manifestDigest: string,
  createdAt: Date,
): Artifact {
  const group = spec.group ?? 'sb';
  const id = sha256(`${group}/${spec.name}`).slice(0, 32);
  const snapshotId = `snap_${id}`;
  const layer = `layer_${sha256(id).slice(0, 32)}`;
  const descriptor = {
    capture: {
      consistency: 'crash-consistent',
      created_at: createdAt.toISOString().replace('Z', '000000Z'),
      source_checkpoint: null,
      source_lineage: group,
    },
    extensions: {},
    image: { manifest_digest: manifestDigest, reference: spec.reference },
    parent: spec.parent ?? null,
    requires: [],
    root_disk: { layout: 'managed' },
    schema: 'microsandbox.snapshot/1',
    scope: 'file',
    snapshot_id: snapshotId,
    state: {
      disk_format: 'raw',
      filesystem: 'ext4',
      head: layer,
      kind: 'file',
      layers: [
        {
          backing: null,
          format: 'raw',
          layer_id: layer,
          payload: { file_kind: 'regular', integrity: null },
          virtual_size: spec.diskLengthBytes ?? DISK_LENGTH,
        },
      ],
      virtual_size: spec.diskLengthBytes ?? DISK_LENGTH,
    },
  };
  const groupDir = join(spec.parentDir ?? join(home, 'snapshots'), group);
  return {
    path: join(groupDir, snapshotId),
    descriptorName: 'snapshot.json',
    descriptor: JSON.stringify(descriptor),
    payload: join('layers', `${layer}.raw`),
    snapshotId,
    groupDir,
    memberName: spec.name,
  };
}

function writeArtifact(artifact: Artifact, { diskBytes, diskLengthBytes }: SnapshotSpec): void {
  mkdirSync(artifact.path, { recursive: true });
  writeFileSync(join(artifact.path, artifact.descriptorName), artifact.descriptor);
  if (artifact.groupDir !== null) {
    const head = { schema: 'microsandbox.snapshot-group/1', head: artifact.snapshotId };
    const member = { schema: 'microsandbox.snapshot-group-member/1', name: artifact.memberName };
    writeFileSync(join(artifact.groupDir, '..', '.groups.lock'), '', { mode: 0o600 });
    writeFileSync(join(artifact.groupDir, '.group.lock'), '', { mode: 0o600 });
    writeFileSync(join(artifact.groupDir, 'group.json'), JSON.stringify(head), { mode: 0o600 });
    writeFileSync(join(artifact.path, 'group-member.json'), JSON.stringify(member), { mode: 0o600 });
  }
  if (diskBytes === undefined) return;
  const payload = join(artifact.path, artifact.payload);
  mkdirSync(dirname(payload), { recursive: true });
  writeSparse(payload, { lengthBytes: diskLengthBytes ?? DISK_LENGTH, contentBytes: diskBytes });
}

function indexSnapshot(
  home: string,
  spec: SnapshotSpec,
  manifestDigest: string,
  createdAt: Date,
  artifact: Artifact,
  digest: string,
): void {
  withDatabase(home, (database) => {
    if (artifact.groupDir !== null && !hasColumn(database, 'snapshot_index', 'group_name')) {
      throw new Error('this schema has no snapshot groups: index a grouped snapshot with msb 0.7.2');
    }
    insertRow(database, 'snapshot_index', {
      digest,
      // 0.7.2 gives old artifacts their digest as id.
      snapshot_id: artifact.snapshotId ?? digest,
      descriptor_digest: digest,
      name: spec.name,
      group_name: artifact.groupDir === null ? null : (spec.group ?? 'sb'),
      group_path: artifact.groupDir,
      parent_digest: spec.parent ?? null,
      scope: 'disk',
      state_kind: 'file',
      image_ref: spec.reference,
      image_manifest_digest: manifestDigest,
      format: 'raw',
      fstype: 'ext4',
      checkpoint_manifest_digest: null,
      artifact_path: artifact.path,
      size_bytes: spec.diskLengthBytes ?? DISK_LENGTH,
      locality: 'embedded',
      storage_binding_id: null,
      availability: 'ready',
      migration_state: 'canonical',
      migration_error_code: null,
      created_at: msbTime(createdAt),
      indexed_at: msbTime(createdAt),
      child_count: 0,
    });
  });
}

import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { hasColumn, insertRow, manifestDigestOf, msbTime, sha256, withDatabase } from './database.ts';
import { writeSparse } from './sparse.ts';

export interface SandboxSpec {
  readonly name: string;
  /** `Stopped` unless said otherwise. */
  readonly status?: string;
  /** The raw reference the sandbox was made from; must be in the cache unless `manifestDigest` is given. */
  readonly reference: string;
  readonly manifestDigest?: string;
  /** False for a sandbox that never finished booting: msb then has written no `sandbox_rootfs` row. */
  readonly withRootfs?: boolean;
  /** Fields that replace those of the JSON msb writes, or the whole column text. */
  readonly config?: Readonly<Record<string, unknown>> | string;
  /** The same for `active_config`, which is NULL unless given. */
  readonly activeConfig?: Readonly<Record<string, unknown>> | string;
  /** Adds a `run` row in state Running with this process id. */
  readonly runPid?: number;
  readonly rootDisk?: 'managed' | 'flat';
  /** Allocated bytes of `upper.ext4` (or `rootfs.raw`); no file unless given. */
  readonly diskBytes?: number;
  /** Its length; 4 GiB unless said otherwise, as msb makes it. */
  readonly diskLengthBytes?: number;
  readonly createdAt?: Date;
}

/** Adds a sandbox with the rows and the directory msb makes for one. Answers its row id. */
export function addSandbox(home: string, spec: SandboxSpec): number {
  const { name, status = 'Stopped', rootDisk = 'managed', createdAt = new Date() } = spec;
  const manifestDigest = spec.manifestDigest ?? manifestDigestOf(home, spec.reference);
  addDirectory(home, spec);
  return withDatabase(home, (database) => {
    const written = configOf(spec, manifestDigest, hasColumn(database, 'snapshot_index', 'group_name'));
    const created_at = msbTime(createdAt);
    const id = insertRow(database, 'sandbox', {
      name,
      config: columnText(written, spec.config ?? {}),
      status,
      created_at,
      updated_at: created_at,
      ephemeral: 0,
      active_config: spec.activeConfig === undefined ? null : columnText(written, spec.activeConfig),
      network_slot: null,
    });
    if (spec.withRootfs ?? true) {
      const manifestId = database
        .prepare('SELECT id FROM manifest WHERE digest = ?')
        .pluck()
        .get(manifestDigest);
      insertRow(database, 'sandbox_rootfs', {
        sandbox_id: id,
        manifest_id: (manifestId as number | undefined) ?? null,
        mode: 'erofs',
        upper_fstype: 'ext4',
        created_at,
        root_disk_kind: rootDisk,
        root_disk_path: null,
      });
    }
    if (spec.runPid !== undefined) {
      insertRow(database, 'run', {
        sandbox_id: id,
        pid: spec.runPid,
        status: 'Running',
        started_at: created_at,
      });
    }
    return id;
  });
}

/** The file whose flock a running sandbox's process holds for its whole life; made when it is not there. */
export function sandboxLockFile(home: string, name: string): string {
  return lockFile(home, 'locks', name);
}

/** The file whose flock `msb create` holds from the start of the pull until it returns; made likewise. */
export function creationLockFile(home: string, name: string): string {
  return lockFile(home, 'creation-locks', name);
}

function lockFile(home: string, folder: string, name: string): string {
  const directory = join(home, 'run', folder);
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${sha256(name).slice(0, 32)}.lock`);
  closeSync(openSync(path, 'a', 0o600));
  return path;
}

const DISK_LENGTH = 4 * 2 ** 30;

function addDirectory(home: string, { name, rootDisk, diskBytes, diskLengthBytes }: SandboxSpec): void {
  const folder = join(home, 'sandboxes', name);
  if (existsSync(folder)) throw new Error(`there is a sandbox ${name} already`);
  for (const child of ['logs', 'runtime']) mkdirSync(join(folder, child), { recursive: true });
  if (diskBytes === undefined) return;
  const disk = rootDisk === 'flat' ? 'rootfs.raw' : 'upper.ext4';
  writeSparse(join(folder, disk), { lengthBytes: diskLengthBytes ?? DISK_LENGTH, contentBytes: diskBytes });
}

function columnText(
  written: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>> | string,
): string {
  return typeof given === 'string' ? given : JSON.stringify({ ...written, ...given });
}

/** What `msb create NAME REFERENCE` stores, seen with 0.6.18 and 0.7.2. */
function configOf(spec: SandboxSpec, manifestDigest: string, isGrouped: boolean): Record<string, unknown> {
  const tmp = {
    type: 'Tmpfs',
    guest: '/tmp',
    size_mib: 128,
    options: { readonly: false, noexec: false, nosuid: false, nodev: false },
  };
  return {
    name: spec.name,
    image: {
      Oci: {
        reference: spec.reference,
        root_disk: {
          kind: spec.rootDisk ?? 'managed',
          size_mib: (spec.diskLengthBytes ?? DISK_LENGTH) / 2 ** 20,
        },
      },
    },
    resources: { cpus: 1, memory_mib: 512, max_cpus: 1, max_memory_mib: 512 },
    runtime: {
      workdir: null,
      shell: '/bin/sh',
      scripts: {},
      entrypoint: null,
      cmd: null,
      hostname: null,
      user: null,
      log_level: null,
      metrics_sample_interval_ms: 1000,
      disable_metrics_sample: false,
    },
    env: [],
    labels: {},
    rlimits: [],
    mounts: isGrouped ? [] : [tmp],
    patches: [],
    network: { enabled: true, ports: [], strict: false, max_connections: null, trust_host_cas: false },
    init: null,
    pull_policy: 'IfMissing',
    security_profile: 'default',
    deployment_profile: 'single_tenant',
    lifecycle: { ephemeral: false, max_duration_secs: null, idle_timeout_secs: null },
    manifest_digest: manifestDigest,
    ...(isGrouped ? { external_mount_policy: 'strict' } : {}),
  };
}

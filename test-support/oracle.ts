import type { ImageHandle } from '../src-shared/domain/image.ts';
import { type MsbVersion, runMsbJson } from './msb.ts';

/** A handle as far as `msb image ls` tells: everything but the time of last use. */
export type OracleHandle = Omit<ImageHandle, 'lastUsedAt'>;

export interface OracleInspection {
  readonly handle: OracleHandle;
  readonly config: OracleConfig | null;
  readonly layers: readonly OracleLayer[];
}

interface OracleConfig {
  readonly digest: string;
  readonly env: readonly string[];
  readonly cmd: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly workingDir: string | null;
  readonly user: string | null;
  readonly labels: Readonly<Record<string, string>> | null;
  /** Always null: msb does not store it. */
  readonly stopSignal: string | null;
}

interface OracleLayer {
  readonly diffId: string;
  readonly blobDigest: string;
  readonly mediaType: string | null;
  readonly compressedSizeBytes: number | null;
  /** Always null: msb does not store it. */
  readonly erofsSizeBytes: number | null;
  readonly position: number;
}

/** What the real `msb image ls` says, in its order, under the names of our contract. */
export async function msbImageList(home: string, version: MsbVersion = '0.6.18'): Promise<OracleHandle[]> {
  const list = (await runMsbJson(home, ['image', 'ls'], { version })) as CliHandle[];
  return list.map(handleOf);
}

/** What the real `msb image inspect` says of one reference, under the names of our contract. */
export async function msbImageInspect(
  home: string,
  reference: string,
  version: MsbVersion = '0.6.18',
): Promise<OracleInspection> {
  const image = (await runMsbJson(home, ['image', 'inspect', reference], { version })) as CliInspection;
  return {
    handle: handleOf(image),
    config: image.config === null ? null : configOf(image.config),
    layers: image.layers.map((layer) => ({
      diffId: layer.diff_id,
      blobDigest: layer.blob_digest,
      mediaType: layer.media_type,
      compressedSizeBytes: layer.compressed_size_bytes,
      erofsSizeBytes: layer.erofs_size_bytes,
      position: layer.position,
    })),
  };
}

interface CliHandle {
  readonly architecture: string | null;
  readonly created_at: string | null;
  readonly digest: string;
  readonly layer_count: number;
  readonly os: string | null;
  readonly reference: string;
  readonly size_bytes: number | null;
}

interface CliConfig {
  readonly cmd: readonly string[] | null;
  readonly digest: string;
  readonly entrypoint: readonly string[] | null;
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>> | null;
  readonly stop_signal: string | null;
  readonly user: string | null;
  readonly working_dir: string | null;
}

interface CliInspection extends CliHandle {
  readonly config: CliConfig | null;
  readonly layers: readonly {
    readonly blob_digest: string;
    readonly compressed_size_bytes: number | null;
    readonly diff_id: string;
    readonly erofs_size_bytes: number | null;
    readonly media_type: string | null;
    readonly position: number;
  }[];
}

function handleOf(image: CliHandle): OracleHandle {
  return {
    reference: image.reference,
    manifestDigest: image.digest,
    architecture: image.architecture,
    os: image.os,
    layerCount: image.layer_count,
    sizeBytes: image.size_bytes,
    createdAt: image.created_at,
  };
}

function configOf(config: CliConfig): OracleConfig {
  return {
    digest: config.digest,
    env: config.env,
    cmd: config.cmd,
    entrypoint: config.entrypoint,
    workingDir: config.working_dir,
    user: config.user,
    labels: config.labels,
    stopSignal: config.stop_signal,
  };
}

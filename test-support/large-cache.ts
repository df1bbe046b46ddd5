import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { makeCache, openTestCache, type TestCache } from './cache.ts';
import { metadataKey, msbTime, pathSafe, sha256, withDatabase } from './database.ts';
import { layer } from './images.ts';
import type { MsbVersion } from './msb.ts';
import { addSandbox } from './sandboxes.ts';
import { seededRandom } from './tar-writer.ts';

export interface LargeCacheRecipe {
  readonly images: number;
  readonly version?: MsbVersion;
  /** Of each image; ten unless said otherwise. */
  readonly layersPerImage?: number;
  /** How many of them no other image has; three unless said otherwise. The rest come from shared bases. */
  readonly ownLayers?: number;
  /** How many bases there are; one per fifty images, at most two hundred, unless said otherwise. */
  readonly bases?: number;
  /**
   * `none`: rows only. `layers`: the layer files too. `all`: fsmeta, VMDK, metadata and the lock files msb
   * leaves as well. Layer and fsmeta files are small real ones, all with the same bytes.
   */
  readonly files?: 'none' | 'layers' | 'all';
  /** The first so many images are each held by a stopped sandbox. */
  readonly heldImages?: number;
  readonly seed?: number;
}

/**
 * A cache of many images, written straight into a home that the real msb made: its schema, its row formats,
 * file names and metadata, so that msb lists, inspects and prunes it. The same recipe gives the same digests
 * and names. Times spread over the two years before 2026-06-01.
 */
export async function makeLargeCache(recipe: LargeCacheRecipe): Promise<TestCache> {
  const version = recipe.version ?? '0.6.18';
  const one = await makeCache({
    version,
    images: [{ references: ['model:1'], layers: [layer('COPY', 'model')] }],
  });
  const model = readModel(one);
  await one.msb(['image', 'rm', 'model:1']);
  const images = describeImages(recipe);
  withDatabase(one.home, (database) => database.transaction(() => insertImages(database, images, model))());
  writeFiles(one.cacheDir, images, model, recipe.files ?? 'none');
  for (const [index, image] of images.slice(0, recipe.heldImages ?? 0).entries()) {
    const { reference, manifestDigest } = image;
    addSandbox(one.home, { name: `held-${index}`, reference, manifestDigest });
  }
  return openTestCache(
    one.home,
    version,
    images.map(({ reference, manifestDigest, configDigest, layers }) => ({
      reference,
      manifestDigest,
      configDigest,
      diffIds: layers.map(({ diffId }) => diffId),
    })),
  );
}

/** The bytes of real artifacts, to be written under other names. */
interface Model {
  readonly layer: Buffer;
  readonly fsmeta: Buffer;
  readonly mediaType: string;
}

interface LargeImage {
  readonly reference: string;
  readonly manifestDigest: string;
  readonly configDigest: string;
  readonly rawConfig: string;
  readonly rawManifest: string;
  readonly layers: readonly LargeLayer[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface LargeLayer {
  readonly diffId: string;
  readonly blobDigest: string;
  readonly sizeBytes: number;
}

function readModel(cache: TestCache): Model {
  const first = (folder: string) => {
    const directory = join(cache.cacheDir, folder);
    return readFileSync(join(directory, readdirSync(directory).find((name) => name.endsWith('.erofs'))!));
  };
  return {
    layer: first('layers'),
    fsmeta: first('fsmeta'),
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  };
}

const YEAR_MS = 365 * 86_400_000;
const LATEST_MS = Date.parse('2026-06-01T00:00:00Z');
const TAGS_PER_REPOSITORY = 20;
const REGISTRIES = ['docker.io/library', 'ghcr.io/acme', 'quay.io/science', 'registry.corp.example:5000/ml'];

function describeImages(recipe: LargeCacheRecipe): LargeImage[] {
  const { images, layersPerImage = 10, ownLayers = 3, seed = 1 } = recipe;
  const random = seededRandom(seed);
  const layers = layerMaker(random);
  const baseCount = Math.max(1, recipe.bases ?? Math.min(200, Math.ceil(images / 50)));
  const bases = Array.from({ length: baseCount }, () => layers(layersPerImage - ownLayers));
  return Array.from({ length: images }, (_, index) => {
    const own = layers(ownLayers);
    return describeImage(index, [...bases[random() % baseCount]!, ...own], random);
  });
}

function layerMaker(random: () => number): (count: number) => LargeLayer[] {
  const digest = () =>
    `sha256:${Array.from({ length: 8 }, () => random().toString(16).padStart(8, '0')).join('')}`;
  return (count) =>
    Array.from({ length: count }, () => ({
      diffId: digest(),
      blobDigest: digest(),
      sizeBytes: 1000 + (random() % 50_000_000),
    }));
}

function describeImage(index: number, layers: readonly LargeLayer[], random: () => number): LargeImage {
  const repository = Math.floor(index / TAGS_PER_REPOSITORY);
  const registry = REGISTRIES[repository % REGISTRIES.length]!;
  const createdMs = LATEST_MS - (random() % 1_000_000) * 1e-6 * 2 * YEAR_MS;
  const updatedMs = createdMs + (random() % 1_000_000) * 1e-6 * (LATEST_MS - createdMs);
  const createdAt = new Date(createdMs);
  const rawConfig = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created: createdAt.toISOString(),
    config: {
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', `BUILD=${index}`],
      Cmd: ['/bin/sh'],
      WorkingDir: '/app',
      Labels: { 'com.example.team': `team-${index % 17}` },
      StopSignal: 'SIGTERM',
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, position) => ({ created_by: `RUN step ${position} of build ${index}` })),
  });
  const configDigest = `sha256:${sha256(rawConfig)}`;
  const rawManifest = JSON.stringify({
    schemaVersion: 2,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: configDigest,
      size: rawConfig.length,
    },
    layers: layers.map(({ blobDigest, sizeBytes }) => ({ digest: blobDigest, size: sizeBytes })),
  });
  return {
    reference: `${registry}/service-${repository}:1.${index % TAGS_PER_REPOSITORY}.0`,
    manifestDigest: `sha256:${sha256(rawManifest)}`,
    configDigest,
    rawConfig,
    rawManifest,
    layers,
    createdAt,
    updatedAt: new Date(updatedMs),
  };
}

function insertImages(database: Database.Database, images: readonly LargeImage[], model: Model): void {
  const insert = statements(database);
  const layerIds = new Map<string, number | bigint>();
  for (const image of images) {
    const created = msbTime(image.createdAt);
    const updated = msbTime(image.updatedAt);
    const total = image.layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const manifestId = insert.manifest.run(
      image.manifestDigest,
      image.configDigest,
      image.layers.length,
      total,
      created,
    ).lastInsertRowid;
    const { config } = JSON.parse(image.rawConfig);
    insert.config.run(
      manifestId,
      image.configDigest,
      JSON.stringify(config.Env),
      JSON.stringify(config.Cmd),
      config.WorkingDir,
      JSON.stringify(config.Labels),
      created,
    );
    for (const [position, { diffId, blobDigest, sizeBytes }] of image.layers.entries()) {
      let layerId = layerIds.get(diffId);
      if (layerId === undefined) {
        const values = [diffId, blobDigest, model.mediaType, sizeBytes, created, updated];
        layerId = insert.layer.run(values).lastInsertRowid;
        layerIds.set(diffId, layerId);
      }
      insert.link.run(manifestId, layerId, position);
    }
    insert.reference.run(image.reference, manifestId, created, updated);
  }
}

function statements(database: Database.Database) {
  return {
    manifest: database.prepare(
      `INSERT INTO manifest (digest, config_digest, architecture, os, layer_count, total_size_bytes, created_at)
       VALUES (?, ?, 'amd64', 'linux', ?, ?, ?)`,
    ),
    config: database.prepare(
      `INSERT INTO config (manifest_id, digest, env, cmd, working_dir, labels, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    layer: database.prepare(
      `INSERT INTO layer (diff_id, blob_digest, media_type, compressed_size_bytes, created_at, last_used_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    link: database.prepare('INSERT INTO manifest_layer (manifest_id, layer_id, position) VALUES (?, ?, ?)'),
    reference: database.prepare(
      'INSERT INTO image_ref (reference, manifest_id, created_at, updated_at) VALUES (?, ?, ?, ?)',
    ),
  };
}

function writeFiles(
  cacheDir: string,
  images: readonly LargeImage[],
  model: Model,
  files: 'none' | 'layers' | 'all',
): void {
  if (files === 'none') return;
  mkdirSync(join(cacheDir, 'layers'), { recursive: true });
  const diffIds = new Set(images.flatMap((image) => image.layers.map(({ diffId }) => diffId)));
  for (const diffId of diffIds) {
    const file = join(cacheDir, 'layers', `${pathSafe(diffId)}.erofs`);
    writeFileSync(file, model.layer);
    if (files === 'all') writeFileSync(`${file}.lock`, '', { mode: 0o600 });
  }
  if (files === 'all') for (const image of images) writeImageFiles(cacheDir, image, model);
}

function writeImageFiles(cacheDir: string, image: LargeImage, model: Model): void {
  const name = pathSafe(image.manifestDigest);
  const fsmeta = join(cacheDir, 'fsmeta', `${name}.erofs`);
  writeFileSync(fsmeta, model.fsmeta);
  writeFileSync(`${fsmeta}.lock`, '', { mode: 0o600 });
  writeFileSync(join(cacheDir, 'vmdk', `${name}.vmdk`), vmdkOf(cacheDir, image, model));
  const metadata = join(cacheDir, 'manifests', `${metadataKey(image.reference)}.json`);
  writeFileSync(metadata, JSON.stringify(metadataOf(image, model)));
}

const SECTOR = 512;

function vmdkOf(cacheDir: string, image: LargeImage, model: Model): string {
  const extent = (folder: string, digest: string, bytes: Buffer) =>
    `RW ${bytes.length / SECTOR} FLAT "${join(cacheDir, folder, `${pathSafe(digest)}.erofs`)}" 0`;
  return [
    '# Disk DescriptorFile',
    'version=1',
    'CID=fffffffe',
    'parentCID=ffffffff',
    'createType="twoGbMaxExtentFlat"',
    '',
    '# Extent description',
    extent('fsmeta', image.manifestDigest, model.fsmeta),
    ...image.layers.map(({ diffId }) => extent('layers', diffId, model.layer)),
    '',
    '# The Disk Data Base',
    'ddb.virtualHWVersion = "4"',
    '',
  ].join('\n');
}

function metadataOf(image: LargeImage, model: Model): Record<string, unknown> {
  const { config } = JSON.parse(image.rawConfig);
  return {
    manifest_digest: image.manifestDigest,
    config_digest: image.configDigest,
    raw_manifest_json: image.rawManifest,
    raw_config_json: image.rawConfig,
    config: {
      env: config.Env,
      cmd: config.Cmd,
      entrypoint: null,
      working_dir: config.WorkingDir,
      user: null,
      exposed_ports: [],
      volumes: [],
      labels: config.Labels,
      stop_signal: config.StopSignal,
    },
    layers: image.layers.map(({ diffId, blobDigest, sizeBytes }) => ({
      digest: blobDigest,
      media_type: model.mediaType,
      size_bytes: sizeBytes,
      diff_id: diffId,
    })),
  };
}

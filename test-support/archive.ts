import { createHash, type Hash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { TarEntry } from './tar-entry.ts';
import { BLOCK, padding, plainHeader, tarBytes, ZEROS } from './tar-writer.ts';

/** An image to put into an archive. A layer object that several images name is stored once. */
export interface ImageSpec {
  /** The tags as they stand in the archive; msb stores them unchanged. */
  readonly references: readonly string[];
  /** Base first. */
  readonly layers: readonly LayerSpec[];
  readonly config?: ConfigSpec;
}

export interface LayerSpec {
  /** Walked once. */
  readonly entries: Iterable<TarEntry>;
  /** Becomes `history[].created_by` unless the config brings its own history. */
  readonly createdBy?: string;
  /**
   * Makes the blob digest differ from the diff ID; such a layer is built in memory. A function answers the
   * gzip of the tar it is given.
   */
  readonly compression?: 'gzip' | ((tar: Buffer) => Buffer);
}

/** Fields of the OCI image configuration; what is absent is left out of the JSON. */
interface ConfigSpec {
  readonly architecture?: string;
  readonly os?: string;
  readonly variant?: string;
  readonly created?: string;
  readonly author?: string;
  readonly env?: readonly string[];
  readonly cmd?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly workingDir?: string;
  readonly user?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly stopSignal?: string;
  readonly exposedPorts?: readonly string[];
  readonly volumes?: readonly string[];
  readonly shell?: readonly string[];
  readonly onBuild?: readonly string[];
  readonly healthcheck?: Readonly<Record<string, unknown>>;
  readonly history?: readonly HistorySpec[];
}

export interface HistorySpec {
  readonly createdBy?: string;
  readonly created?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly emptyLayer?: boolean;
}

export interface ArchivedImage {
  readonly references: readonly string[];
  readonly configDigest: string;
  readonly configJson: string;
  readonly layers: readonly ArchivedLayer[];
  /** Null in a docker-save archive: msb synthesises the manifest there. */
  readonly manifestDigest: string | null;
}

export interface ArchivedLayer {
  readonly diffId: string;
  readonly blobDigest: string;
  /** Bytes of the blob as stored. */
  readonly sizeBytes: number;
}

/** Writes what `docker save` writes: layer tars, config blobs, `manifest.json`. One pass, bounded memory. */
export function writeDockerArchive(file: string, images: readonly ImageSpec[]): ArchivedImage[] {
  return withArchive(file, (archive) => {
    const layerFiles = new Map<LayerSpec, StoredLayer>();
    const archived = images.map((image) => addImage(archive, image, layerFiles, () => null));
    const manifest = archived.map((image, index) => ({
      Config: `blobs/sha256/${hexOf(image.configDigest)}`,
      RepoTags: image.references,
      Layers: images[index]!.layers.map((layer) => layerFiles.get(layer)!.path),
    }));
    archive.addFile('manifest.json', Buffer.from(JSON.stringify(manifest)));
    return archived;
  });
}

/** Writes an OCI image layout (image-layout.md of opencontainers/image-spec) as one tar. */
export function writeOciArchive(file: string, images: readonly ImageSpec[]): ArchivedImage[] {
  return withArchive(file, (archive) => {
    archive.addFile('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
    const layerFiles = new Map<LayerSpec, StoredLayer>();
    const descriptors: unknown[] = [];
    const archived = images.map((image) =>
      addImage(archive, image, layerFiles, (config, layers) => {
        const json = Buffer.from(ociManifest(config, layers));
        const digest = archive.addBlob(json);
        for (const reference of image.references) {
          descriptors.push({
            mediaType: 'application/vnd.oci.image.manifest.v1+json',
            digest,
            size: json.length,
            annotations: {
              'io.containerd.image.name': reference,
              'org.opencontainers.image.ref.name': reference,
            },
            platform: {
              architecture: image.config?.architecture ?? 'amd64',
              os: image.config?.os ?? 'linux',
            },
          });
        }
        return digest;
      }),
    );
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: descriptors,
    };
    archive.addFile('index.json', Buffer.from(JSON.stringify(index)));
    return archived;
  });
}

/** Writes one layer's plain tar, for comparing with other tar readers. */
export function writeLayerTar(file: string, entries: Iterable<TarEntry>): ArchivedLayer {
  const output = new TarFile(file);
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for (const piece of tarBytes(entries)) {
      hash.update(piece);
      output.write(piece);
      sizeBytes += piece.length;
    }
    const digest = digestOf(hash);
    return { diffId: digest, blobDigest: digest, sizeBytes };
  } finally {
    output.close();
  }
}

interface StoredLayer extends ArchivedLayer {
  /** Inside the archive. */
  readonly path: string;
  readonly isCompressed: boolean;
}

function withArchive(file: string, fill: (archive: Archive) => ArchivedImage[]): ArchivedImage[] {
  const archive = new Archive(file);
  try {
    const images = fill(archive);
    archive.end();
    return images;
  } finally {
    archive.close();
  }
}

function addImage(
  archive: Archive,
  image: ImageSpec,
  layerFiles: Map<LayerSpec, StoredLayer>,
  addManifest: (
    config: { digest: string; sizeBytes: number },
    layers: readonly StoredLayer[],
  ) => string | null,
): ArchivedImage {
  const layers = image.layers.map((layer) => {
    const stored = layerFiles.get(layer) ?? archive.addLayer(layer);
    layerFiles.set(layer, stored);
    return stored;
  });
  const configJson = imageConfig(image, layers);
  const configDigest = archive.addBlob(Buffer.from(configJson));
  return {
    references: image.references,
    configDigest,
    configJson,
    layers: layers.map(({ diffId, blobDigest, sizeBytes }) => ({ diffId, blobDigest, sizeBytes })),
    manifestDigest: addManifest({ digest: configDigest, sizeBytes: Buffer.byteLength(configJson) }, layers),
  };
}

function imageConfig(image: ImageSpec, layers: readonly StoredLayer[]): string {
  const config = image.config ?? {};
  return JSON.stringify({
    architecture: config.architecture ?? 'amd64',
    os: config.os ?? 'linux',
    variant: config.variant,
    created: config.created,
    author: config.author,
    config: {
      Env: config.env,
      Cmd: config.cmd,
      Entrypoint: config.entrypoint,
      WorkingDir: config.workingDir,
      User: config.user,
      Labels: config.labels,
      StopSignal: config.stopSignal,
      ExposedPorts: emptyObjects(config.exposedPorts),
      Volumes: emptyObjects(config.volumes),
      Shell: config.shell,
      OnBuild: config.onBuild,
      Healthcheck: config.healthcheck,
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: history(image),
  });
}

/** `{"80/tcp":{}}`: how the configuration writes sets. */
function emptyObjects(names: readonly string[] | undefined): Record<string, object> | undefined {
  return names === undefined ? undefined : Object.fromEntries(names.map((name) => [name, {}]));
}

function history(image: ImageSpec): unknown[] | undefined {
  const own = image.config?.history;
  const steps = own ?? image.layers.map(({ createdBy }) => (createdBy === undefined ? {} : { createdBy }));
  if (own === undefined && image.layers.every((layer) => layer.createdBy === undefined)) return undefined;
  return steps.map((step: HistorySpec) => ({
    created: step.created,
    created_by: step.createdBy,
    author: step.author,
    comment: step.comment,
    empty_layer: step.emptyLayer,
  }));
}

function ociManifest(config: { digest: string; sizeBytes: number }, layers: readonly StoredLayer[]): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: config.digest,
      size: config.sizeBytes,
    },
    layers: layers.map((layer) => ({
      mediaType: `application/vnd.oci.image.layer.v1.tar${layer.isCompressed ? '+gzip' : ''}`,
      digest: layer.blobDigest,
      size: layer.sizeBytes,
    })),
  });
}

function digestOf(hash: Hash): string {
  return `sha256:${hash.digest('hex')}`;
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}

/** The outer tar. A layer's header is written when its length and digest are known, in place. */
class Archive {
  readonly #output: TarFile;
  readonly #blobs = new Set<string>();

  constructor(file: string) {
    this.#output = new TarFile(file);
  }

  addFile(path: string, bytes: Uint8Array): void {
    this.#output.write(plainHeader(path, bytes.length));
    this.#output.write(bytes);
    for (const piece of padding(bytes.length)) this.#output.write(piece);
  }

  addBlob(bytes: Uint8Array): string {
    const digest = digestOf(createHash('sha256').update(bytes));
    if (!this.#blobs.has(digest)) this.addFile(`blobs/sha256/${hexOf(digest)}`, bytes);
    this.#blobs.add(digest);
    return digest;
  }

  addLayer(layer: LayerSpec): StoredLayer {
    const { compression } = layer;
    if (compression === undefined) return this.#addPlain(layer);
    return this.#addCompressed(layer, compression === 'gzip' ? gzipSync : compression);
  }

  #addPlain(layer: LayerSpec): StoredLayer {
    const headerAt = this.#output.position;
    this.#output.write(new Uint8Array(BLOCK));
    const hash = createHash('sha256');
    const start = this.#output.position;
    for (const piece of tarBytes(layer.entries)) {
      hash.update(piece);
      this.#output.write(piece);
    }
    const sizeBytes = this.#output.position - start;
    const digest = digestOf(hash);
    const path = `blobs/sha256/${hexOf(digest)}`;
    this.#output.rewrite(headerAt, plainHeader(path, sizeBytes));
    this.#blobs.add(digest);
    return { diffId: digest, blobDigest: digest, sizeBytes, path, isCompressed: false };
  }

  #addCompressed(layer: LayerSpec, compress: (tar: Buffer) => Buffer): StoredLayer {
    const tar = Buffer.concat([...tarBytes(layer.entries)]);
    const blob = compress(tar);
    const blobDigest = this.addBlob(blob);
    const diffId = digestOf(createHash('sha256').update(tar));
    const path = `blobs/sha256/${hexOf(blobDigest)}`;
    return { diffId, blobDigest, sizeBytes: blob.length, path, isCompressed: true };
  }

  end(): void {
    this.#output.write(new Uint8Array(2 * BLOCK));
  }

  close(): void {
    this.#output.close();
  }
}

/** Sequential writes, gathered into large ones; `ZEROS` become holes. */
class TarFile {
  readonly #fd: number;
  readonly #gathered = Buffer.alloc(1 << 20);
  #used = 0;
  #written = 0;

  constructor(file: string) {
    this.#fd = openSync(file, 'w');
  }

  get position(): number {
    return this.#written + this.#used;
  }

  write(bytes: Uint8Array): void {
    if (bytes.buffer === ZEROS.buffer) {
      this.#flush();
      this.#written += bytes.length;
      return;
    }
    if (bytes.length > this.#gathered.length - this.#used) this.#flush();
    if (bytes.length > this.#gathered.length) {
      this.rewrite(this.#written, bytes);
      this.#written += bytes.length;
      return;
    }
    this.#gathered.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Overwrites what was written before. */
  rewrite(position: number, bytes: Uint8Array): void {
    if (position + bytes.length > this.#written) this.#flush();
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#fd, bytes, done, bytes.length - done, position + done);
    }
  }

  #flush(): void {
    if (this.#used === 0) return;
    const used = this.#used;
    const at = this.#written;
    this.#used = 0;
    this.#written += used;
    this.rewrite(at, this.#gathered.subarray(0, used));
  }

  close(): void {
    try {
      this.#flush();
      // A hole at the end has no bytes of its own.
      ftruncateSync(this.#fd, this.#written);
    } finally {
      closeSync(this.#fd);
    }
  }
}

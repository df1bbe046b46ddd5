import { isDigest } from '../../../src-shared/domain/digest.ts';
import type { HomePaths } from '../home/paths.ts';
import { readCacheFile } from './bounded-file.ts';
import type { ImageMetadata } from './entries.ts';
import { asArray, asObject, asString, fieldOf, type JsonObject, parseObject } from './json.ts';
import { metadataPath } from './names.ts';
import { parsePlatform } from './raw-config.ts';

/** Longer metadata is not read: msb's own is a few kilobytes, a config with every limit used some megabytes. */
export const MOST_METADATA_BYTES = 16 * 2 ** 20;

/** What the inspect view shows of one metadata file, verbatim. */
export interface MetadataDocument extends ImageMetadata {
  /** The config blob, byte for byte; null in files of msb 0.4.0 to 0.5.3. */
  readonly rawConfigJson: string | null;
  /** The manifest; for pulls re-serialised by msb, so its SHA-256 is not the manifest digest. */
  readonly rawManifestJson: string | null;
}

/** The metadata file of one reference, read anew. Null when it is missing, unreadable or not what msb writes. */
export function readMetadata(paths: Pick<HomePaths, 'cacheDir'>, key: string): MetadataDocument | null {
  const path = metadataPath(key);
  if (path === null) return null;
  const file = readCacheFile(paths.cacheDir, path, MOST_METADATA_BYTES);
  return file.kind === 'text' ? parseDocument(file.text) : null;
}

/**
 * The part of `manifests/<key>.json` that says what the image needs. Null when the digests are missing or not
 * well-formed. msb itself also wants the keys that older versions did not write, and treats a file without them as
 * absent; we let such a file hold its layers all the same.
 */
export function parseMetadata(text: string): ImageMetadata | null {
  const document = parseDocument(text);
  if (document === null) return null;
  const { rawConfigJson: _config, rawManifestJson: _manifest, ...metadata } = document;
  return metadata;
}

/** `artifact_digest` of `flat/refs/<manifest>.json`; null when the file is not what msb writes. */
export function parseFlatRef(text: string): string | null {
  const artifactDigest = asString(fieldOf(parseObject(text) ?? {}, 'artifact_digest'));
  return artifactDigest !== null && isDigest(artifactDigest) ? artifactDigest : null;
}

/** How long a flat ref says its flat disk is, in bytes; null when it says nothing msb would write. */
export function parseFlatLength(text: string): number | null {
  const length = fieldOf(parseObject(text) ?? {}, 'virtual_size_bytes');
  return typeof length === 'number' && Number.isSafeInteger(length) ? length : null;
}

function parseDocument(text: string): MetadataDocument | null {
  const root = parseObject(text);
  if (root === null) return null;
  const manifestDigest = digestField(root, 'manifest_digest');
  const configDigest = digestField(root, 'config_digest');
  const layers = layersOf(root);
  if (manifestDigest === null || configDigest === null || layers === null) return null;
  const rawConfigJson = asString(fieldOf(root, 'raw_config_json'));
  return {
    manifestDigest,
    configDigest,
    layers,
    hasRawConfig: rawConfigJson !== null,
    platform: rawConfigJson === null ? null : parsePlatform(rawConfigJson),
    rawConfigJson,
    rawManifestJson: asString(fieldOf(root, 'raw_manifest_json')),
  };
}

function layersOf(root: JsonObject): ImageMetadata['layers'] | null {
  const values = asArray(fieldOf(root, 'layers'));
  if (values === null) return null;
  const layers: { diffId: string; blobDigest: string }[] = [];
  for (const value of values) {
    const layer = asObject(value);
    const diffId = layer === null ? null : digestField(layer, 'diff_id');
    const blobDigest = layer === null ? null : asString(fieldOf(layer, 'digest'));
    if (diffId === null || blobDigest === null) return null;
    layers.push({ diffId, blobDigest });
  }
  return layers;
}

function digestField(object: JsonObject, name: string): string | null {
  const value = asString(fieldOf(object, name));
  return value !== null && isDigest(value) ? value : null;
}

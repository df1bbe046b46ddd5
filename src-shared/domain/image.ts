import type { Holder } from './holder.ts';
import type { ImageLayer } from './layer.ts';

/**
 * A cached reference with the fields of the microsandbox SDK's image handle. Values are what msb prints:
 * `architecture` and `os` are the host's, `sizeBytes` is the sum of the blobs as transported.
 */
export interface ImageHandle {
  /** The raw string the user pulled or loaded; unique, matched exactly. */
  readonly reference: string;
  readonly manifestDigest: string;
  readonly architecture: string | null;
  readonly os: string | null;
  readonly layerCount: number;
  /** Download size: compressed for pulls. Not what the image occupies. */
  readonly sizeBytes: number | null;
  /** RFC 3339 in UTC with the fraction msb stored; null when absent or not a date. */
  readonly createdAt: string | null;
  /** Last pull, load or create that used the reference; same format. */
  readonly lastUsedAt: string | null;
}

/** The platform an image was really built for, from its raw config JSON. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
}

/** Something wrong with one image, found without reading file contents; of its disk descriptor only when inspected. */
export interface ImageDamage {
  readonly kind:
    | 'layer-missing'
    | 'layer-damaged'
    | 'fsmeta-missing'
    | 'fsmeta-damaged'
    | 'vmdk-missing'
    | 'vmdk-damaged'
    | 'metadata-missing'
    | 'row-damaged'
    | 'vmdk-elsewhere'
    /** Its flat root disk is not as long as its record says. */
    | 'flat-damaged';
  /** Which file, digest or column, for a person. */
  readonly detail: string;
}

/** How bad that is, in the words of a check (`ImageHealth.status`): without its metadata an image works as it is. */
export function severityOf(damage: readonly ImageDamage[]): 'healthy' | 'warning' | 'damaged' {
  if (damage.some(({ kind }) => kind !== 'metadata-missing')) return 'damaged';
  return damage.length > 0 ? 'warning' : 'healthy';
}

/**
 * What the disk and the holders say of one reference, beside its handle. The three sizes never share a name:
 * the download size is `ImageHandle.sizeBytes`.
 */
export interface ImageFacts {
  readonly reference: string;
  readonly manifestDigest: string;
  /** Null when the raw config JSON is not in the cache; never guessed. */
  readonly platform: Platform | null;
  /** Allocated bytes of everything the image consists of. */
  readonly onDiskBytes: number;
  /** The part of `onDiskBytes` that other images need too. */
  readonly sharedBytes: number;
  /** The part only this manifest needs: `onDiskBytes - sharedBytes`. */
  readonly ownBytes: number;
  /** What removing this reference frees once nothing holds it: nearly nothing while other tags share the digest. */
  readonly freedIfRemovedBytes: number;
  readonly holders: readonly Holder[];
  /** Other references to the same manifest digest. */
  readonly otherReferences: readonly string[];
  /** Does not start, does not list its files, or trips msb, while this is not empty. */
  readonly damage: readonly ImageDamage[];
  /** `key=value` lines of the image's labels, lower case and cut at 8 KiB: for the find field only. */
  readonly labelText: string;
}

/** The image's configuration; null marks what the image or the cache does not say. */
export interface ImageConfig {
  readonly digest: string;
  /** `KEY=value`, in order. */
  readonly env: readonly string[];
  readonly cmd: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly workingDir: string | null;
  readonly user: string | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly stopSignal: string | null;
  /** RFC 3339 as the image says. */
  readonly created: string | null;
  readonly author: string | null;
  readonly exposedPorts: readonly string[] | null;
  readonly volumes: readonly string[] | null;
  readonly shell: readonly string[] | null;
  readonly onBuild: readonly string[] | null;
  /** The healthcheck object as JSON text. */
  readonly healthcheck: string | null;
}

/** One step of the build, oldest first. */
export interface HistoryEntry {
  readonly created: string | null;
  readonly createdBy: string | null;
  readonly author: string | null;
  readonly comment: string | null;
  /** The layer this step made; null when it made none. */
  readonly position: number | null;
}

export interface ImageInspection {
  readonly handle: ImageHandle;
  /** Null when the cache has neither a config row nor the raw config JSON. */
  readonly config: ImageConfig | null;
  /** By position, base first. */
  readonly layers: readonly ImageLayer[];
  /** Empty when the raw config JSON is not in the cache. */
  readonly history: readonly HistoryEntry[];
  readonly holders: readonly Holder[];
  readonly facts: ImageFacts;
  /** The config blob verbatim; null when the cached metadata is missing. */
  readonly rawConfigJson: string | null;
  readonly rawManifestJson: string | null;
}

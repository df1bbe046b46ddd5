import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { age } from './age.ts';
import type { ImageSpec } from './archive.ts';
import { loadImages } from './cache.ts';
import { cachedImages, insertRow, metadataKey, msbTime, pathSafe, sha256, withDatabase } from './database.ts';
import { addFlatDisk } from './flat-disks.ts';
import type { MsbVersion } from './msb.ts';
import { file } from './tar-entry.ts';

/** What msb, or a killed msb, leaves behind; and what only looks like it. */
export type GarbageKind =
  /** The rows and files of an image whose tag moved on. */
  | 'dangling-manifest'
  /** A layer row that no manifest links, with its file. */
  | 'orphan-layer'
  /** A layer row that no manifest links, without a file. */
  | 'orphan-layer-row'
  /** A layer file and its lock that no row knows. */
  | 'orphan-layer-file'
  | 'stray-fsmeta'
  | 'stray-vmdk'
  /** A downloaded blob that was never deleted. */
  | 'blob'
  | 'download-part'
  | 'spool'
  | 'layer-part'
  | 'work'
  | 'flat-work'
  /** What a killed `load` copied out of its archive. */
  | 'load-blob'
  | 'save-tar'
  /** Metadata naming a manifest and layers that are not there. */
  | 'stale-metadata'
  | 'metadata-part'
  /** An image complete on disk, with metadata, that no row knows: a pull whose last step failed. */
  | 'unlisted-image'
  /** Record and blob of a flat disk whose manifest is gone. */
  | 'flat-disk'
  /** The blob alone. */
  | 'flat-blob'
  | 'flat-ref-part'
  /** Lock files nothing holds. They stay. */
  | 'locks'
  /** Names msb does not write, some of them nearly. They stay. */
  | 'unknown';

export const ALL_GARBAGE: readonly GarbageKind[] = [
  'dangling-manifest',
  'orphan-layer',
  'orphan-layer-row',
  'orphan-layer-file',
  'stray-fsmeta',
  'stray-vmdk',
  'blob',
  'download-part',
  'spool',
  'layer-part',
  'work',
  'flat-work',
  'load-blob',
  'save-tar',
  'stale-metadata',
  'metadata-part',
  'unlisted-image',
  'flat-disk',
  'flat-blob',
  'flat-ref-part',
  'locks',
  'unknown',
];

export interface Garbage {
  readonly kind: GarbageKind;
  /** Relative to the cache, `/`-separated, sorted: the files and directories this kind added. */
  readonly paths: readonly string[];
  /** What the rows of it are called: a manifest digest or a diff ID; null where there are none. */
  readonly digest: string | null;
}

export interface GarbageOptions {
  /** Makes another set of names; two calls with one seed collide. */
  readonly seed?: number;
  /** How long ago the files were written; ten days unless said otherwise. */
  readonly ageMs?: number;
  readonly version?: MsbVersion;
  /** Length of blobs, downloads and spools; 40,000 unless said otherwise. */
  readonly sizeBytes?: number;
}

/**
 * Adds garbage of the kinds to a cache that holds at least one image. Layers and fsmeta files are copies of
 * real ones; dangling and unlisted images are loaded by the real msb, then lose their rows.
 */
export async function addGarbage(
  home: string,
  kinds: readonly GarbageKind[],
  options: GarbageOptions = {},
): Promise<Garbage[]> {
  const { seed = 0, ageMs = 10 * 86_400_000, version = '0.6.18', sizeBytes = 40_000 } = options;
  const added: Garbage[] = [];
  for (const kind of kinds) {
    const before = new Set(cachePaths(home));
    const digest = await MAKERS[kind]({ home, kind, seed, version, sizeBytes });
    const paths = cachePaths(home).filter((path) => !before.has(path));
    for (const path of paths) age(join(home, 'cache', path), ageMs);
    added.push({ kind, paths: outermost(paths), digest });
  }
  return added;
}

interface Making {
  readonly home: string;
  readonly kind: GarbageKind;
  readonly seed: number;
  readonly version: MsbVersion;
  readonly sizeBytes: number;
}

type Maker = (making: Making) => string | null | Promise<string | null>;

const MAKERS: Readonly<Record<GarbageKind, Maker>> = {
  'dangling-manifest': async (making) => {
    const { reference, manifestDigest } = await loadLone(making);
    withDatabase(making.home, (database) => {
      database.prepare('DELETE FROM image_ref WHERE reference = ?').run(reference);
    });
    // The metadata of a moved tag describes the new manifest; this one has none.
    rmSync(join(making.home, 'cache', 'manifests', `${metadataKey(reference)}.json`));
    return manifestDigest;
  },
  'unlisted-image': async (making) => {
    const { manifestDigest, diffIds } = await loadLone(making);
    withDatabase(making.home, (database) => {
      database.prepare('DELETE FROM manifest WHERE digest = ?').run(manifestDigest);
      for (const diffId of diffIds) database.prepare('DELETE FROM layer WHERE diff_id = ?').run(diffId);
    });
    return manifestDigest;
  },
  'orphan-layer': (making) => {
    const diffId = copyLayer(making);
    addLayerRow(making, diffId);
    return diffId;
  },
  'orphan-layer-row': (making) => {
    const diffId = digestFor(making);
    addLayerRow(making, diffId);
    return diffId;
  },
  'orphan-layer-file': (making) => copyLayer(making),
  'stray-fsmeta': (making) => {
    const digest = digestFor(making);
    copyFirst(making.home, 'fsmeta', '.erofs', pathSafe(digest));
    touch(making, `fsmeta/${pathSafe(digest)}.erofs.lock`);
    return null;
  },
  'stray-vmdk': (making) => {
    copyFirst(making.home, 'vmdk', '.vmdk', pathSafe(digestFor(making)));
    return null;
  },
  blob: (making) => put(making, `layers/${nameFor(making)}.tar.gz`, making.sizeBytes),
  'download-part': (making) => {
    touch(making, `tmp/${nameFor(making)}.download.lock`);
    return put(making, `tmp/${nameFor(making)}.part`, making.sizeBytes);
  },
  spool: (making) => put(making, `tmp/${nameFor(making)}.spool`, making.sizeBytes),
  'layer-part': (making) => put(making, `tmp/${nameFor(making)}.erofs.part`, 12_288),
  work: (making) => {
    put(making, `tmp/${nameFor(making)}.work/fsmeta.erofs`, 8192);
    return put(making, `tmp/${nameFor(making)}.work/rootfs.vmdk`, 500);
  },
  'flat-work': (making) => {
    put(making, `tmp/${nameFor(making)}.flat.work/merged.spool`, making.sizeBytes);
    return put(making, `tmp/${nameFor(making)}.flat.work/rootfs.raw.part`, making.sizeBytes);
  },
  'load-blob': (making) => put(making, `tmp/load-0-${DEAD_PID}-${making.seed}.blob`, making.sizeBytes),
  'save-tar': (making) => put(making, `tmp/save-${DEAD_PID}-${making.seed}.layer.tar`, 20_480),
  'stale-metadata': (making) => {
    const manifest = digestFor(making);
    const json = JSON.stringify(metadataOf(manifest, digestFor(making, 'layer')));
    writeAt(making.home, `manifests/${sha256(manifest)}.json`, json);
    return null;
  },
  'metadata-part': (making) => put(making, `manifests/${sha256(nameFor(making))}.json.part`, 900),
  'flat-disk': (making) => {
    const manifest = digestFor(making);
    addFlatDisk(making.home, manifest, { diffIds: [digestFor(making, 'layer')] });
    return null;
  },
  'flat-blob': (making) => put(making, `flat/blobs/${nameFor(making)}.raw`, 1_000_000),
  'flat-ref-part': (making) => put(making, `flat/refs/${nameFor(making)}.json.part`, 300),
  locks: (making) => {
    const name = nameFor(making);
    touch(making, `layers/${name}.erofs.lock`);
    touch(making, `fsmeta/${name}.erofs.lock`);
    touch(making, `manifests/${sha256(name)}.lock`);
    touch(making, `tmp/${name}.download.lock`);
    touch(making, `flat/locks/${name}.lock`);
    return null;
  },
  unknown: (making) => {
    const name = nameFor(making);
    put(making, `notes-${making.seed}.txt`, 100);
    put(making, `layers/${name.slice(0, -1)}.erofs`, 4096);
    put(making, `layers/${name.toUpperCase()}.erofs`, 4096);
    put(making, `layers/${name}.erofs.bak`, 4096);
    put(making, `tmp/${name}.partial`, 4096);
    put(making, `manifests/${name}.json`, 20);
    return put(making, `future-${making.seed}/${name}.bin`, 4096);
  },
};

/** No process has it: above the largest id Linux and macOS give. */
const DEAD_PID = 2_000_000_011;

async function loadLone(making: Making): Promise<{
  reference: string;
  manifestDigest: string;
  diffIds: readonly string[];
}> {
  const reference = `strata.test/${making.kind}:${making.seed}`;
  const content = `${making.kind} ${making.seed}`;
  const image: ImageSpec = {
    references: [reference],
    layers: [
      {
        entries: [
          file('lone', content),
          file('bulk', { sizeBytes: 50_000, fill: 'text', seed: making.seed }),
        ],
      },
    ],
  };
  await loadImages(making.home, [image], { version: making.version });
  return cachedImages(making.home).find((candidate) => candidate.reference === reference)!;
}

/** Every path below the cache, directories included, sorted. */
function cachePaths(home: string): string[] {
  const cache = join(home, 'cache');
  if (!existsSync(cache)) return [];
  return readdirSync(cache, { recursive: true, withFileTypes: true })
    .map((entry) => relative(cache, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Without what lies below a directory that is in the list itself. */
function outermost(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}

function digestFor({ kind, seed }: Making, part = ''): string {
  return `sha256:${sha256(`${kind} ${seed} ${part}`)}`;
}

function nameFor(making: Making): string {
  return pathSafe(digestFor(making));
}

function put(making: Making, path: string, sizeBytes: number): null {
  writeAt(making.home, path, Buffer.alloc(sizeBytes, 0x47));
  return null;
}

function touch(making: Making, path: string): void {
  writeAt(making.home, path, '', 0o600);
}

function writeAt(home: string, path: string, content: string | Uint8Array, mode = 0o644): void {
  const target = join(home, 'cache', path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content, { mode });
}

/** A layer file with its lock, under a diff ID nothing knows. Answers the diff ID. */
function copyLayer(making: Making): string {
  const diffId = digestFor(making);
  copyFirst(making.home, 'layers', '.erofs', pathSafe(diffId));
  touch(making, `layers/${pathSafe(diffId)}.erofs.lock`);
  return diffId;
}

function copyFirst(home: string, folder: string, suffix: string, name: string): void {
  const directory = join(home, 'cache', folder);
  const real = readdirSync(directory).filter((candidate) => candidate.endsWith(suffix));
  if (real.length === 0) throw new Error('add garbage to a cache that holds an image');
  const smallest = real
    .sort()
    .reduce((one, other) => (lengthOf(directory, other) < lengthOf(directory, one) ? other : one));
  copyFileSync(join(directory, smallest), join(directory, `${name}${suffix}`));
}

function lengthOf(directory: string, name: string): number {
  return statSync(join(directory, name)).size;
}

function addLayerRow(making: Making, diffId: string): void {
  const time = msbTime(new Date('2026-02-03T04:05:06Z'));
  withDatabase(making.home, (database) => {
    insertRow(database, 'layer', {
      diff_id: diffId,
      blob_digest: digestFor(making, 'blob'),
      media_type: 'application/vnd.oci.image.layer.v1.tar+gzip',
      compressed_size_bytes: 4321,
      erofs_size_bytes: null,
      created_at: time,
      last_used_at: time,
    });
  });
}

function metadataOf(manifestDigest: string, diffId: string): Record<string, unknown> {
  const rawConfig = JSON.stringify({ rootfs: { type: 'layers', diff_ids: [diffId] } });
  return {
    manifest_digest: manifestDigest,
    config_digest: `sha256:${sha256(rawConfig)}`,
    raw_manifest_json: '{"schemaVersion":2}',
    raw_config_json: rawConfig,
    config: {
      env: [],
      cmd: null,
      entrypoint: null,
      working_dir: null,
      user: null,
      exposed_ports: [],
      volumes: [],
      labels: {},
      stop_signal: null,
    },
    layers: [
      {
        digest: diffId,
        media_type: 'application/vnd.oci.image.layer.v1.tar',
        size_bytes: 1024,
        diff_id: diffId,
      },
    ],
  };
}

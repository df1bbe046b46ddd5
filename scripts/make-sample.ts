/**
 * Makes `resources/sample/home.tar.gz`, the cache people can try every button on, with the real msb 0.6.18:
 *
 *     npm run make-sample
 *
 * Linux, macOS or Windows with the dependencies installed; a few seconds. Commit what it writes. The images are
 * in `sample/images.ts`; what follows here is what happens to them: loading, a tag that moves, sandboxes, a
 * snapshot, a missing layer, flat disks, garbage of every kind, and dates as of half a year of use.
 *
 * Everything is dated before `SAMPLE_TIME_MS`; `unpackSample` (src-main/engine/home/sample.ts) moves the dates
 * to the day the sample is opened.
 */
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { SAMPLE_HOME, SAMPLE_TIME_MS } from '../src-main/engine/home/sample.ts';
import { loadImages, makeCache } from '../test-support/cache.ts';
import { checkDatabase } from '../test-support/check-cache.ts';
import { metadataKey, msbTime, pathSafe, withDatabase } from '../test-support/database.ts';
import { addFlatDisk } from '../test-support/flat-disks.ts';
import { addGarbage, type GarbageKind } from '../test-support/garbage.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { addSnapshot } from '../test-support/snapshots.ts';
import { directory, file, sparseFile, type TarEntry } from '../test-support/tar-entry.ts';
import { tarBytes } from '../test-support/tar-writer.ts';
import { MB } from './sample/files.ts';
import { movedTag, orphaned, sampleImages } from './sample/images.ts';

export const SAMPLE_ARCHIVE = fileURLToPath(new URL('../resources/sample/home.tar.gz', import.meta.url));

/** Writes the archive. Answers how long it became. */
export async function makeSample(archiveFile: string): Promise<number> {
  const cache = await makeCache({ version: VERSION, images: sampleImages, format: 'oci' });
  const { home } = cache;
  await loadImages(home, [movedTag, orphaned], { version: VERSION, format: 'oci' });
  datePast(home);
  forgetButLayers(home, orphaned.references[0]!);
  addHolders(home);
  await addLeftovers(home);
  const bytes = gzipSync(Buffer.concat([...tarBytes(homeEntries(home))]), { level: 9 });
  mkdirSync(dirname(archiveFile), { recursive: true });
  writeFileSync(archiveFile, bytes);
  return bytes.length;
}

const VERSION = '0.6.18';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When each reference was first stored and last used, in milliseconds before the sample's now. */
const USES: readonly (readonly [reference: string, createdAgo: number, usedAgo: number])[] = [
  ['docker.io/library/busybox:latest', 62 * DAY, 61 * DAY],
  ['docker.io/library/golang:1.25', 33 * DAY, 33 * DAY],
  ['docker.io/library/redis:8', 24 * DAY + 3 * HOUR, 19 * DAY],
  ['docker.io/library/postgres:17', 23 * DAY + 5 * HOUR, 9 * DAY],
  ['registry.corp.io:5000/ml/cuda-base:12.8-cudnn', 21 * DAY + 2 * HOUR, 20 * DAY],
  ['ghcr.io/acme/agent-runtime:v1.61.0-rc.24', 17 * DAY + 4 * HOUR, 16 * DAY],
  ['docker.io/library/alpine:3.22', 6 * DAY + 3 * HOUR, 5 * DAY],
  ['docker.io/library/alpine:latest', 6 * DAY + 3 * HOUR - 2000, 4 * DAY],
  ['docker.io/library/ubuntu:24.04', 5 * DAY + HOUR, 5 * DAY],
  ['docker.io/library/node:22-bookworm', 27 * HOUR, 26 * HOUR],
  ['ghcr.io/acme/agent-runtime:v1.61.0-rc.52', 3 * HOUR + 11 * MINUTE, 40 * MINUTE],
  ['docker.io/library/python:3', 2 * HOUR + 40 * MINUTE, 2 * HOUR],
  ['docker.io/library/python:3.12', 95 * MINUTE, 95 * MINUTE],
  ['docker.io/library/python:3.12-slim', 12 * MINUTE, 12 * MINUTE],
];

function at(agoMs: number): Date {
  return new Date(SAMPLE_TIME_MS - agoMs);
}

/** Dates rows as if the images had come one after another; then the files as their rows say. */
function datePast(home: string): void {
  withDatabase(home, (database) => {
    const reference = database.prepare(
      'UPDATE image_ref SET created_at = ?, updated_at = ? WHERE reference = ?',
    );
    for (const [name, createdAgo, usedAgo] of USES) {
      const { changes } = reference.run(spoken(at(createdAgo)), spoken(at(usedAgo)), name);
      if (changes !== 1) throw new Error(`no image ${name} was loaded`);
    }
    // The first of its references brought a manifest; the release before a moved tag came earlier still.
    database.exec(`
      UPDATE manifest SET created_at = coalesce(
        (SELECT min(created_at) FROM image_ref WHERE manifest_id = manifest.id),
        '${spoken(at(51 * DAY))}');
      UPDATE config SET created_at = (SELECT created_at FROM manifest WHERE id = config.manifest_id);
      UPDATE layer SET
        created_at = (SELECT min(m.created_at) FROM manifest m JOIN manifest_layer ml ON ml.manifest_id = m.id
                      WHERE ml.layer_id = layer.id),
        last_used_at = (SELECT max(coalesce(r.updated_at, m.created_at)) FROM manifest m
                        JOIN manifest_layer ml ON ml.manifest_id = m.id
                        LEFT JOIN image_ref r ON r.manifest_id = m.id WHERE ml.layer_id = layer.id);
    `);
    const rows = (sql: string) => database.prepare(sql).raw().all() as [string, string][];
    for (const [diffId, time] of rows('SELECT diff_id, created_at FROM layer')) {
      dateFiles(home, time, `layers/${pathSafe(diffId)}.erofs`, `layers/${pathSafe(diffId)}.erofs.lock`);
    }
    for (const [digest, time] of rows('SELECT digest, created_at FROM manifest')) {
      const name = pathSafe(digest);
      dateFiles(home, time, `fsmeta/${name}.erofs`, `fsmeta/${name}.erofs.lock`, `vmdk/${name}.vmdk`);
    }
    for (const [name, time] of rows('SELECT reference, updated_at FROM image_ref')) {
      dateFiles(home, time, `manifests/${metadataKey(name)}.json`);
    }
  });
}

/** A time with nanoseconds that no person would type. */
function spoken(time: Date): string {
  const odd = String((time.getTime() * 7919) % 999_999_999).padStart(9, '0');
  return `${msbTime(time).slice(0, 19)}.${odd}`;
}

function dateFiles(home: string, stored: string, ...paths: readonly string[]): void {
  const time = new Date(`${stored.slice(0, 19).replace(' ', 'T')}Z`);
  for (const path of paths) utimesSync(join(home, 'cache', path), time, time);
}

/** What removals of older msb versions left: layers that no manifest links any more. */
function forgetButLayers(home: string, reference: string): void {
  withDatabase(home, (database) => {
    const manifest = database
      .prepare(
        'SELECT m.id, m.digest FROM manifest m JOIN image_ref r ON r.manifest_id = m.id WHERE r.reference = ?',
      )
      .get(reference) as { id: number; digest: string };
    database.prepare('DELETE FROM manifest WHERE id = ?').run(manifest.id);
    const name = pathSafe(manifest.digest);
    for (const path of [
      `fsmeta/${name}.erofs`,
      `vmdk/${name}.vmdk`,
      `manifests/${metadataKey(reference)}.json`,
    ]) {
      rmSync(join(home, 'cache', path));
    }
  });
}

function addHolders(home: string): void {
  const disk = { diskLengthBytes: 256 * 2 ** 20 };
  const python = 'docker.io/library/python:3.12-slim';
  addSandbox(home, {
    name: 'agent-7',
    status: 'Running',
    reference: python,
    createdAt: at(12 * MINUTE),
    diskBytes: 3 * MB,
    ...disk,
  });
  // Its first boot failed, so only its configuration says what it needs.
  addSandbox(home, {
    name: 'scratch',
    reference: python,
    withRootfs: false,
    createdAt: at(2 * HOUR),
    diskBytes: MB,
    ...disk,
  });
  const runtime = 'ghcr.io/acme/agent-runtime:v1.61.0-rc.52';
  addSandbox(home, {
    name: 'review-bot',
    reference: runtime,
    createdAt: at(3 * HOUR),
    diskBytes: 2 * MB,
    ...disk,
  });
  const node = 'docker.io/library/node:22-bookworm';
  addSnapshot(home, {
    name: 'warm-node',
    reference: node,
    createdAt: at(26 * HOUR),
    diskBytes: 2 * MB,
    ...disk,
  });
}

const GARBAGE: readonly (readonly [kind: GarbageKind, agoMs: number, sizeBytes: number])[] = [
  ['download-part', 9 * DAY, 2.9 * MB],
  ['blob', 15 * DAY, 1.7 * MB],
  ['spool', 15 * DAY, 0.6 * MB],
  ['layer-part', 15 * DAY, 0],
  ['orphan-layer-file', 40 * DAY, 0],
  ['stray-fsmeta', 40 * DAY, 0],
  ['stray-vmdk', 40 * DAY, 0],
  ['work', 12 * DAY, 0],
  ['load-blob', 30 * DAY, 0.9 * MB],
  ['stale-metadata', 44 * DAY, 0],
  ['unlisted-image', 18 * DAY, 0],
  ['locks', 44 * DAY, 0],
  ['unknown', 70 * DAY, 0],
];

async function addLeftovers(home: string): Promise<void> {
  for (const [kind, agoMs, sizeBytes] of GARBAGE) {
    const ageMs = agoMs + Date.now() - SAMPLE_TIME_MS;
    await addGarbage(home, [kind], { ageMs, sizeBytes, version: VERSION });
  }
  const disks = [
    addFlatDisk(home, manifestOf(home, 'docker.io/library/ubuntu:24.04'), { contentBytes: 6 * MB }),
    addFlatDisk(home, `sha256:${'c0ffee42'.repeat(8)}`, { contentBytes: 4 * MB, diffIds: [] }),
  ];
  for (const [index, { refFile, blobFile, lockFile }] of disks.entries()) {
    const time = at((5 + 30 * index) * DAY);
    for (const path of [refFile, blobFile, lockFile]) utimesSync(path, time, time);
  }
  // A layer that went missing: redis lists, inspects, and does not start.
  const missing = layersOf(home, 'docker.io/library/redis:8')[2]!;
  rmSync(join(home, 'cache', 'layers', `${pathSafe(missing)}.erofs`));
  const problems = checkDatabase(home);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function manifestOf(home: string, reference: string): string {
  return withDatabase(
    home,
    (database) =>
      database
        .prepare(
          'SELECT m.digest FROM manifest m JOIN image_ref r ON r.manifest_id = m.id WHERE r.reference = ?',
        )
        .pluck()
        .get(reference) as string,
  );
}

function layersOf(home: string, reference: string): string[] {
  const sql = `SELECT l.diff_id FROM image_ref r JOIN manifest_layer ml ON ml.manifest_id = r.manifest_id
    JOIN layer l ON l.id = ml.layer_id WHERE r.reference = ? ORDER BY ml.position`;
  return withDatabase(home, (database) => database.prepare(sql).pluck().all(reference) as string[]);
}

/** Everything below the home but SQLite's side files, with the home's own path replaced by `SAMPLE_HOME`. */
function homeEntries(home: string): TarEntry[] {
  withDatabase(home, (database) => {
    // The last load left a lease that ended just now, which is after the sample's now.
    database.exec(`
      UPDATE maintenance_lease SET holder_pid = NULL,
        lease_expires_at = '${spoken(at(5 * MINUTE))}', last_completed_at = '${spoken(at(5 * MINUTE))}';
      UPDATE seaql_migrations SET applied_at = ${Math.round(at(190 * DAY).getTime() / 1000)};
    `);
    database
      .prepare('UPDATE snapshot_index SET artifact_path = replace(artifact_path, ?, ?)')
      .run(home, SAMPLE_HOME);
    // Leaves no text of deleted rows, and no path of this machine, in free pages.
    database.exec('VACUUM');
    database.pragma('wal_checkpoint(TRUNCATE)');
  });
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .map((entry) => relative(home, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/^db\/msb\.db-(wal|shm)$/.test(path))
    .sort()
    .map((path) => homeEntry(home, path));
}

function homeEntry(home: string, path: string): TarEntry {
  const full = join(home, path);
  const stat = lstatSync(full);
  if (stat.isDirectory()) return directory(path);
  if (!stat.isFile()) throw new Error(`${path} is neither a file nor a directory`);
  const isDated = /^(cache|snapshots|sandboxes)\//.test(path);
  // What was written just now and is no cache artifact counts as written a little before the sample's now.
  const mtimeMs = stat.mtimeMs > SAMPLE_TIME_MS && !isDated ? SAMPLE_TIME_MS - 12 * MINUTE : stat.mtimeMs;
  const attributes = { mode: stat.mode & 0o777, mtime: Math.floor(Math.min(mtimeMs, SAMPLE_TIME_MS) / 1000) };
  const used = stat.blocks * 512;
  if (used < stat.size) return sparseFile(path, readStart(full, used), stat.size, attributes);
  const content = readFileSync(full);
  if (!path.endsWith('.vmdk')) return file(path, content, attributes);
  return file(path, content.toString().replaceAll(`"${home}/`, `"${SAMPLE_HOME}/`), attributes);
}

/** The data of a disk image: all of it lies at the start. */
function readStart(path: string, length: number): Buffer {
  const content = Buffer.alloc(length);
  const fd = openSync(path, 'r');
  try {
    readSync(fd, content, 0, length, 0);
  } finally {
    closeSync(fd);
  }
  return content.subarray(0, lengthWithoutHole(content));
}

/** The bytes before the zeros at the end. */
function lengthWithoutHole(content: Buffer): number {
  let length = content.length;
  while (length > 0 && content[length - 1] === 0) length -= 1;
  return length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const length = await makeSample(SAMPLE_ARCHIVE);
  process.stdout.write(`${relative(process.cwd(), SAMPLE_ARCHIVE)}: ${length} bytes\n`);
}

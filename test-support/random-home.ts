import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { age } from './age.ts';
import { insertRow, metadataKey, msbTime, pathSafe, sha256, withDatabase } from './database.ts';
import { writeSparse } from './sparse.ts';

/** References, newest last, that `fillAtRandom` has listed. */
export interface RandomContent {
  readonly references: readonly string[];
}

/**
 * Empties a home that the real msb has made, and fills it anew with a few images, layers they share, flat disks,
 * holders and garbage of every kind, so that everything happens at once: files that are missing, young, sparse, that have
 * several names inside and outside of the cache, and now and then an msb at work. Layers are no EROFS images.
 */
export function fillAtRandom(home: string, random: () => number): RandomContent {
  const filling = new Filling(home, random);
  rmSync(filling.cacheDir, { recursive: true, force: true });
  rmSync(filling.outside, { recursive: true, force: true });
  for (const folder of FOLDERS) mkdirSync(join(filling.cacheDir, folder), { recursive: true });
  return withDatabase(home, (database) =>
    database.transaction(() => {
      for (const table of TABLES) database.exec(`DELETE FROM ${table}`);
      return filling.fill(database);
    })(),
  );
}

const FOLDERS = ['layers', 'fsmeta', 'vmdk', 'manifests', 'tmp', 'flat/refs', 'flat/blobs', 'flat/locks'];
const TABLES = ['image_ref', 'sandbox', 'snapshot_index', 'manifest', 'layer'];
const SIZES = [1, 3000, 4096, 5000, 20_000, 70_000];
const LONG_AGO_MS = 30 * 86_400_000;

interface Image {
  readonly digest: string;
  readonly layers: readonly string[];
  /** False: only files, or holders, tell of it. */
  readonly hasRow: boolean;
}

class Filling {
  readonly cacheDir: string;
  readonly outside: string;
  readonly #random: () => number;
  readonly #references: string[] = [];
  #names = 0;

  constructor(home: string, random: () => number) {
    this.cacheDir = join(home, 'cache');
    this.outside = join(home, 'outside');
    this.#random = random;
  }

  fill(database: Database.Database): RandomContent {
    const layers = this.#times(8, () => this.#digest());
    const images = this.#times(5, (): Image => {
      const own = layers.filter(() => this.#oneIn(3));
      return { digest: this.#digest(), layers: own, hasRow: !this.#oneIn(4) };
    });
    this.#addRows(database, layers, images);
    for (const layer of layers) if (!this.#oneIn(8)) this.#addLayer(layer);
    for (const image of images) this.#addArtifacts(image);
    this.#addHolders(database, images);
    this.#addGarbage();
    return { references: this.#references };
  }

  #addRows(database: Database.Database, layers: readonly string[], images: readonly Image[]): void {
    const listed = images.filter(({ hasRow }) => hasRow);
    const used = new Set(listed.flatMap((image) => image.layers));
    const created_at = msbTime(new Date(Date.now() - LONG_AGO_MS));
    const ids = new Map<string, number>();
    for (const diffId of layers) {
      if (!used.has(diffId) && this.#oneIn(2)) continue;
      const values = {
        diff_id: diffId,
        blob_digest: this.#digest(),
        compressed_size_bytes: 1000,
        created_at,
      };
      ids.set(diffId, insertRow(database, 'layer', { ...values, last_used_at: created_at }));
    }
    for (const [index, image] of listed.entries()) {
      const layer_count = image.layers.length;
      const manifest_id = insertRow(database, 'manifest', { digest: image.digest, layer_count, created_at });
      insertRow(database, 'config', { manifest_id, digest: this.#digest(), created_at });
      for (const [position, diffId] of image.layers.entries())
        insertRow(database, 'manifest_layer', { manifest_id, layer_id: ids.get(diffId)!, position });
      for (const reference of this.#namesOf(index)) {
        const updated_at = msbTime(new Date(Date.now() - (this.#random() % LONG_AGO_MS)));
        insertRow(database, 'image_ref', { reference, manifest_id, created_at, updated_at });
        this.#references.push(reference);
        if (!this.#oneIn(8)) this.#addMetadata(metadataKey(reference), image);
      }
    }
    const unlisted = images.filter((image) => !image.hasRow && this.#oneIn(2));
    for (const image of unlisted) this.#addMetadata(sha256(image.digest), image);
  }

  /** None: a dangling image. Two may be spellings of one reference, with one metadata file. */
  #namesOf(index: number): readonly string[] {
    const name = `img-${index}`;
    const names = [
      [],
      [name],
      [name],
      [name, `other.test/${name}:2`],
      [name, `docker.io/library/${name}:latest`],
    ];
    return names[this.#random() % names.length]!;
  }

  #addMetadata(key: string, { digest, layers }: Image): void {
    const text = JSON.stringify({
      manifest_digest: digest,
      config_digest: this.#digest(),
      layers: layers.map((diffId) => ({ digest: diffId, media_type: 'x', size_bytes: 1, diff_id: diffId })),
      raw_config_json: '{}',
      raw_manifest_json: '{}',
    });
    this.#put(`manifests/${key}.json`, () => text);
    if (this.#oneIn(3)) this.#put(`manifests/${key}.lock`, () => '');
  }

  #addLayer(diffId: string): void {
    const path = `layers/${pathSafe(diffId)}.erofs`;
    this.#put(path);
    if (this.#oneIn(3)) this.#put(`${path}.lock`, () => '');
    if (this.#oneIn(6)) this.#link(path);
  }

  /** Another name of the same inode: of another layer, of a file of nobody's, in a journal of msb's, or elsewhere. */
  #link(path: string): void {
    const names = [
      `layers/${pathSafe(this.#digest())}.erofs`,
      `layers/copy-${this.#count()}`,
      `.image-deletions/delete-${this.#digest().slice(-32)}/0`,
      `tmp/${pathSafe(this.#digest())}.work/${this.#count()}`,
      `../outside/${this.#count()}`,
    ];
    const other = join(this.cacheDir, names[this.#random() % names.length]!);
    mkdirSync(dirname(other), { recursive: true });
    linkSync(join(this.cacheDir, path), other);
  }

  #addArtifacts({ digest }: Image): void {
    const name = pathSafe(digest);
    if (!this.#oneIn(5)) this.#put(`fsmeta/${name}.erofs`);
    if (!this.#oneIn(5)) this.#put(`vmdk/${name}.vmdk`, () => 'RW 8 FLAT "/nowhere" 0\n');
    if (!this.#oneIn(4)) return;
    const artifact = this.#oneIn(3) ? `sha256:${sha256('shared')}` : this.#digest();
    const record = this.#oneIn(8) ? '{' : JSON.stringify({ artifact_digest: artifact });
    this.#put(`flat/refs/${name}.json`, () => record);
    if (!this.#oneIn(5)) this.#put(`flat/blobs/${pathSafe(artifact)}.raw`, null);
  }

  #addHolders(database: Database.Database, images: readonly Image[]): void {
    const created_at = msbTime(new Date());
    for (const { digest } of images) {
      if (this.#oneIn(6)) {
        const config = this.#oneIn(20) ? '{' : JSON.stringify({ manifest_digest: digest });
        insertRow(database, 'sandbox', { name: `sandbox-${this.#count()}`, config, status: 'Stopped' });
      }
      if (this.#oneIn(8)) {
        const values = { image_manifest_digest: digest, image_ref: 'x', digest: this.#digest() };
        const rest = { artifact_path: `/nowhere/${this.#count()}`, scope: 'disk', state_kind: 'file' };
        insertRow(database, 'snapshot_index', { ...values, ...rest, created_at, indexed_at: created_at });
      }
    }
  }

  #addGarbage(): void {
    const name = () => pathSafe(this.#digest());
    const work = () => `tmp/${name()}.work`;
    const leftover = () => `.strata/${this.#digest().slice(-32)}`;
    const makers = [
      () => this.#put(`layers/${name()}.erofs`),
      () => this.#put(`layers/${name()}.tar.gz`),
      () => this.#put(`fsmeta/${name()}.erofs`),
      () => this.#put(`flat/blobs/${name()}.raw`, null),
      () => this.#put(`tmp/${name()}.part`, null),
      () => this.#put(`tmp/${name()}.spool`),
      () => this.#put(`tmp/${name()}.erofs.part`),
      () => this.#put(`manifests/${sha256(name())}.json.part`),
      () => this.#put(`tmp/load-0-${DEAD_PID}-0.blob`),
      () => this.#putTree(work(), ['fsmeta.erofs', 'rootfs.vmdk']),
      () => this.#putTree(leftover(), [`layers/${name()}.erofs`, `manifests/${sha256(name())}.json`]),
      () => this.#put('layers/notes.txt'),
      () => this.#put('unknown/file'),
    ];
    for (const make of makers) if (this.#oneIn(4)) make();
    if (this.#oneIn(20)) this.#put(`tmp/load-0-${process.pid}-0.blob`);
  }

  #putTree(folder: string, names: readonly string[]): void {
    for (const name of names) this.#put(`${folder}/${name}`);
    const isYoung = this.#oneIn(6);
    const folders = names.map((name) => dirname(`${folder}/${name}`));
    for (const path of new Set([...folders, folder]))
      if (!isYoung) age(join(this.cacheDir, path), LONG_AGO_MS);
  }

  /** @param content Null makes it sparse; nothing said, either. */
  #put(path: string, content?: (() => string) | null): void {
    const file = join(this.cacheDir, path);
    mkdirSync(dirname(file), { recursive: true });
    const contentBytes = SIZES[this.#random() % SIZES.length]!;
    if (content !== undefined && content !== null) writeFileSync(file, content());
    else if (content === null || this.#oneIn(5)) writeSparse(file, { lengthBytes: 2 ** 20, contentBytes });
    else writeFileSync(file, Buffer.alloc(contentBytes, 1));
    if (!this.#oneIn(12)) age(file, LONG_AGO_MS);
  }

  #times<T>(most: number, make: () => T): readonly T[] {
    return Array.from({ length: this.#random() % (most + 1) }, make);
  }

  #digest(): string {
    return `sha256:${sha256(`${this.#random()} ${this.#count()}`)}`;
  }

  #count(): number {
    this.#names += 1;
    return this.#names;
  }

  #oneIn(times: number): boolean {
    return this.#random() % times === 0;
  }
}

/** Larger than any the kernel gives. */
const DEAD_PID = 2 ** 22 + 1;

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { HealthProgress, HealthReport } from '../../../src-shared/domain/health.ts';
import { describeSystemError } from '../../../src-shared/domain/system-error.ts';
import {
  buildTreeIndex,
  ErofsError,
  type ErofsImage,
  InodeRecord,
  openErofs,
  Pacer,
} from '../erofs/index.ts';
import { CacheFailure } from '../failure.ts';
import { metadataOf } from '../inventory/facts.ts';
import type { Inventory, ReferenceNode } from '../inventory/inventory.ts';
import type { Session } from '../session.ts';
import type { StoreEntry } from '../store/entries.ts';
import { readMetadata } from '../store/metadata.ts';
import { parseRawConfig } from '../store/raw-config.ts';
import { Findings } from './findings.ts';
import { checkImage } from './image-check.ts';

/**
 * One image by everything that can be recomputed: the quick checks, every inode of its layers and of its file
 * system index and where their data ends, the flat disk's digest, the configuration's digest and layers.
 *
 * @throws CacheFailure `not-found`; the signal's reason when aborted.
 */
export async function checkDeeply(
  session: Session,
  name: string,
  signal: AbortSignal,
  emit: (progress: HealthProgress) => void,
): Promise<HealthReport> {
  const startMs = performance.now();
  const inventory = session.inventory();
  const reference = inventory.referencesByName.get(name);
  if (reference === undefined) throw new CacheFailure({ code: 'not-found', what: 'image', name });
  const check = new DeepCheck(session, inventory, reference, signal, emit);
  await check.run();
  return {
    images: [check.findings.finish(reference)],
    unproven: UNPROVEN,
    tookMs: Math.round(performance.now() - startMs),
  };
}

const UNPROVEN = [
  'Whether the contents of files in a layer are what was pulled: a diff ID is the digest of the tar the layer was made from, and EROFS keeps no checksum of contents.',
  'Whether a file system index merges its layers as msb would: only its structure and its device table are checked.',
];

class DeepCheck {
  readonly findings = new Findings();
  readonly #session: Session;
  readonly #inventory: Inventory;
  readonly #reference: ReferenceNode;
  readonly #signal: AbortSignal;
  readonly #emit: (progress: HealthProgress) => void;

  constructor(
    session: Session,
    inventory: Inventory,
    reference: ReferenceNode,
    signal: AbortSignal,
    emit: (progress: HealthProgress) => void,
  ) {
    this.#session = session;
    this.#inventory = inventory;
    this.#reference = reference;
    this.#signal = signal;
    this.#emit = emit;
  }

  async run(): Promise<void> {
    const { manifest } = this.#reference;
    checkImage(this.#session.paths, this.#inventory, this.#reference, this.findings);
    const layers = [...new Set(manifest.linkedLayers)].flatMap(({ entry }) => entry ?? []);
    const fsmeta = this.#inventory.fsmeta.get(manifest.digest);
    const flat = this.#flatDisk();
    const totalSteps = layers.length + 2 + (flat === null ? 0 : 1);
    let doneSteps = 0;
    const step = (what: string) => this.#emit({ doneSteps: doneSteps++, totalSteps, what });
    for (const layer of layers) {
      step(layer.path);
      await this.#checkTree(layer, []);
    }
    if (fsmeta !== undefined) {
      step(fsmeta.path);
      const devices = manifest.linkedLayers.map(({ entry }) => this.#fileOf(entry?.path ?? 'layers/missing'));
      await this.#checkTree(fsmeta, devices);
    }
    step('configuration');
    this.#checkConfig();
    if (flat !== null) {
      step(flat.entry.path);
      await this.#checkFlat(flat.entry, flat.digest);
    }
  }

  #fileOf(relative: string): string {
    return `${this.#session.paths.cacheDir}/${relative}`;
  }

  #flatDisk(): { readonly entry: StoreEntry; readonly digest: string } | null {
    const digest = this.#inventory.flatRefs.get(this.#reference.manifest.digest)?.file.artifactDigest ?? null;
    const entry = digest === null ? undefined : this.#inventory.flatDisks.get(digest);
    return digest === null || entry === undefined ? null : { entry, digest };
  }

  async #checkTree(entry: StoreEntry, devices: readonly string[]): Promise<void> {
    let image: ErofsImage;
    try {
      image = openErofs(this.#fileOf(entry.path), { devices });
    } catch (error) {
      // Whatever keeps it from being opened is among the findings of the quick check.
      if (error instanceof ErofsError) return;
      throw error;
    }
    try {
      const inodes = await this.#checkInodes(image, entry);
      this.findings.proven(
        `${entry.path}: superblock checksum, and ${inodes} inodes with their directories and extents.`,
      );
    } finally {
      image.close();
    }
  }

  /** Answers how many inodes there are. */
  async #checkInodes(image: ErofsImage, file: StoreEntry): Promise<number> {
    const index = await buildTreeIndex(image, { signal: this.#signal });
    const pacer = new Pacer(this.#signal);
    const record = new InodeRecord();
    const seen = new Set<number>();
    for (let entry = 0; entry < index.count; entry += 1) {
      if (pacer.isDue()) await pacer.rest();
      const damage = index.damageOf(entry);
      if (damage !== null) this.findings.damaged(file.path, damage);
      const nid = index.dirents.nid[entry]!;
      if (seen.has(nid)) continue;
      seen.add(nid);
      if (index.isRegular(entry) && index.isReadable(entry) && index.size[entry]! > 0)
        this.#checkEnd(image, nid, record, file);
    }
    const announced = image.superblock.inodeCount;
    if (announced !== BigInt(seen.size)) {
      this.findings.damaged(file.path, `It has ${seen.size} inodes, its superblock says ${announced}.`);
    }
    return seen.size;
  }

  /** Data is consecutive, so the last byte lies in the file when all of it does. */
  #checkEnd(image: ErofsImage, nid: number, record: InodeRecord, file: StoreEntry): void {
    try {
      const inode = image.record(nid, record);
      image.readFileOf(inode, inode.size - 1, 1);
    } catch (error) {
      if (!(error instanceof ErofsError)) throw error;
      this.findings.damaged(file.path, error.message);
    }
  }

  #checkConfig(): void {
    const node = metadataOf(this.#reference);
    const document = node === null ? null : readMetadata(this.#session.paths, node.key);
    if (node === null || document === null) return;
    const { rawConfigJson, rawManifestJson, configDigest, manifestDigest } = document;
    const file = node.entry.path;
    if (rawConfigJson === null) {
      this.findings.unproven('Its configuration: the cached metadata is of an early msb and lacks it.');
    } else if (configDigest.startsWith('sha256:') && digestOf(rawConfigJson) !== configDigest) {
      this.findings.damaged(file, 'The configuration in it does not have the digest it should have.');
    } else {
      this.findings.proven(`The configuration is the one of digest ${configDigest}.`);
      this.#checkDiffIds(rawConfigJson, file);
    }
    if (rawManifestJson !== null && digestOf(rawManifestJson) === manifestDigest)
      this.findings.proven(`The manifest is the one of digest ${manifestDigest}.`);
    else
      this.findings.unproven(
        'Its manifest: msb keeps a pulled manifest in another form than its digest is of.',
      );
  }

  #checkDiffIds(rawConfigJson: string, file: string): void {
    const named = parseRawConfig(rawConfigJson)?.diffIds ?? [];
    const linked = this.#reference.manifest.linkedLayers.map(({ diffId }) => diffId);
    if (named.join() === linked.join())
      this.findings.proven(`Its ${linked.length} layers are those its configuration names, in this order.`);
    else this.findings.damaged(file, 'The configuration in it names other layers than the rows do.');
  }

  async #checkFlat(entry: StoreEntry, digest: string): Promise<void> {
    const hash = createHash('sha256');
    const pacer = new Pacer(this.#signal);
    try {
      for await (const piece of createReadStream(this.#fileOf(entry.path), { highWaterMark: PIECE_BYTES })) {
        hash.update(piece as Buffer);
        if (pacer.isLate()) await pacer.rest();
      }
    } catch (error) {
      this.#signal.throwIfAborted();
      this.findings.damaged(
        entry.path,
        `It cannot be read: ${describeSystemError((error as NodeJS.ErrnoException).code ?? String(error))}.`,
      );
      return;
    }
    if (`sha256:${hash.digest('hex')}` === digest)
      this.findings.proven(`The flat disk has its digest ${digest}.`);
    else this.findings.damaged(entry.path, 'Its contents do not have the digest that is its name.');
  }
}

const PIECE_BYTES = 2 ** 20;

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

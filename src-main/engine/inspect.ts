import { lstatSync } from 'node:fs';
import type {
  ImageConfig,
  ImageDamage,
  ImageFacts,
  ImageHandle,
  ImageInspection,
} from '../../src-shared/domain/image.ts';
import type { ImageLayer } from '../../src-shared/domain/layer.ts';
import {
  type ConfigRow,
  type ReadableDatabase,
  readConfigRow,
  readHandle,
  readImageLayers,
} from './database/index.ts';
import { CacheFailure } from './failure.ts';
import { factsOf, hasFlatDisk, layerStateOf, metadataOf, referencesUsing } from './inventory/facts.ts';
import type { Inventory, ReferenceNode } from './inventory/inventory.ts';
import { BoundedCache } from './layers/bounded-cache.ts';
import type { Session } from './session.ts';
import { parseRawConfig, type RawConfig, readMetadata, readVmdk } from './store/index.ts';

/** @throws CacheFailure `not-found`: references match exactly, as in msb. */
export function requireHandle(database: ReadableDatabase | null, reference: string): ImageHandle {
  const handle = database === null ? null : readHandle(database, reference);
  if (handle === null) throw new CacheFailure({ code: 'not-found', what: 'image', name: reference });
  return handle;
}

/** Everything the cache says of one reference: rows, files and the raw config JSON together. */
export function inspectImage(session: Session, name: string): ImageInspection {
  const database = session.database();
  if (database === null) throw new CacheFailure({ code: 'not-found', what: 'image', name });
  const inventory = session.glance();
  const reference = inventory.referencesByName.get(name);
  if (reference === undefined) throw new CacheFailure({ code: 'not-found', what: 'image', name });
  const answers = answersOf(inventory);
  const files = signOfFiles(session.paths.cacheDir, inventory, reference);
  const last = answers.get(name);
  if (last !== undefined && last.files === files) return last.inspection;
  const labelText = session.labels().get(reference.row.manifestId) ?? '';
  // Each statement by itself would take and give back the database's locks.
  const inspection = database.inReadTransaction(() =>
    inspectRows(session, database, inventory, reference, labelText),
  );
  answers.set(name, { files, inspection, memoryBytes: bytesOf(inspection) });
  return inspection;
}

interface Answer {
  readonly files: string;
  readonly inspection: ImageInspection;
  readonly memoryBytes: number;
}

const ANSWERS_BYTES = 4_000_000;

/** What was answered of one inventory: its references are the same ones until rows or files change. */
const answered = new WeakMap<Inventory['references'], BoundedCache<Answer>>();

function answersOf({ references }: Inventory): BoundedCache<Answer> {
  const answers = answered.get(references) ?? new BoundedCache<Answer>(ANSWERS_BYTES);
  answered.set(references, answers);
  return answers;
}

/** Another text when one of the two files whose content is shown was replaced, or written to in place. */
function signOfFiles(cacheDir: string, inventory: Inventory, reference: ReferenceNode): string {
  const entries = [metadataOf(reference)?.entry, inventory.vmdk.get(reference.manifest.digest)];
  return entries.map((entry) => (entry === undefined ? '-' : signOf(`${cacheDir}/${entry.path}`))).join(', ');
}

function signOf(file: string): string {
  try {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    return stats === undefined ? '-' : `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
  } catch {
    return 'hidden';
  }
}

/** Roughly: the two texts, and the names of those a layer is shared with. */
function bytesOf({ rawConfigJson, rawManifestJson, layers }: ImageInspection): number {
  const texts = (rawConfigJson?.length ?? 0) + (rawManifestJson?.length ?? 0);
  return layers.reduce((sum, { sharedWith }) => sum + 500 + 8 * sharedWith.length, 2 * texts + 4000);
}

function inspectRows(
  session: Session,
  database: ReadableDatabase,
  inventory: Inventory,
  reference: ReferenceNode,
  labelText: string,
): ImageInspection {
  const handle = requireHandle(database, reference.row.reference);
  const metadata = metadataOf(reference);
  const raw = metadata === null ? null : readMetadata(session.paths, metadata.key);
  const rawConfig = raw?.rawConfigJson == null ? null : parseRawConfig(raw.rawConfigJson);
  const configRow = readConfigRow(database, reference.row.manifestId);
  const facts = withDamage(factsOf(inventory, reference, labelText), [
    ...descriptorDamage(session, inventory, reference),
    ...(configRow?.notes ?? []).map((detail) => ({ kind: 'row-damaged' as const, detail })),
  ]);
  return {
    handle,
    config: mergeConfig(configRow, rawConfig),
    layers: layersOf(database, inventory, reference, rawConfig),
    history: rawConfig?.history ?? [],
    holders: facts.holders,
    facts,
    rawConfigJson: raw?.rawConfigJson ?? null,
    rawManifestJson: raw?.rawManifestJson ?? null,
  };
}

/** The configuration's row and the disk descriptor are read for one image at a time: only here is their damage known. */
function withDamage(facts: ImageFacts, damage: readonly ImageDamage[]): ImageFacts {
  return { ...facts, damage: [...facts.damage, ...damage] };
}

function descriptorDamage(
  session: Session,
  inventory: Inventory,
  { manifest }: ReferenceNode,
): readonly ImageDamage[] {
  const entry = inventory.vmdk.get(manifest.digest);
  if (entry === undefined || hasFlatDisk(inventory, manifest)) return [];
  const vmdk = readVmdk(session.paths, manifest.digest);
  if (vmdk === null) return [{ kind: 'vmdk-damaged', detail: entry.path }];
  return vmdk.isElsewhere ? [{ kind: 'vmdk-elsewhere', detail: entry.path }] : [];
}

/** The row is what msb answers; the raw JSON fills what msb leaves empty. Nothing is invented without it. */
function mergeConfig(row: ConfigRow | null, raw: RawConfig | null): ImageConfig | null {
  if (row === null && raw === null) return null;
  return {
    digest: row?.digest ?? '',
    env: row?.env ?? raw?.env ?? [],
    cmd: row?.cmd ?? raw?.cmd ?? null,
    entrypoint: row?.entrypoint ?? raw?.entrypoint ?? null,
    workingDir: row?.workingDir ?? raw?.workingDir ?? null,
    user: row?.user ?? raw?.user ?? null,
    labels: row?.labels ?? raw?.labels ?? null,
    stopSignal: row?.stopSignal ?? raw?.stopSignal ?? null,
    created: raw?.created ?? null,
    author: raw?.author ?? null,
    exposedPorts: raw?.exposedPorts ?? null,
    volumes: raw?.volumes ?? null,
    shell: raw?.shell ?? null,
    onBuild: raw?.onBuild ?? null,
    healthcheck: raw?.healthcheck ?? null,
  };
}

function layersOf(
  database: ReadableDatabase,
  inventory: Inventory,
  reference: ReferenceNode,
  raw: RawConfig | null,
): readonly ImageLayer[] {
  const commands = new Map(raw?.history.map((entry) => [entry.position, entry.createdBy]));
  const own = new Set(reference.manifest.references.map((node) => node.row.reference));
  return readImageLayers(database, reference.row.manifestId).map((row) => {
    const layer = inventory.layers.get(row.diffId);
    const entry = layer?.entry ?? null;
    return {
      ...row,
      erofsSizeBytes: entry?.logicalBytes ?? null,
      allocatedSizeBytes: entry?.allocatedBytes ?? 0,
      state: layerStateOf(entry),
      sharedWith: layer === undefined ? [] : referencesUsing(layer).filter((name) => !own.has(name)),
      createdBy: commands.get(row.position) ?? null,
    };
  });
}

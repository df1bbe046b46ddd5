import type { ImageConfig, ImageInspection } from '../../src-shared/domain/image.ts';
import type { ImageLayer } from '../../src-shared/domain/layer.ts';
import type { Handlers } from '../../src-shared/ipc/contract.ts';
import { freeSpace } from './apply/apply.ts';
import {
  listHandles,
  type ReadableDatabase,
  readConfigRow,
  readHandle,
  readImageLayers,
} from './database/index.ts';
import { CacheFailure } from './failure.ts';
import { factsOf, layerStateOf, metadataOf, referencesUsing, summarizeLayer } from './inventory/facts.ts';
import type { Inventory, ReferenceNode } from './inventory/inventory.ts';
import { summarizeUsage } from './inventory/usage.ts';
import type { Session } from './session.ts';
import { measureOutsideDisks, parseRawConfig, type RawConfig, readMetadata } from './store/index.ts';
import { treeHandlers } from './tree-handlers.ts';
import { watchCache } from './watch.ts';

/** The engine's side of the contract. Inputs have passed their schemas. */
export function createHandlers(session: Session): Handlers {
  return {
    'home.get': async () => {
      await session.ready();
      return session.state();
    },
    'home.open': async ({ path }) => {
      await session.ready();
      session.open(path);
      return session.state();
    },
    'home.openSample': async () => {
      await session.openSample();
      return session.state();
    },
    'images.list': async () => {
      await session.ready();
      const database = session.database();
      return database === null ? [] : listHandles(database);
    },
    'images.facts': async () => {
      await session.ready();
      const inventory = session.inventory();
      const labels = session.labels();
      return inventory.references.map((reference) =>
        factsOf(inventory, reference, labels.get(reference.row.manifestId) ?? ''),
      );
    },
    'images.get': async ({ reference }) => {
      await session.ready();
      return requireHandle(session.database(), reference);
    },
    'images.inspect': async ({ reference }) => {
      await session.ready();
      return inspect(session, reference);
    },
    'images.remove': async ({ planId, ...selection }, { signal, emit }) => {
      await session.ready();
      return session.apply({ kind: 'remove', ...selection }, planId, signal, emit);
    },
    'cache.gcLayers': async ({ planId }, { signal, emit }) => {
      await session.ready();
      return session.apply({ kind: 'gcLayers' }, planId, signal, emit);
    },
    'cache.gc': async ({ planId }, { signal, emit }) => {
      await session.ready();
      return session.apply({ kind: 'gc' }, planId, signal, emit);
    },
    'cache.prune': async ({ policy, planId }, { signal, emit }) => {
      await session.ready();
      return session.apply({ kind: 'prune', policy }, planId, signal, emit);
    },
    'cache.plan': async ({ action }) => {
      await session.ready();
      return session.plan(action);
    },
    'cache.usage': async () => {
      await session.ready();
      const inventory = session.inventory();
      return summarizeUsage(
        inventory,
        measureOutsideDisks(session.paths, inventory.database, inventory.store),
        freeSpace(session.paths.cacheDir),
      );
    },
    'cache.watch': async (_input, { signal, emit }) => {
      await session.ready();
      await watchCache(session, signal, emit);
      return null;
    },
    'layers.list': async () => {
      await session.ready();
      const layers = [...session.inventory().layers.values()].filter(
        (layer) => layer.row !== null || layer.entry !== null,
      );
      return layers.map(summarizeLayer).toSorted((a, b) => b.allocatedSizeBytes - a.allocatedSizeBytes);
    },
    ...treeHandlers(session),
  };
}

function requireHandle(database: ReadableDatabase | null, reference: string) {
  const handle = database === null ? null : readHandle(database, reference);
  if (handle === null) throw new CacheFailure({ code: 'not-found', what: 'image', name: reference });
  return handle;
}

function inspect(session: Session, name: string): ImageInspection {
  const database = session.database();
  const handle = requireHandle(database, name);
  const inventory = session.inventory();
  const reference = inventory.referencesByName.get(name);
  if (database === null || reference === undefined) {
    throw new CacheFailure({ code: 'not-found', what: 'image', name });
  }
  const metadata = metadataOf(reference);
  const raw = metadata === null ? null : readMetadata(session.paths, metadata.key);
  const rawConfig = raw?.rawConfigJson == null ? null : parseRawConfig(raw.rawConfigJson);
  const facts = factsOf(inventory, reference, session.labels().get(reference.row.manifestId) ?? '');
  return {
    handle,
    config: mergeConfig(readConfigRow(database, reference.row.manifestId), rawConfig),
    layers: layersOf(database, inventory, reference, rawConfig),
    history: rawConfig?.history ?? [],
    holders: facts.holders,
    facts,
    rawConfigJson: raw?.rawConfigJson ?? null,
    rawManifestJson: raw?.rawManifestJson ?? null,
  };
}

/** The row is what msb answers; the raw JSON fills what msb leaves empty. Nothing is invented without it. */
function mergeConfig(row: ReturnType<typeof readConfigRow>, raw: RawConfig | null): ImageConfig | null {
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

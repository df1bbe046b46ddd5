import path from 'node:path';
import type { ImageConfig } from '../../src-shared/domain/image.ts';
import type { FoundPath, ImageComparison } from '../../src-shared/domain/tree-entry.ts';
import type { Handlers, SearchItem } from '../../src-shared/ipc/contract.ts';
import { readImageLayers } from './database/index.ts';
import { CacheFailure } from './failure.ts';
import { inspectImage, requireHandle } from './inspect.ts';
import type { LayerNode, ManifestNode } from './inventory/inventory.ts';
import { createTreeReader, type LayerFile, type LayerTree, type TreeReader } from './layers/index.ts';
import type { Session } from './session.ts';
import { layerPath } from './store/index.ts';

type TreeCall =
  | 'images.compare'
  | 'files.list'
  | 'files.read'
  | 'files.efficiency'
  | 'files.search'
  | 'files.find';
type TreeInput = { readonly reference: string } | { readonly diffId: string };

/** The calls that look inside images. Nothing is unpacked: layers are read where they lie. */
export function treeHandlers(session: Session): Pick<Handlers, TreeCall> {
  const reader = createTreeReader();
  return {
    'files.list': async (input, { signal }) => {
      await session.ready();
      return reader.listDirectory(treeOf(session, input), input.path, { signal });
    },
    'files.read': async (input) => {
      await session.ready();
      return reader.readFileBytes(treeOf(session, input), input.path, input.offset, input.length);
    },
    'files.efficiency': async (input, { signal }) => {
      await session.ready();
      return reader.efficiency(treeOf(session, input), { signal });
    },
    'files.search': async (input, { signal }) => {
      await session.ready();
      return reader.searchTree(treeOf(session, input), input, { signal });
    },
    'files.find': async (input, { signal, emit }) => {
      await session.ready();
      return findEverywhere(session, reader, input.path, signal, emit);
    },
    'images.compare': async ({ left, right }, { signal }) => {
      await session.ready();
      return compareImages(session, reader, left, right, signal);
    },
  };
}

/** The layers of an image, base first, or one layer by itself. */
function treeOf(session: Session, input: TreeInput): LayerTree {
  if ('diffId' in input) return { view: 'layer', layers: [layerFileOf(session, input.diffId, 0)] };
  return imageTree(session, input.reference);
}

function imageTree(session: Session, reference: string): LayerTree {
  const database = session.database();
  requireHandle(database, reference);
  const manifest = session.inventory().referencesByName.get(reference)?.manifest;
  const rows = database === null || manifest?.row == null ? [] : readImageLayers(database, manifest.row.id);
  return { view: 'merged', layers: rows.map((row) => layerFileOf(session, row.diffId, row.position)) };
}

/** No path is ever made of text that is not a digest. */
function layerFileOf(session: Session, diffId: string, position: number): LayerFile {
  const relative = layerPath(diffId);
  if (relative === null) throw new CacheFailure({ code: 'not-found', what: 'layer', name: diffId });
  return { position, diffId, file: path.join(session.paths.cacheDir, relative) };
}

/**
 * Looks a path up in every layer once, and only where a layer has it in the images above it: whether a later layer
 * hides it is the merged view's to say.
 */
async function findEverywhere(
  session: Session,
  reader: TreeReader,
  wanted: string,
  signal: AbortSignal,
  emit: (item: SearchItem) => void,
): Promise<{ found: number; unreadableLayers: readonly string[] }> {
  const { layers } = session.inventory();
  const present = [...layers.values()].filter((layer) => layer.entry !== null);
  const unreadableLayers: string[] = [];
  const seen = new Set<ManifestNode>();
  let found = 0;
  for (const [index, layer] of present.entries()) {
    signal.throwIfAborted();
    const hits = await hitsOf(session, reader, layer, wanted, seen, signal).catch((error: unknown) => {
      if (!(error instanceof CacheFailure) || error.error.code === 'internal') throw error;
      unreadableLayers.push(layer.diffId);
      return [];
    });
    found += hits.length;
    emit({ doneLayers: index + 1, totalLayers: present.length, found: hits });
  }
  return { found, unreadableLayers };
}

async function hitsOf(
  session: Session,
  reader: TreeReader,
  layer: LayerNode,
  wanted: string,
  seen: Set<ManifestNode>,
  signal: AbortSignal,
): Promise<readonly FoundPath[]> {
  const entry = await reader.findPath(layerFileOf(session, layer.diffId, 0), wanted);
  if (entry === null || entry.isWhiteout) return [];
  const hits: FoundPath[] = [];
  for (const manifest of layer.manifests) {
    if (manifest.references.length === 0 || seen.has(manifest)) continue;
    seen.add(manifest);
    const hit = await hitIn(session, reader, manifest, wanted, signal);
    if (hit !== null) hits.push(hit);
  }
  return hits;
}

async function hitIn(
  session: Session,
  reader: TreeReader,
  manifest: ManifestNode,
  wanted: string,
  signal: AbortSignal,
): Promise<FoundPath | null> {
  const references = manifest.references.map((reference) => reference.row.reference);
  const tree = imageTree(session, references[0]!);
  const entry = await reader.findEntry(tree, wanted, { signal });
  const layer = tree.layers.find(({ position }) => position === entry?.position);
  if (entry === null || entry.change === 'removed' || layer === undefined) return null;
  const { diffId, position } = layer;
  return { references, manifestDigest: manifest.digest, diffId, position, entry };
}

async function compareImages(
  session: Session,
  reader: TreeReader,
  left: string,
  right: string,
  signal: AbortSignal,
): Promise<ImageComparison> {
  const [leftTree, rightTree] = [imageTree(session, left), imageTree(session, right)];
  const { files, counts, omitted } = await reader.compareTrees(leftTree, rightTree, { signal });
  const [leftIds, rightIds] = [leftTree, rightTree].map(
    (tree) => new Set(tree.layers.map(({ diffId }) => diffId)),
  );
  return {
    left,
    right,
    config: compareConfigs(inspectImage(session, left).config, inspectImage(session, right).config),
    sharedLayers: [...leftIds!].filter((diffId) => rightIds!.has(diffId)),
    leftLayers: [...leftIds!].filter((diffId) => !rightIds!.has(diffId)),
    rightLayers: [...rightIds!].filter((diffId) => !leftIds!.has(diffId)),
    files,
    counts,
    omitted,
  };
}

function compareConfigs(left: ImageConfig | null, right: ImageConfig | null): ImageComparison['config'] {
  const [before, after] = [flatten(left), flatten(right)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((field) => {
    const [leftText, rightText] = [before.get(field) ?? null, after.get(field) ?? null];
    return leftText === rightText ? [] : [{ field, left: leftText, right: rightText }];
  });
}

/** Each field as text; environment variables and labels one by one, since that is how they change. */
function flatten(config: ImageConfig | null): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (config === null) return fields;
  const { env, labels, ...others } = config;
  for (const [field, value] of Object.entries(others)) {
    if (value !== null) fields.set(field, typeof value === 'string' ? value : JSON.stringify(value));
  }
  for (const variable of env) {
    const equals = variable.indexOf('=');
    if (equals < 0) fields.set(`env ${variable}`, '');
    else fields.set(`env ${variable.slice(0, equals)}`, variable.slice(equals + 1));
  }
  for (const [key, value] of Object.entries(labels ?? {})) fields.set(`label ${key}`, value);
  return fields;
}

import { basename, dirname, posix } from 'node:path';
import {
  ErofsError,
  type ErofsImage,
  InodeRecord,
  isDirectory,
  isWhiteout,
  openErofs,
} from '../erofs/index.ts';
import { CacheFailure } from '../failure.ts';
import { ComparedBytes } from './compared-bytes.ts';
import type { LayerNodes, NodeKind } from './overlay.ts';

/** One layer of a tree. */
export interface LayerFile {
  /** 0 is the base. */
  readonly position: number;
  readonly diffId: string;
  /** Absolute. */
  readonly file: string;
}

/** The layers of an image, base first, or one layer by itself. */
export interface LayerTree {
  readonly layers: readonly LayerFile[];
  /**
   * `merged`: what a sandbox sees, whiteouts applied. `layer`: the one layer as it is, whiteouts shown. Without
   * it one layer is shown as it is, and several merged.
   */
  readonly view?: 'merged' | 'layer';
}

function isLayerView(tree: LayerTree): boolean {
  return (tree.view ?? (tree.layers.length === 1 ? 'layer' : 'merged')) === 'layer';
}

export interface OpenLayer {
  readonly layer: LayerFile;
  readonly image: ErofsImage;
}

/** Memory for reading all layers of one call together. */
const MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * The layers of one tree while one call reads them. They are closed with it: the space of a layer that is removed
 * meanwhile is free as soon as nobody reads it.
 */
export class OpenLayers implements LayerNodes {
  /** As in the tree; null where the layer could not be opened. */
  readonly layers: readonly (OpenLayer | null)[];
  /** One sentence for each layer that cannot be shown, or not all of it. */
  readonly damage: readonly string[];
  /** See `LayerTree.view`. */
  readonly isLayerView: boolean;
  readonly comparedBytes = new ComparedBytes();
  readonly #record = new InodeRecord();

  constructor(tree: LayerTree) {
    this.isLayerView = isLayerView(tree);
    const damage: string[] = [];
    const memoryBytes = Math.floor(MEMORY_BYTES / Math.max(1, tree.layers.length));
    this.layers = tree.layers.map((layer) => {
      try {
        const image = openErofs(layer.file, { memoryBytes });
        if (image.missingBytes > 0)
          damage.push(`${nameOf(layer)} is cut off: ${image.missingBytes} bytes are missing.`);
        return { layer, image };
      } catch (error) {
        if (!(error instanceof ErofsError)) throw error;
        damage.push(`${nameOf(layer)} cannot be read. ${error.message}`);
        return null;
      }
    });
    this.damage = damage;
  }

  /** Another text when any layer is another file, was changed, or is shown another way. */
  get identity(): string {
    const files = this.layers.map((open) => open?.image.file.identity ?? 'none');
    return [this.isLayerView ? 'layer' : 'merged', ...files].join(' ');
  }

  /** Of a layer that could be opened. */
  at(layer: number): OpenLayer {
    const open = this.layers[layer];
    if (open == null) throw new Error(`layer ${layer} is not open`);
    return open;
  }

  /** The roots, base first, of layers that could be opened; nodes are nids. */
  *roots(): Generator<{ layer: number; node: number }> {
    for (const [layer, open] of this.layers.entries()) {
      if (open !== null) yield { layer, node: open.image.root };
    }
  }

  kindOf(layer: number, nid: number): NodeKind {
    const { image } = this.at(layer);
    const record = tryErofs(() => image.record(nid, this.#record));
    if (record === null) return 'other';
    if (isWhiteout(record)) return 'whiteout';
    if (!isDirectory(record)) return 'other';
    return tryErofs(() => image.isOpaque(record)) === true ? 'opaque-directory' : 'directory';
  }

  close(): void {
    for (const open of this.layers) open?.image.close();
  }
}

function nameOf(layer: LayerFile): string {
  return `Layer ${layer.position} (${layer.diffId})`;
}

/** Null when the image is damaged there: whoever shows the entry says so. */
export function tryErofs<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ErofsError) return null;
    throw error;
  }
}

/** Sentences told before the rest is only counted. */
const MAX_SENTENCES = 5;

/** All that is wrong as one text, or null. */
export function joinDamage(sentences: readonly string[]): string | null {
  if (sentences.length === 0) return null;
  const more = sentences.length - MAX_SENTENCES;
  return [...sentences.slice(0, MAX_SENTENCES), ...(more > 0 ? [`And ${more} more.`] : [])].join(' ');
}

/** What went wrong with one layer, for the caller. Other errors than the reader's come back as they are. */
export function asFailure(layer: LayerFile, error: unknown): unknown {
  if (!(error instanceof ErofsError)) return error;
  const file = posix.join(basename(dirname(layer.file)), basename(layer.file));
  return new CacheFailure({ code: 'damaged', file, detail: error.message }, { cause: error });
}

/** Opens the layers of a tree, does something with them, and closes them whatever happens. */
export async function withLayers<Value>(
  tree: LayerTree,
  use: (layers: OpenLayers) => Promise<Value>,
): Promise<Value> {
  const layers = new OpenLayers(tree);
  try {
    return await use(layers);
  } finally {
    layers.close();
  }
}

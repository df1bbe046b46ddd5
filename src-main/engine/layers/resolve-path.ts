import { ErofsError, findDirent } from '../erofs/index.ts';
import { notFound } from './not-found.ts';
import { asFailure, type LayerFile, type OpenLayers } from './open-layers.ts';
import { childSteps, NO_NODE, rootSteps, type Step } from './overlay.ts';

interface ResolvedPath {
  /** Empty when no layer that could be asked ever had the path. Nodes are nids. */
  readonly steps: readonly Step[];
  /** Layers whose directories on the way are damaged, base first. */
  readonly damage: readonly PathDamage[];
}

interface PathDamage {
  readonly layer: LayerFile;
  readonly error: ErofsError;
}

/**
 * What each layer does to a path, found by looking up name after name. Symbolic links are not followed.
 *
 * @throws CacheFailure `damaged` when no layer has the path, and a damaged one may.
 */
export function findPathSteps(layers: OpenLayers, names: readonly Buffer[]): ResolvedPath {
  const damage: PathDamage[] = [];
  let steps = rootSteps(layers.roots(), layers.isLayerView);
  for (const name of names) {
    steps = childSteps(steps, (parent) => findChild(layers, parent, name, damage), layers);
  }
  const [first] = damage;
  if (steps.length === 0 && first !== undefined) throw asFailure(first.layer, first.error);
  return { steps, damage };
}

/** The same for a path that must be there. @throws CacheFailure `not-found`, `damaged`. */
export function requirePath(layers: OpenLayers, names: readonly Buffer[], path: string): ResolvedPath {
  const resolved = findPathSteps(layers, names);
  if (resolved.steps.length === 0 && names.length > 0) throw notFound(path);
  return resolved;
}

function findChild(layers: OpenLayers, parent: Step, name: Buffer, damage: PathDamage[]): number {
  const { image, layer } = layers.at(parent.layer);
  try {
    return findDirent(image, image.record(parent.node), name)?.nid ?? NO_NODE;
  } catch (error) {
    if (!(error instanceof ErofsError)) throw error;
    damage.push({ layer, error });
    return NO_NODE;
  }
}

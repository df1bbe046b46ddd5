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

/** What each layer does to a path, found by looking up name after name. Symbolic links are not followed. */
function resolvePath(layers: OpenLayers, names: readonly Buffer[]): ResolvedPath {
  const damage: PathDamage[] = [];
  let steps = rootSteps(layers.roots(), layers.isLayerView);
  for (const name of names) {
    steps = childSteps(steps, (parent) => findChild(layers, parent, name, damage), layers);
  }
  return { steps, damage };
}

/**
 * The same for a path that is asked for: one that no layer has is a failure.
 *
 * @throws CacheFailure `not-found`, or `damaged` when a damaged layer may have it.
 */
export function requirePath(layers: OpenLayers, names: readonly Buffer[], path: string): ResolvedPath {
  const resolved = resolvePath(layers, names);
  if (resolved.steps.length > 0 || names.length === 0) return resolved;
  const [damage] = resolved.damage;
  throw damage === undefined ? notFound(path) : asFailure(damage.layer, damage.error);
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

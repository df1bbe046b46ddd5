/**
 * How layers make one tree, exactly as msb merges them. For one path, each layer from the base up takes at most
 * one step; what the last step leaves is what the image shows.
 *
 * A directory that does not exist below comes in whole, so whiteouts inside it stay as character devices 0:0;
 * in one that exists below, or that is opaque over one, whiteouts remove. An opaque root counts as any root.
 */
export interface Step {
  /** Which layer takes it, counted from the base. */
  readonly layer: number;
  readonly action: Action;
  /** The layer's own node: a directory, a file, or the whiteout that removes. -1 when a parent's step removes. */
  readonly node: number;
}

export type LiveStep = Step & { readonly action: Exclude<Action, 'gone'> };

type Action =
  /** The path is no more: whited out, or hidden with its parent. */
  | 'gone'
  /** Anything but a directory, in place of whatever was there. */
  | 'file'
  /** A directory where there was none. */
  | 'new'
  /** An opaque directory over a directory: nothing below shows through. */
  | 'clear'
  /** A directory over a directory. */
  | 'merge';

export type NodeKind = 'directory' | 'opaque-directory' | 'whiteout' | 'other';

/** What the rules need to know of the layers. */
export interface LayerNodes {
  kindOf(layer: number, node: number): NodeKind;
}

/** No such child. */
export const NO_NODE = -1;

/**
 * Every layer's root lies over the one below, whatever it says of itself. A layer shown by itself comes in whole:
 * its whiteouts stay to be seen.
 */
export function rootSteps(
  roots: Iterable<{ readonly layer: number; readonly node: number }>,
  isLayerView: boolean,
): readonly Step[] {
  return Array.from(roots, ({ layer, node }) => ({ layer, action: isLayerView ? 'new' : 'merge', node }));
}

/**
 * The steps of a child, from those of its directory. `childOf` finds the child in the directory of a step, or
 * says `NO_NODE`; it is asked only for steps that are directories.
 */
export function childSteps(
  parents: readonly Step[],
  childOf: (parent: Step, index: number) => number,
  nodes: LayerNodes,
): readonly Step[] {
  const steps: Step[] = [];
  for (const [index, parent] of parents.entries()) {
    const { layer } = parent;
    const child = isDirectoryStep(parent) ? childOf(parent, index) : NO_NODE;
    const below = steps.at(-1);
    const isReset = parent.action !== 'merge';
    if (child === NO_NODE) {
      if (isReset && isLive(below)) steps.push({ layer, action: 'gone', node: NO_NODE });
      continue;
    }
    const kind = nodes.kindOf(layer, child);
    if (kind === 'whiteout' && parent.action !== 'new') {
      if (isLive(below)) steps.push({ layer, action: 'gone', node: child });
    } else if (kind === 'directory' || kind === 'opaque-directory') {
      const isOver = !isReset && below !== undefined && isDirectoryStep(below);
      const action = !isOver ? 'new' : kind === 'directory' ? 'merge' : 'clear';
      steps.push({ layer, action, node: child });
    } else {
      steps.push({ layer, action: 'file', node: child });
    }
  }
  return steps;
}

export function isDirectoryStep(step: Step): boolean {
  return step.action === 'new' || step.action === 'clear' || step.action === 'merge';
}

/** True while there is something at the path after this step. */
export function isLive(step: Step | undefined): step is LiveStep {
  return step !== undefined && step.action !== 'gone';
}

/** The last step that put something there: what is shown, or was before it was removed. */
export function lastLive(steps: readonly Step[]): LiveStep | undefined {
  return steps.findLast(isLive);
}

import { classify } from '../store/index.ts';
import type { Inventory, ManifestNode, MetadataNode } from './inventory.ts';

/** Of the images that msb is pulling again: a pull holds the lock of its reference for as long as it writes. */
export function metadataBeingPulled(inventory: Inventory): readonly MetadataNode[] {
  return inventory.inFlight.flatMap((path) => {
    const what = classify(path, 'file');
    return what.kind === 'metadata-lock' ? (inventory.metadata.get(what.key) ?? []) : [];
  });
}

/** What is missing of these is still to come. */
export function manifestsBeingPulled(inventory: Inventory): ReadonlySet<ManifestNode> {
  return new Set(metadataBeingPulled(inventory).flatMap(({ manifest }) => manifest ?? []));
}

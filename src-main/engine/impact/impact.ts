import { describeHolder, type Holder, type SnapshotHolder } from '../../../src-shared/domain/holder.ts';
import type { Impact, ImpactTarget, SnapshotChild } from '../../../src-shared/domain/impact.ts';
import { CacheFailure } from '../failure.ts';
import { referencesUsing, referencesUsingFlatDisk } from '../inventory/facts.ts';
import { holdersOf, type Inventory, type LayerNode, type ReferenceNode } from '../inventory/inventory.ts';
import type { Session } from '../session.ts';
import { originOf, recoveryOf } from './origin.ts';
import { childrenOf } from './snapshot-children.ts';

/**
 * Who breaks when an image, a layer or a flat disk goes, in words, and how it can be had again.
 *
 * @throws CacheFailure `not-found`.
 */
export function impactOf(
  session: Session,
  input: { readonly reference: string } | { readonly diffId: string } | { readonly artifactDigest: string },
): Impact {
  const inventory = session.inventory();
  if ('reference' in input) return ofImage(session, inventory, input.reference);
  if ('diffId' in input) return ofLayer(session, inventory, input.diffId);
  return ofFlatDisk(session, inventory, input.artifactDigest);
}

function ofImage(session: Session, inventory: Inventory, name: string): Impact {
  const reference = inventory.referencesByName.get(name);
  if (reference === undefined) throw new CacheFailure({ code: 'not-found', what: 'image', name });
  const { manifest } = reference;
  const references = manifest.references
    .filter((other) => other !== reference)
    .map((other) => other.row.reference);
  const holders = holdersOf(inventory, manifest);
  const children = childrenAmong(session, holders);
  const consequences = wordHolders(holders, children);
  if (references.length > 0) {
    consequences.push(
      `${listed(references)} ${references.length === 1 ? 'is' : 'are'} the same image: while ${references.length === 1 ? 'it stays' : 'they stay'}, only the name ${name} goes.`,
    );
  } else if (holders.length > 0) {
    consequences.push(
      'Strata removes it only when forced, and then no more than the name: what they need stays until they are gone.',
    );
  } else consequences.push('Nothing needs it: no sandbox, no snapshot and no other tag.');
  const origin = originOf(session.paths, inventory, reference);
  const target: ImpactTarget = { kind: 'image', reference: name, manifestDigest: manifest.digest };
  return {
    target,
    references,
    holders,
    children,
    consequences,
    origin,
    recovery: recoveryOf(reference, origin),
  };
}

function ofLayer(session: Session, inventory: Inventory, diffId: string): Impact {
  const layer = inventory.layers.get(diffId);
  if (layer === undefined || (layer.row === null && layer.entry === null))
    throw new CacheFailure({ code: 'not-found', what: 'layer', name: diffId });
  const references = referencesUsing(layer);
  const holders = holdersOfLayer(inventory, layer);
  const children = childrenAmong(session, holders);
  const consequences = wordHolders(holders, children);
  if (references.length > 0) {
    consequences.push(
      `${listed(references)} ${references.length === 1 ? 'consists' : 'consist'} of it and would not start. Strata never removes a layer on its own while an image has it.`,
    );
  } else if (layer.metadata.length > 0) {
    consequences.push('Cached metadata of an image that is not listed names it.');
  } else if (holders.length === 0)
    consequences.push('Nothing needs it: no image, no sandbox and no snapshot.');
  return {
    target: { kind: 'layer', diffId },
    references,
    holders,
    children,
    consequences,
    ...recoveryOfAny(session, inventory, references),
  };
}

function ofFlatDisk(session: Session, inventory: Inventory, artifactDigest: string): Impact {
  if (!inventory.flatDisks.has(artifactDigest))
    throw new CacheFailure({ code: 'not-found', what: 'file', name: artifactDigest });
  const references = referencesUsingFlatDisk(inventory, artifactDigest);
  const consequences = [
    'No sandbox breaks: each has its own copy of the disk, made when it was created.',
    references.length > 0
      ? `The next flat sandbox of ${listed(references)} has to wait until the disk is made anew.`
      : 'No image in the cache has it as its disk.',
  ];
  const { origin } = recoveryOfAny(session, inventory, references);
  return {
    target: { kind: 'flat-disk', artifactDigest },
    references,
    holders: [],
    children: [],
    consequences,
    origin,
    recovery:
      references.length > 0
        ? 'msb makes it again from the layers when a pull or a sandbox asks for a flat disk; it may ask the registry for the manifest.'
        : 'Pull or load its image again, with a flat disk.',
  };
}

/** A layer comes back with any image that has it. */
function recoveryOfAny(
  session: Session,
  inventory: Inventory,
  references: readonly string[],
): Pick<Impact, 'origin' | 'recovery'> {
  const nodes = references.flatMap((name) => inventory.referencesByName.get(name) ?? []);
  const origins = nodes.map((node) => originOf(session.paths, inventory, node));
  const pulled = origins.indexOf('registry');
  const best: ReferenceNode | undefined = nodes[Math.max(0, pulled)];
  if (best === undefined) {
    return {
      origin: 'unknown',
      recovery: 'It comes back with an image that has it: pull or load that again.',
    };
  }
  const origin = origins[Math.max(0, pulled)]!;
  return { origin, recovery: `It comes back with ${best.row.reference}. ${recoveryOf(best, origin)}` };
}

function holdersOfLayer(inventory: Inventory, layer: LayerNode): readonly Holder[] {
  const all = layer.manifests.flatMap((manifest) => manifest.holders);
  const unique = new Map([...all, ...layer.unknownHolders].map((holder) => [describeHolder(holder), holder]));
  for (const holder of inventory.holdingEverything) unique.set(describeHolder(holder), holder);
  return [...unique.values()];
}

function childrenAmong(session: Session, holders: readonly Holder[]): readonly SnapshotChild[] {
  const database = session.database();
  const snapshots = holders.filter((holder): holder is SnapshotHolder => holder.kind === 'snapshot');
  return database === null ? [] : childrenOf(database, snapshots);
}

function wordHolders(holders: readonly Holder[], children: readonly SnapshotChild[]): string[] {
  return holders.map((holder) => wordHolder(holder, children));
}

function wordHolder(holder: Holder, children: readonly SnapshotChild[]): string {
  const who = describeHolder(holder);
  switch (holder.kind) {
    case 'sandbox':
      if (!holder.isReadable) return `${who} may need it.`;
      return holder.isRunning
        ? `${who} has it open: it would go on until it stops, and not start again.`
        : `${who} would not start again.`;
    case 'snapshot': {
      if (!holder.isReadable) return `${capital(who)} may need it.`;
      const own = children.filter(({ parent }) => parent === (holder.name ?? holder.path));
      if (own.length === 0) return `${capital(who)} could not be restored.`;
      return `${capital(who)} could not be restored, nor what was made from it: ${listed(own.map(({ name }) => name))}.`;
    }
    case 'unknown-table':
      return `${capital(who)} point at it; what they are for is not known.`;
  }
}

const MOST_NAMES = 5;

/** `a`, `a and b`, `a, b, c, d, e and 3 more`. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES);
  const rest = names.length - shown.length;
  const last = rest > 0 ? `${rest} more` : (shown.pop() ?? '');
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

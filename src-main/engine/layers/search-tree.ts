import type { DirectoryListing, TreeEntry } from '../../../src-shared/domain/tree-entry.ts';
import { Pacer } from '../erofs/index.ts';
import { describeEntry } from './describe-entry.ts';
import { encodePath, showName } from './entry-name.ts';
import type { MergedIndex } from './merged-index.ts';
import { joinDamage, type OpenLayers } from './open-layers.ts';
import { walkIndex } from './walk-index.ts';

export interface SearchQuery {
  /** Plain text that the name contains, as it is shown, whatever the case; empty for every name. */
  readonly query: string;
  /** Most entries answered. */
  readonly limit: number;
  /** Only what a layer above the base added, changed or removed. */
  readonly changesOnly: boolean;
  /** Above 0: only regular files of at least so many bytes. */
  readonly minimumBytes: number;
}

/** Everything below the root that matches, in the order of paths; `omitted` counts what the limit left out. */
export async function searchTree(
  layers: OpenLayers,
  index: MergedIndex,
  query: SearchQuery,
  { signal }: { signal?: AbortSignal } = {},
): Promise<DirectoryListing> {
  const pacer = new Pacer(signal);
  const wanted = query.query.toLowerCase();
  const entries: TreeEntry[] = [];
  let omitted = 0;
  for (const id of walkIndex(index)) {
    if (pacer.isDue()) await pacer.rest();
    if (!isCandidate(index, id, query) || !showName(index.nameOf(id)).toLowerCase().includes(wanted))
      continue;
    if (entries.length < query.limit) entries.push(describeIndexed(layers, index, id));
    else omitted += 1;
  }
  return { path: '/', entries, omitted, damage: joinDamage(layers.damage) };
}

function isCandidate(index: MergedIndex, id: number, { changesOnly, minimumBytes }: SearchQuery): boolean {
  const source = index.indexOf(id);
  const entry = index.entry[id]!;
  if (changesOnly && index.changeOf(id) === 'unchanged') return false;
  return minimumBytes === 0 || (source.isRegular(entry) && source.size[entry]! >= minimumBytes);
}

function describeIndexed(layers: OpenLayers, index: MergedIndex, id: number): TreeEntry {
  const source = index.indexOf(id);
  const entry = index.entry[id]!;
  const described = describeEntry(layers.at(index.layer[id]!), {
    directoryPath: encodePath(index.namesOf(index.parent[id]!)),
    name: source.dirents.nameAt(entry),
    nid: source.dirents.nid[entry]!,
    fileType: source.dirents.fileType[entry]!,
    change: index.changeOf(id),
    isLayerView: layers.isLayerView,
    directoryBytes: index.bytesBelow[id]!,
  });
  return { ...described, damage: described.damage ?? source.damageOf(entry) };
}

import type { DirectoryListing, TreeEntry } from '../../../src-shared/domain/tree-entry.ts';
import { DirentReader, DirentTable, Pacer } from '../erofs/index.ts';
import { describePath } from './describe-path.ts';
import { decodePath, encodePath } from './entry-name.ts';
import type { KnownDirectory, MergedIndex } from './merged-index.ts';
import { NameMerge, type NameRange } from './name-merge.ts';
import { notFound } from './not-found.ts';
import { joinDamage, type OpenLayers, tryErofs } from './open-layers.ts';
import { childSteps, isDirectoryStep, lastLive, NO_NODE, type Step } from './overlay.ts';
import { requirePath } from './resolve-path.ts';

/** Most entries one answer holds: nobody looks through more. */
const MAX_LISTED = 10_000;

export interface ListOptions {
  readonly signal?: AbortSignal;
  /** Of the same tree, when it is known anyway: tells the bytes below directories. */
  readonly index?: MergedIndex | null;
}

/**
 * One directory of a tree, without reading anything else of it: the directory is read in each layer, and the lists
 * are merged by name. A directory that a layer removed can be listed too: all of it is `removed`.
 *
 * @throws CacheFailure `not-found` when there is no such directory, `damaged` when a damaged layer may have it;
 *   the signal's reason when aborted.
 */
export async function listDirectory(
  layers: OpenLayers,
  path: string,
  { signal, index = null }: ListOptions = {},
): Promise<DirectoryListing> {
  const names = decodePath(path);
  const { steps, damage } = requirePath(layers, names, path);
  if (names.length > 0 && !canList(steps)) throw notFound(path, 'not a directory');
  const pacer = new Pacer(signal);
  const sources = steps.map((step) => new Source(layers, step));
  for (const source of sources) await source.read(pacer);
  const listing = new Listing(layers, steps, sources, {
    path: encodePath(names),
    known: index?.find(names) ?? null,
  });
  const merge = new NameMerge(sources.map((source) => source.range()));
  const entries: TreeEntry[] = [];
  while (entries.length < MAX_LISTED && merge.next()) {
    const entry = await listing.describe(merge, pacer);
    if (entry !== null) entries.push(entry);
    if (pacer.isDue()) await pacer.rest();
  }
  const omitted = await merge.countRest(pacer);
  const sentences = [
    ...layers.damage,
    ...damage.map(({ error }) => error.message),
    ...sources.map((source) => source.damage).filter((sentence) => sentence !== null),
  ];
  return { path: encodePath(names), entries, omitted, damage: joinDamage(sentences) };
}

/** A directory now, or the last thing there was before it was removed. */
function canList(steps: readonly Step[]): boolean {
  const shown = lastLive(steps);
  return shown !== undefined && isDirectoryStep(shown);
}

/** The directory of one step, if it is one. */
class Source {
  readonly #layers: OpenLayers;
  readonly #step: Step;
  readonly table = new DirentTable();
  damage: string | null = null;

  constructor(layers: OpenLayers, step: Step) {
    this.#layers = layers;
    this.#step = step;
  }

  async read(pacer: Pacer): Promise<void> {
    if (!isDirectoryStep(this.#step)) return;
    const { image, layer } = this.#layers.at(this.#step.layer);
    const inode = tryErofs(() => image.record(this.#step.node));
    if (inode === null) {
      this.damage = `The directory of layer ${layer.position} cannot be read.`;
      return;
    }
    const reader = new DirentReader(image, inode, this.table);
    while (reader.readPiece()) if (pacer.isLate()) await pacer.rest();
    if (reader.damage !== null) this.damage = `Layer ${layer.position}: ${reader.damage.message}`;
  }

  range(): NameRange {
    return { table: this.table, first: 0, end: this.table.count };
  }
}

interface ListedDirectory {
  readonly path: string;
  readonly known: KnownDirectory | null;
}

class Listing {
  readonly #layers: OpenLayers;
  readonly #steps: readonly Step[];
  /** One for each step. */
  readonly #sources: readonly Source[];
  readonly #directory: ListedDirectory;

  constructor(
    layers: OpenLayers,
    steps: readonly Step[],
    sources: readonly Source[],
    directory: ListedDirectory,
  ) {
    this.#layers = layers;
    this.#steps = steps;
    this.#sources = sources;
    this.#directory = directory;
  }

  /** The current name; null when nothing ever was there, only a whiteout. */
  async describe(merge: NameMerge, pacer: Pacer): Promise<TreeEntry | null> {
    const childOf = (_: Step, list: number) => {
      const entry = merge.entryOf(list);
      return entry === NO_NODE ? NO_NODE : this.#sources[list]!.table.nid[entry]!;
    };
    const steps = childSteps(this.#steps, childOf, this.#layers);
    const shown = lastLive(steps);
    if (shown === undefined) return null;
    const list = this.#steps.findIndex(({ layer }) => layer === shown.layer);
    const { table } = this.#sources[list]!;
    const entry = merge.entryOf(list);
    const name = table.nameAt(entry);
    return describePath(this.#layers, steps, pacer, {
      directoryPath: this.#directory.path,
      name,
      fileType: table.fileType[entry]!,
      directoryBytes: this.#directory.known?.bytesBelow(name) ?? null,
    });
  }
}

import type { DirectoryListing, TreeEntry } from '../../../src-shared/domain/tree-entry.ts';
import { compareNameAt, DirentReader, DirentTable, isRegular, Pacer } from '../erofs/index.ts';
import { changeOf } from './change.ts';
import { describeEntry } from './describe-entry.ts';
import { decodePath, encodePath } from './entry-name.ts';
import type { MergedIndex } from './merged-index.ts';
import { notFound } from './not-found.ts';
import { joinDamage, type OpenLayers, tryErofs } from './open-layers.ts';
import { childSteps, isDirectoryStep, isLive, lastLive, NO_NODE, type Step } from './overlay.ts';
import { requirePath } from './resolve-path.ts';

/** Most entries one answer holds: nobody looks through more. */
export const MAX_LISTED = 10_000;

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
  const merging = new Merging(layers, steps, encodePath(names), index?.find(names) ?? null);
  for (const source of merging.sources) await source.read(pacer);
  const entries: TreeEntry[] = [];
  let omitted = 0;
  for (let found = merging.next(); found !== null; found = merging.next()) {
    if (pacer.isDue()) await pacer.rest();
    if (entries.length === MAX_LISTED) {
      omitted += 1;
      continue;
    }
    const entry = await merging.describe(found, pacer);
    if (entry !== null) entries.push(entry);
  }
  const sentences = [...layers.damage, ...damage.map(({ error }) => error.message), ...merging.damage()];
  return { path: encodePath(names), entries, omitted, damage: joinDamage(sentences) };
}

/** A directory now, or the last thing there was before it was removed. */
function canList(steps: readonly Step[]): boolean {
  const shown = lastLive(steps);
  return shown !== undefined && isDirectoryStep(shown);
}

/** One layer's directory: its entries, and the next of them to be merged. */
class Source {
  readonly step: Step;
  readonly table = new DirentTable();
  readonly #layers: OpenLayers;
  next = 0;
  damage: string | null = null;

  constructor(layers: OpenLayers, step: Step) {
    this.#layers = layers;
    this.step = step;
  }

  async read(pacer: Pacer): Promise<void> {
    const { image, layer } = this.#layers.at(this.step.layer);
    const inode = tryErofs(() => image.record(this.step.node));
    if (inode === null) {
      this.damage = `The directory of layer ${layer.position} cannot be read.`;
      return;
    }
    const reader = new DirentReader(image, inode, this.table);
    while (reader.readPiece()) if (pacer.isLate()) await pacer.rest();
    if (reader.damage !== null) this.damage = `Layer ${layer.position}: ${reader.damage.message}`;
  }
}

/** One name, and where it stands in the table of each layer that has it. */
interface FoundName {
  readonly entries: ReadonlyMap<number, number>;
}

class Merging {
  readonly #layers: OpenLayers;
  readonly #steps: readonly Step[];
  readonly #path: string;
  readonly #known: ReturnType<MergedIndex['find']>;
  readonly sources: readonly Source[];
  readonly #sourceOfLayer: ReadonlyMap<number, Source>;

  constructor(
    layers: OpenLayers,
    steps: readonly Step[],
    path: string,
    known: ReturnType<MergedIndex['find']>,
  ) {
    this.#layers = layers;
    this.#steps = steps;
    this.#path = path;
    this.#known = known;
    this.sources = steps.filter(isDirectoryStep).map((step) => new Source(layers, step));
    this.#sourceOfLayer = new Map(this.sources.map((source) => [source.step.layer, source]));
  }

  damage(): readonly string[] {
    return this.sources.map((source) => source.damage).filter((damage) => damage !== null);
  }

  /** The first name that is left in any layer, taken from all that have it. */
  next(): FoundName | null {
    let first: Source | null = null;
    const entries = new Map<number, number>();
    for (const source of this.sources) {
      if (source.next === source.table.count) continue;
      const order = first === null ? -1 : compareNameAt(source.table, source.next, first.table, first.next);
      if (order > 0) continue;
      if (order < 0) {
        first = source;
        entries.clear();
      }
      entries.set(source.step.layer, source.next);
    }
    for (const layer of entries.keys()) this.#sourceOfLayer.get(layer)!.next += 1;
    return first === null ? null : { entries };
  }

  /** Null when nothing ever was there: the name is only a whiteout. */
  async describe(found: FoundName, pacer: Pacer): Promise<TreeEntry | null> {
    const childOf = ({ layer }: Step) => {
      const entry = found.entries.get(layer);
      return entry === undefined ? NO_NODE : this.#sourceOfLayer.get(layer)!.table.nid[entry]!;
    };
    const steps = childSteps(this.#steps, childOf, this.#layers);
    const shown = lastLive(steps);
    if (shown === undefined) return null;
    const { table } = this.#sourceOfLayer.get(shown.layer)!;
    const entry = found.entries.get(shown.layer)!;
    const name = table.nameAt(entry);
    const last = steps.at(-1)!;
    return describeEntry(this.#layers.at(shown.layer), {
      directoryPath: this.#path,
      name,
      nid: shown.node,
      fileType: table.fileType[entry]!,
      change: await changeOf(this.#layers, steps, (step) => step.node, pacer),
      isLayerView: this.#layers.isLayerView,
      ...(isDirectoryStep(shown)
        ? { directoryBytes: this.#known?.bytesBelow(name) ?? null }
        : { hiddenBytes: this.#hiddenBytes(steps) }),
      ...(isLive(last) ? {} : { removedBy: this.#layers.at(last.layer).layer.position }),
    });
  }

  /** Bytes of every file at this path but the one that is shown. */
  #hiddenBytes(steps: readonly Step[]): number {
    let bytes = 0;
    for (const [index, step] of steps.entries()) {
      if (step.action !== 'file' || index === steps.length - 1) continue;
      const inode = tryErofs(() => this.#layers.at(step.layer).image.record(step.node));
      if (inode !== null && isRegular(inode)) bytes += inode.size;
    }
    return bytes;
  }
}

import { shortenDigest } from '../../src-shared/domain/digest.ts';
import { formatCount } from '../../src-shared/domain/format.ts';
import type { ImageFacts } from '../../src-shared/domain/image.ts';
import type { LayerSummary } from '../../src-shared/domain/layer.ts';
import type { Plan } from '../../src-shared/domain/plan.ts';
import type { CacheFile, Usage, UsageCategory } from '../../src-shared/domain/usage.ts';
import { assertNever } from '../../src-shared/ipc/result.ts';
import { shortenName } from '../detail/short-name.ts';
import type { ByteColor } from '../ui/index.ts';

/** What the cells of the map are. */
export type MapGrouping = 'image' | 'layer' | 'kind';

/** What choosing a cell leads to. */
type MapTarget =
  | { readonly kind: 'image'; readonly reference: string }
  | { readonly kind: 'layer'; readonly diffId: string }
  | { readonly kind: 'file'; readonly file: MapFile };

/** What has no view of its own: shown beside the map when its cell is chosen. */
export type MapFile = CacheFile | GarbageItem;

interface GarbageItem {
  readonly category: 'garbage';
  /** A path relative to the cache, or a digest. */
  readonly path: string;
  readonly reason: string;
  readonly allocatedBytes: number;
}

/** One cell: a thing in the cache, or a group that can be zoomed into. */
export interface MapNode {
  /** The same thing has the same one after every refresh. */
  readonly id: string;
  readonly label: string;
  /** The end of `label` that tells it from its neighbours, for drawing. */
  readonly shortLabel: string;
  /** Why these bytes are here, in a few words. */
  readonly about: string;
  readonly color: ByteColor;
  /** Allocated bytes; of a group, the sum of its parts. */
  readonly bytes: number;
  readonly target: MapTarget | null;
  /** Empty for a single thing. */
  readonly parts: readonly MapNode[];
  /** True when the parts are drawn inside the cell, false when they only show after zooming. */
  readonly isOpen: boolean;
  /** True for parts put together because they are small: which ones depends on the space there is. */
  readonly isGathered?: true;
}

/** One zoom: into a group, or into parts that were put together. */
export interface MapStep {
  readonly id: string;
  /** Ids of the parts put together; null for a group. */
  readonly gathered: ReadonlySet<string> | null;
}

export interface MapFacts {
  readonly usage: Usage;
  readonly facts: readonly ImageFacts[];
  readonly layers: readonly LayerSummary[];
  /** What `gc` would take now: its lines are the garbage. */
  readonly garbage: Plan;
  /** The files behind the lines of the usage that name no image or layer. */
  readonly files: readonly CacheFile[];
}

/**
 * The whole cache as a tree of cells whose leaves add up to `usage.totalBytes`. What cannot be attributed to an
 * image or a layer has cells of its own, by the lines of the usage. `bytes` of the root exceeds the total only when
 * the answers it is made from are of different moments.
 */
export function growMap(grouping: MapGrouping, known: MapFacts): MapNode {
  switch (grouping) {
    case 'image':
      return root(byImage(known), known.usage);
    case 'layer':
      return root(byLayer(known), known.usage);
    case 'kind':
      return root(byKind(known), known.usage);
    default:
      return assertNever(grouping);
  }
}

/** The nodes zoomed into one after the other, `from` first, as far as there still is something of them. */
export function followSteps(from: MapNode, steps: readonly MapStep[]): readonly MapNode[] {
  const trail = [from];
  for (const { id, gathered } of steps) {
    const inside = trail.at(-1)!;
    const next =
      gathered === null
        ? inside.parts.find((part) => part.id === id)
        : gather(
            id,
            inside.parts.filter((part) => gathered.has(part.id)),
          );
    if (next === undefined || next.parts.length === 0) break;
    trail.push(next);
  }
  return trail;
}

/** The step that leads into a cell. */
export function stepInto({ id, isGathered, parts }: MapNode): MapStep {
  return { id, gathered: isGathered === true ? new Set(parts.map((part) => part.id)) : null };
}

/** Some parts of a node as one node. */
export function gather(id: string, parts: readonly MapNode[]): MapNode {
  const label = `${formatCount(parts.length)} smaller ones`;
  const colors = new Set(parts.map((part) => part.color));
  return {
    id,
    label,
    shortLabel: label,
    about: 'too small for cells of their own',
    color: colors.size === 1 ? (parts[0]?.color ?? 'other') : 'other',
    bytes: sumOf(parts),
    target: null,
    parts,
    isOpen: false,
    isGathered: true,
  };
}

function root(parts: readonly MapNode[], usage: Usage): MapNode {
  const present = parts.filter((part) => part.bytes > 0);
  const rest = usage.totalBytes - sumOf(present);
  const whole =
    rest > 0
      ? [...present, leaf('rest', 'Metadata and other', 'files no other cell counts', 'other', rest)]
      : present;
  return group('root', 'Whole cache', 'all files of the cache', 'other', whole, false);
}

function byImage({ usage, facts, layers, garbage, files }: MapFacts): readonly MapNode[] {
  const { shared } = splitLayers(layers, garbage);
  return [
    group(
      'images',
      'Only one image',
      'layers and disks no other image needs',
      'own',
      imageCells(facts),
      true,
    ),
    group('shared-layers', 'Shared layers', 'layers several images need', 'shared', shared, true),
    garbageGroup(garbage),
    ...lineCells(usage, files, ['in-flight', 'set-aside', 'unknown', 'directories']),
  ];
}

function byLayer({ usage, layers, garbage, files }: MapFacts): readonly MapNode[] {
  const { shared, own, garbage: orphaned } = splitLayers(layers, garbage);
  const otherGarbage = garbageCells(garbage).filter((cell) => cell.target?.kind !== 'layer');
  return [
    ...shared,
    ...own,
    ...orphaned,
    group('other-garbage', 'Other garbage', 'garbage that is no layer', 'garbage', otherGarbage, false),
    ...lineCells(usage, files, [
      'flat',
      'fsmeta',
      'vmdk',
      'metadata',
      'in-flight',
      'set-aside',
      'unknown',
      'directories',
    ]),
  ];
}

function byKind({ usage, layers, garbage, files }: MapFacts): readonly MapNode[] {
  const { shared, own } = splitLayers(layers, garbage);
  return [
    group('shared-layers', 'Shared layers', 'layers several images need', 'shared', shared, false),
    group('own-layers', 'Layers of one image', 'layers a single image needs', 'own', own, false),
    { ...garbageGroup(garbage), isOpen: false },
    ...lineCells(usage, files, [
      'flat',
      'fsmeta',
      'vmdk',
      'metadata',
      'in-flight',
      'set-aside',
      'unknown',
      'directories',
    ]),
  ];
}

/** One cell per manifest, called after its first reference: tags of one digest share its bytes. */
function imageCells(facts: readonly ImageFacts[]): readonly MapNode[] {
  return Array.from(
    Map.groupBy(facts, (one) => one.manifestDigest),
    ([digest, tags]) => {
      const [first] = tags;
      const others = tags.length - 1;
      return leaf(
        `image ${digest}`,
        first!.reference,
        others === 0
          ? 'only this image'
          : `only this image, which has ${others === 1 ? 'another tag' : `${others} other tags`}`,
        'own',
        Math.max(...tags.map((tag) => tag.ownBytes)),
        { kind: 'image', reference: first!.reference },
      );
    },
  );
}

interface SplitLayers {
  readonly shared: readonly MapNode[];
  readonly own: readonly MapNode[];
  readonly garbage: readonly MapNode[];
}

function splitLayers(layers: readonly LayerSummary[], garbage: Plan): SplitLayers {
  const going = new Set(garbage.items.filter((item) => item.kind === 'layer').map((item) => item.name));
  const shared: MapNode[] = [];
  const own: MapNode[] = [];
  const gone: MapNode[] = [];
  for (const layer of layers) {
    if (going.has(layer.diffId)) gone.push(layerCell(layer, 'garbage', 'orphaned layer'));
    else if (layer.manifestDigests.length > 1) shared.push(layerCell(layer, 'shared', usersOf(layer)));
    else if (layer.manifestDigests.length === 1) own.push(layerCell(layer, 'own', usersOf(layer)));
  }
  return { shared, own, garbage: gone };
}

function layerCell(layer: LayerSummary, color: ByteColor, about: string): MapNode {
  return leaf(`layer ${layer.diffId}`, shortenDigest(layer.diffId), about, color, layer.allocatedSizeBytes, {
    kind: 'layer',
    diffId: layer.diffId,
  });
}

function usersOf({ manifestDigests, references }: LayerSummary): string {
  const [first] = references;
  if (manifestDigests.length > 1) return `layer of ${manifestDigests.length} images`;
  return first === undefined ? 'layer of an image without a name' : `layer of ${first}`;
}

function garbageGroup(garbage: Plan): MapNode {
  return group('garbage', 'Garbage', 'nothing needs it', 'garbage', garbageCells(garbage), true);
}

function garbageCells(garbage: Plan): readonly MapNode[] {
  return garbage.items.map(({ kind, name, reason, allocatedBytes }) =>
    leaf(
      `garbage ${kind} ${name}`,
      shortenName(name),
      reason,
      'garbage',
      allocatedBytes,
      kind === 'layer'
        ? { kind: 'layer', diffId: name }
        : { kind: 'file', file: { category: 'garbage', path: name, reason, allocatedBytes } },
    ),
  );
}

const LINES: Readonly<
  Partial<Record<UsageCategory, readonly [label: string, about: string, color: ByteColor]>>
> = {
  flat: ['Flat root disks', 'root disks in one piece', 'flat'],
  fsmeta: ['Merged file trees', 'fsmeta files, one for each image', 'other'],
  vmdk: ['VMDK descriptors', 'which files make up a disk', 'other'],
  metadata: ['Metadata and locks', 'what msb remembers of images', 'other'],
  'in-flight': ['In flight', 'pulls and loads under way', 'other'],
  'set-aside': ['Removed, not yet freed', 'can still be undone', 'other'],
  unknown: ['Unknown files', 'not of msb, never touched', 'other'],
  directories: ['Directories', 'the blocks directories occupy, and notes for undo', 'other'],
};

function lineCells(
  usage: Usage,
  files: readonly CacheFile[],
  categories: readonly UsageCategory[],
): readonly MapNode[] {
  const byCategory = Map.groupBy(files, (file): UsageCategory => file.category);
  return usage.lines.flatMap(({ category, allocatedBytes }) => {
    const line = LINES[category];
    if (line === undefined || !categories.includes(category)) return [];
    const [label, about, color] = line;
    const id = `line ${category}`;
    const known = (byCategory.get(category) ?? []).map((file) => fileCell(file, color));
    const rest = allocatedBytes - sumOf(known);
    // Less than nothing is left when the answers are of different moments: then the line counts.
    if (known.length === 0 || rest < 0) return [leaf(id, label, about, color, allocatedBytes)];
    const others = leaf(`${id} rest`, 'Others', about, color, rest);
    return [group(id, label, about, color, [...known, others], false)];
  });
}

function fileCell(file: CacheFile, color: ByteColor): MapNode {
  const { path, allocatedBytes } = file;
  return leaf(`file ${path}`, shortenName(path), aboutFile(file), color, allocatedBytes, {
    kind: 'file',
    file,
  });
}

function aboutFile({ category, flatDisk }: CacheFile): string {
  const [first, ...others] = flatDisk?.references ?? [];
  if (first === undefined) return LINES[category]?.[1] ?? '';
  return others.length === 0 ? `root disk of ${first}` : `root disk of ${others.length + 1} images`;
}

function leaf(
  id: string,
  label: string,
  about: string,
  color: ByteColor,
  bytes: number,
  target: MapTarget | null = null,
): MapNode {
  return {
    id,
    label,
    shortLabel: shortLabelOf(label, target),
    about,
    color,
    bytes,
    target,
    parts: [],
    isOpen: false,
  };
}

function group(
  id: string,
  label: string,
  about: string,
  color: ByteColor,
  parts: readonly MapNode[],
  isOpen: boolean,
): MapNode {
  const present = parts.filter((part) => part.bytes > 0);
  return {
    id,
    label,
    shortLabel: label,
    about,
    color,
    bytes: sumOf(present),
    target: null,
    parts: present,
    isOpen,
  };
}

/** Of a reference and a path what follows the last slash, of a digest the first digits: a cell is small. */
function shortLabelOf(label: string, target: MapTarget | null): string {
  if (target === null) return label;
  if (target.kind === 'image') return lastPart(label) || label;
  return lastPart(label.slice(label.indexOf(':') + 1)).split('…')[0]!;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function sumOf(nodes: readonly MapNode[]): number {
  return nodes.reduce((sum, node) => sum + node.bytes, 0);
}

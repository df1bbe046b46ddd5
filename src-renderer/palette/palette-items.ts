import { formatCount } from '../../src-shared/domain/format.ts';
import type { ImageHandle } from '../../src-shared/domain/image.ts';
import type { LayerSummary } from '../../src-shared/domain/layer.ts';
import { COMMAND_SECTIONS, COMMANDS, type CommandName } from '../../src-shared/ipc/commands.ts';
import { shortenHome } from '../app/home-path.ts';
import { countOf } from '../detail/count-words.ts';
import { toVisible } from '../detail/visible-text.ts';
import { type Haystack, haystackOf, type Match, matchWords, type Range, wordsOf } from './fuzzy.ts';

/** What an entry of the palette leads to. */
export type PaletteTarget =
  | { readonly kind: 'command'; readonly command: CommandName }
  | { readonly kind: 'image'; readonly reference: string }
  | { readonly kind: 'layer'; readonly diffId: string }
  | { readonly kind: 'cache'; readonly path: string };

export interface PaletteItem {
  /** Told apart by it; an entry may stand in one list only once. */
  readonly id: string;
  readonly target: PaletteTarget;
  readonly haystack: Haystack;
  /** Further words it is found by; never shown. */
  readonly also: Haystack | null;
}

export interface PaletteRow {
  readonly item: PaletteItem;
  /** What of its text was searched for. */
  readonly ranges: readonly Range[];
}

export interface PaletteGroup {
  readonly label: string;
  readonly items: readonly PaletteRow[];
  /** How many matched; more than there are rows when the list is cut. */
  readonly found: number;
}

/** Rows of one kind at most: nobody reads more, and typing stays fast among ten thousand images. */
const MOST_ROWS = 30;
const MOST_RECENT = 5;
/** Digits from which on a word is taken for the start of a layer's digest. */
const DIGEST_START = /^(?:sha\d+:)?[0-9a-f]{4,}$/;

export interface PaletteWorld {
  /** Those that this host has. */
  readonly commands: readonly PaletteItem[];
  /** The last one used first. */
  readonly recentCommands: readonly CommandName[];
  /** Newest first. */
  readonly images: readonly PaletteItem[];
  /** References opened since the start, the last one first; without the one that is open. */
  readonly recentImages: readonly string[];
  readonly layers: readonly PaletteItem[];
  readonly caches: readonly PaletteItem[];
}

export function commandItems(isDesktop: boolean): readonly PaletteItem[] {
  const names = Object.keys(COMMANDS) as CommandName[];
  return names
    .filter((name) => name !== 'show-palette' && (isDesktop || COMMANDS[name].isDesktopOnly !== true))
    .map((command) => {
      const { title, alias, section } = COMMANDS[command];
      return {
        id: `command ${command}`,
        target: { kind: 'command', command },
        haystack: haystackOf(title),
        also: haystackOf(`${alias ?? ''} ${section}`),
      };
    });
}

export function imageItems(handles: readonly ImageHandle[]): readonly PaletteItem[] {
  return handles.map(({ reference }) => ({
    id: `image ${reference}`,
    target: { kind: 'image', reference },
    haystack: haystackOf(toVisible(reference)),
    also: null,
  }));
}

export function layerItems(layers: readonly LayerSummary[]): readonly PaletteItem[] {
  return layers.map(({ diffId, blobDigest }) => ({
    id: `layer ${diffId}`,
    target: { kind: 'layer', diffId },
    haystack: haystackOf(diffId),
    also: blobDigest === null ? null : haystackOf(blobDigest),
  }));
}

export function cacheItems(paths: readonly string[]): readonly PaletteItem[] {
  return paths.map((path) => ({
    id: `cache ${path}`,
    target: { kind: 'cache', path },
    haystack: haystackOf(toVisible(shortenHome(path))),
    also: haystackOf(path),
  }));
}

/** Whether a query may mean a layer; only then layers are worth reading. */
export function mayMeanLayer(query: string): boolean {
  return wordsOf(query).some((word) => DIGEST_START.test(word));
}

/** What the palette lists: without a query what was used last and every command, else what matches, best first. */
export function listPalette(world: PaletteWorld, query: string): readonly PaletteGroup[] {
  const words = wordsOf(query);
  const groups = words.length === 0 ? everything(world) : matches(world, words);
  return groups.filter(({ items }) => items.length > 0);
}

/** `3 commands, 10,000 images`, for those who do not see the list. */
export function countPalette(groups: readonly PaletteGroup[]): string {
  if (groups.length === 0) return 'Nothing found.';
  return `${countOf(
    groups.reduce((sum, group) => sum + group.found, 0),
    'result',
  )}: ${groups.map(({ label, found }) => `${label} ${formatCount(found)}`).join(', ')}.`;
}

function everything(world: PaletteWorld): readonly PaletteGroup[] {
  const byId = new Map(world.commands.map((item) => [item.id, item]));
  const recent = world.recentCommands
    .flatMap((name) => byId.get(`command ${name}`) ?? [])
    .slice(0, MOST_RECENT);
  const images = new Map(world.images.map((item) => [item.id, item]));
  const opened = world.recentImages.flatMap((one) => images.get(`image ${one}`) ?? []).slice(0, MOST_RECENT);
  const others = world.commands.filter((item) => !recent.includes(item));
  return [
    whole('Recently used', recent),
    whole('Opened images', opened),
    ...COMMAND_SECTIONS.map((section) =>
      whole(
        section,
        others.filter(
          ({ target }) => target.kind === 'command' && COMMANDS[target.command].section === section,
        ),
      ),
    ),
    whole('Recent caches', world.caches),
  ];
}

function whole(label: string, items: readonly PaletteItem[]): PaletteGroup {
  return { label, items: items.map((item) => ({ item, ranges: [] })), found: items.length };
}

interface Found extends PaletteRow {
  readonly score: number;
}

interface Ranked extends PaletteGroup {
  readonly best: number;
}

/** A command used lately stands a little before one that matches as well. */
const RECENT_BONUS = 8;

function matches(world: PaletteWorld, words: readonly string[]): readonly PaletteGroup[] {
  const bonus = (item: PaletteItem) =>
    item.target.kind === 'command' && world.recentCommands.includes(item.target.command) ? RECENT_BONUS : 0;
  const groups = [
    ranked('Commands', world.commands, words, bonus),
    ranked('Images', world.images, words),
    ranked('Layers', words.some((word) => DIGEST_START.test(word)) ? world.layers : [], words),
    ranked('Recent caches', world.caches, words),
  ];
  return groups.toSorted((left, right) => right.best - left.best);
}

function ranked(
  label: string,
  items: readonly PaletteItem[],
  words: readonly string[],
  bonus: (item: PaletteItem) => number = () => 0,
): Ranked {
  const found = items.flatMap((item): readonly Found[] => {
    const match = matchItem(item, words);
    return match === null ? [] : [{ item, ranges: match.ranges, score: match.score + bonus(item) }];
  });
  const sorted = found.toSorted((left, right) => right.score - left.score);
  return {
    label,
    items: sorted.slice(0, MOST_ROWS),
    found: found.length,
    best: sorted[0]?.score ?? Number.NEGATIVE_INFINITY,
  };
}

/** Each word is in what is shown or, for less, in what is not. */
function matchItem({ haystack, also }: PaletteItem, words: readonly string[]): Match | null {
  const shown = matchWords(haystack, words);
  if (shown !== null || also === null) return shown;
  const inside = words.filter((word) => matchWords(haystack, [word]) !== null);
  const rest = words.filter((word) => !inside.includes(word));
  // Hidden words are found as they stand, not by scattered letters: nobody could see why.
  if (!rest.every((word) => also.lower.includes(word))) return null;
  const match = matchWords(haystack, inside);
  return match === null ? null : { ...match, score: match.score - 30 };
}

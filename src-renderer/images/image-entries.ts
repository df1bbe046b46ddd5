import { shortenDigest } from '../../src-shared/domain/digest.ts';
import type { Holder } from '../../src-shared/domain/holder.ts';
import { describeHolder } from '../../src-shared/domain/holder.ts';
import {
  type ImageDamage,
  type ImageFacts,
  type ImageHandle,
  severityOf,
} from '../../src-shared/domain/image.ts';
import type { CanonicalReference } from '../../src-shared/domain/reference.ts';
import { isBeingPulled } from '../app/being-pulled.ts';
import { displayName } from '../detail/display-name.ts';

/** One reference with everything the list shows, sorts and searches by. */
export interface ImageEntry {
  readonly handle: ImageHandle;
  /** Null until `images.facts` answered. */
  readonly facts: ImageFacts | null;
  readonly name: CanonicalReference;
  /** Orders by repository, then registry, then tag. */
  readonly nameKey: string;
  /** Milliseconds since 1970; NaN when unknown. */
  readonly createdMs: number;
  readonly lastUsedMs: number;
  /** Null until the facts are known. */
  readonly condition: ImageCondition | null;
  /** How many references the digest has, this one included. */
  readonly tagCount: number;
  /** The row of this reference by itself: the same object each time. */
  readonly row: ImageRow;
  /** Whether the reference, its canonical form, the digest or the labels have a word; in lower case. */
  has(word: string): boolean;
  /** Works out now what listing, searching and sorting would work out at their first use. */
  prepare(): void;
}

/** `being-pulled`: what is missing is still to come. The others as a check says them. */
export type ImageCondition = ReturnType<typeof severityOf> | 'being-pulled';

/** One line of the list: a reference, or all references of one digest, newest first. */
export interface ImageRow {
  /** The reference; grouped, the digest. */
  readonly key: string;
  /** The newest of `entries`, which stands for the row. */
  readonly entry: ImageEntry;
  readonly entries: readonly ImageEntry[];
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Joins handles and facts, which come in the same order unless the cache changed between the two answers.
 *
 * @param pulled the references that msb is pulling again
 */
export function joinEntries(
  handles: readonly ImageHandle[],
  facts: readonly ImageFacts[] | null,
  pulled: ReadonlySet<string> = NONE,
): readonly ImageEntry[] {
  const tagCounts = new Map<string, number>();
  for (const { manifestDigest } of handles) {
    tagCounts.set(manifestDigest, (tagCounts.get(manifestDigest) ?? 0) + 1);
  }
  const factsOf = factsFinder(facts ?? []);
  return handles.map((handle, index) => {
    const its = factsOf(handle, index);
    const tagCount = tagCounts.get(handle.manifestDigest) ?? 1;
    return new Entry(aboutOf(handle), its, conditionOf(its, pulled), tagCount);
  });
}

function conditionOf(facts: ImageFacts | null, pulled: ReadonlySet<string>): ImageCondition | null {
  if (facts === null) return null;
  const severity = severityOf(facts.damage);
  return severity !== 'healthy' && isBeingPulled(facts, pulled) ? 'being-pulled' : severity;
}

/** What follows from a handle alone, worked out when first asked for: of ten thousand images few are ever shown. */
class About {
  readonly handle: ImageHandle;
  #name: CanonicalReference | null = null;
  #nameKey: string | null = null;
  #createdMs: number | null = null;
  #lastUsedMs: number | null = null;
  #haystack: string | null = null;

  constructor(handle: ImageHandle) {
    this.handle = handle;
  }

  get name(): CanonicalReference {
    this.#name ??= displayName(this.handle.reference, this.handle.manifestDigest);
    return this.#name;
  }

  get nameKey(): string {
    const { repository, registry, tag, digest } = this.name;
    this.#nameKey ??= `${repository}\n${registry}\n${tag ?? ''}\n${digest ?? ''}`.toLowerCase();
    return this.#nameKey;
  }

  get createdMs(): number {
    this.#createdMs ??= time(this.handle.createdAt);
    return this.#createdMs;
  }

  get lastUsedMs(): number {
    this.#lastUsedMs ??= time(this.handle.lastUsedAt);
    return this.#lastUsedMs;
  }

  /** Lower case, a line each for the reference, its canonical form and the digest. */
  get haystack(): string {
    this.#haystack ??= haystackOf(this.handle, this.name);
    return this.#haystack;
  }

  prepare(): void {
    // The haystack needs the name, and so does its key.
    void [this.nameKey, this.haystack, this.createdMs, this.lastUsedMs];
  }
}

class Entry implements ImageEntry {
  readonly handle: ImageHandle;
  readonly facts: ImageFacts | null;
  readonly condition: ImageCondition | null;
  readonly tagCount: number;
  readonly #about: About;
  #row: ImageRow | null = null;

  constructor(about: About, facts: ImageFacts | null, condition: ImageCondition | null, tagCount: number) {
    this.handle = about.handle;
    this.facts = facts;
    this.condition = condition;
    this.tagCount = tagCount;
    this.#about = about;
  }

  get name(): CanonicalReference {
    return this.#about.name;
  }

  get nameKey(): string {
    return this.#about.nameKey;
  }

  get createdMs(): number {
    return this.#about.createdMs;
  }

  get lastUsedMs(): number {
    return this.#about.lastUsedMs;
  }

  get row(): ImageRow {
    this.#row ??= { key: this.handle.reference, entry: this, entries: [this] };
    return this.#row;
  }

  prepare(): void {
    this.#about.prepare();
    void this.row;
  }

  has(word: string): boolean {
    return this.#about.haystack.includes(word) || this.facts?.labelText.includes(word) === true;
  }
}

/** The same handle is joined twice: before its facts are known and with them. */
const known = new WeakMap<ImageHandle, About>();

function aboutOf(handle: ImageHandle): About {
  const about = known.get(handle) ?? new About(handle);
  known.set(handle, about);
  return about;
}

/** The rows of a list of entries that is already filtered and in order. */
export function rowsOf(entries: readonly ImageEntry[]): readonly ImageRow[] {
  return entries.map((entry) => entry.row);
}

/**
 * One row per digest of `matching`, where its first entry stood. A row has every reference of its digest, also
 * those that do not match: what is done to the row is done to all of them.
 */
export function groupRows(matching: readonly ImageEntry[], all: readonly ImageEntry[]): readonly ImageRow[] {
  const groups = new Map<string, ImageEntry[]>();
  for (const { handle } of matching) groups.set(handle.manifestDigest, []);
  for (const entry of all) groups.get(entry.handle.manifestDigest)?.push(entry);
  return Array.from(groups, ([key, entries]) => {
    const newestFirst = entries.length > 1 ? entries.toSorted(byAge) : entries;
    return { key, entry: newestFirst[0]!, entries: newestFirst };
  });
}

/** The references a row stands for. */
export function referencesOf(row: ImageRow): readonly string[] {
  return row.entries.map((entry) => entry.handle.reference);
}

/** Everyone who holds any of the row's references, each once. */
export function holdersOf(row: ImageRow): readonly Holder[] {
  const holders = new Map<string, Holder>();
  for (const { facts } of row.entries) {
    for (const holder of facts?.holders ?? []) holders.set(describeHolder(holder), holder);
  }
  return [...holders.values()];
}

export function damageOf(row: ImageRow): readonly ImageDamage[] {
  return row.entry.facts?.damage ?? [];
}

/** What msb recorded, the host's platform: all there is when the raw config is missing. Null when nothing is. */
export function hostPlatformText({ os, architecture }: ImageHandle): string | null {
  return os === null && architecture === null ? null : `${os ?? '?'}/${architecture ?? '?'}`;
}

/** The tag, or the digest shortened: what tells references of one repository apart. */
export function tagText(name: CanonicalReference): string | null {
  if (name.tag !== null) return name.tag;
  return name.digest === null ? null : `@${shortenDigest(name.digest, 8, 4)}`;
}

function factsFinder(
  facts: readonly ImageFacts[],
): (handle: ImageHandle, index: number) => ImageFacts | null {
  let byReference: Map<string, ImageFacts> | null = null;
  return ({ reference }, index) => {
    const here = facts[index];
    if (here?.reference === reference) return here;
    byReference ??= new Map(facts.map((one) => [one.reference, one]));
    return byReference.get(reference) ?? null;
  };
}

function haystackOf(handle: ImageHandle, name: CanonicalReference): string {
  const canonical = `${name.registry}/${name.repository}:${name.tag ?? ''}`;
  return `${handle.reference}\n${canonical}\n${handle.manifestDigest}`.toLowerCase();
}

function time(text: string | null): number {
  return text === null ? Number.NaN : Date.parse(text);
}

/** Newest first; of unknown age last. */
function byAge(left: ImageEntry, right: ImageEntry): number {
  if (Number.isNaN(left.createdMs)) return Number.isNaN(right.createdMs) ? 0 : 1;
  if (Number.isNaN(right.createdMs)) return -1;
  return right.createdMs - left.createdMs;
}

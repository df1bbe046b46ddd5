import { z } from 'zod';
import type { ActivityEntry, UsageSample } from '../domain/activity.ts';
import type { HealthProgress, HealthReport } from '../domain/health.ts';
import type { HomeState } from '../domain/home.ts';
import type { ImageFacts, ImageHandle, ImageInspection } from '../domain/image.ts';
import type { Impact } from '../domain/impact.ts';
import type { LayerSummary } from '../domain/layer.ts';
import type { Plan, Progress, Report } from '../domain/plan.ts';
import type { SettingsState } from '../domain/settings.ts';
import type {
  DirectoryListing,
  FileContent,
  FoundPath,
  ImageComparison,
  ImageEfficiency,
} from '../domain/tree-entry.ts';
import type { UndoEmptied, UndoEntry, UndoRestored } from '../domain/undo.ts';
import type { Usage, UsageDetail } from '../domain/usage.ts';
import type { EngineVersions } from '../domain/versions.ts';
import type { Work } from '../domain/work.ts';
import { MAX_READ_BYTES } from './read-limit.ts';

/**
 * Every operation the engine offers. Handler, worker, preload bridge, HTTP endpoint and client derive from
 * this map: adding a call edits the map and one handler (src-main/engine/handlers.ts).
 */

/** One call: the schema of its input, and in types only its items (streamed before the end) and its value. */
export interface Call<Input, Value, Item = never> {
  readonly input: z.ZodType<Input>;
  readonly __types?: { value: Value; item: Item };
}

function call<Input, Value, Item = never>(input: z.ZodType<Input>): Call<Input, Value, Item> {
  return { input };
}

/** Longest reference, path or name a call takes, in UTF-16 units: msb's own limit for paths. */
const MAX_TEXT = 4096;
/** Most references one removal takes. */
const MAX_REFERENCES = 100_000;

const nothing = z.strictObject({});
const anyText = z.string().max(MAX_TEXT, `is longer than ${MAX_TEXT} characters`);
const text = anyText.min(1, 'is empty');
/** Also none at all: a damaged row may say so, and is to be looked into and removed like any other. */
const reference = anyText.refine((value) => !value.includes('\0'), 'contains a NUL');
const diffId = z
  .string()
  .regex(/^sha(?:256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})$/, 'is not a digest');
const planId = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'is not a plan id')
  .optional();
const bytes = z.number().int().nonnegative();
/** A year at most. */
const minutes = z.number().nonnegative().max(525_600);
/** How long this removal can be undone; 0 frees its space at once. As the settings say when it is absent. */
const undoMinutes = minutes.optional();

/** An absolute path inside an image, as `TreeEntry.path` spells it. */
const imagePath = text.refine(
  (value) =>
    value.startsWith('/') &&
    !/[\u0000-\u001f]/.test(value) &&
    !value.split('/').some((part) => part === '..' || part === '.'),
  'is not an absolute path inside an image',
);
const tree = z.union([z.strictObject({ reference }), z.strictObject({ diffId })]);
const inTree = z.union([
  z.strictObject({ reference, path: imagePath }),
  z.strictObject({ diffId, path: imagePath }),
]);
const readInput = { path: imagePath, offset: bytes, length: bytes.max(MAX_READ_BYTES) };

export const prunePolicy = z.strictObject({
  unusedForDays: z.number().nonnegative().max(36_500).exactOptional(),
  cacheUnderBytes: bytes.exactOptional(),
  freeAtLeastBytes: bytes.exactOptional(),
  keepNewestPerRepository: z.number().int().nonnegative().max(100_000).exactOptional(),
  keepPulledWithinHours: z.number().nonnegative().max(876_000).exactOptional(),
  pinned: z.array(reference).max(MAX_REFERENCES).exactOptional(),
});

const references = z.array(reference).min(1).max(MAX_REFERENCES);
const removeOne = { reference, force: z.boolean() };
const removeMany = { references, force: z.boolean() };

export const planAction = z.union([
  z.strictObject({ kind: z.literal('remove'), ...removeOne }),
  z.strictObject({ kind: z.literal('remove'), ...removeMany }),
  z.strictObject({ kind: z.literal('gcLayers') }),
  z.strictObject({ kind: z.literal('gc') }),
  z.strictObject({ kind: z.literal('prune'), policy: prunePolicy }),
]);

/** What every call that removes something takes beside what it removes. */
interface Applied {
  planId?: string | undefined;
  undoMinutes?: number | undefined;
}
const applied = { planId, undoMinutes };

const undoId = z.string().regex(/^[0-9a-f]{32}$/, 'is not the id of a removal');

const { pinned: _pinned, ...ruleFields } = prunePolicy.shape;
const listName = z.string().min(1).max(64);

/** The fields of `Settings`, each on its own: what the settings file says is checked field by field. */
export const settingsFields = {
  pins: z.array(reference).max(MAX_REFERENCES).exactOptional(),
  prunePolicy: z.strictObject(ruleFields).exactOptional(),
  graceMinutes: minutes.exactOptional(),
  undoMinutes: minutes.exactOptional(),
  theme: z.enum(['system', 'light', 'dark']).exactOptional(),
  sizeUnits: z.enum(['decimal', 'binary']).exactOptional(),
  columns: z.record(listName, z.array(listName).max(64)).exactOptional(),
  columnWidths: z.record(listName, z.record(listName, z.number().int().min(16).max(4096))).exactOptional(),
  density: z.enum(['comfortable', 'compact']).exactOptional(),
  confirmations: z.record(text, z.boolean()).exactOptional(),
};
const settingsChange = z.strictObject(settingsFields);

/** What the watcher says. */
export type WatchItem =
  /** Rows or files are watched from here on. `sign` stands for the state they are in. */
  | { readonly kind: 'watching'; readonly sign: string }
  /** Rows or files changed: whatever was read is stale. */
  | { readonly kind: 'changed'; readonly sign: string }
  /** What msb is at work on; again whenever it got on. */
  | { readonly kind: 'work'; readonly work: Work };

/** How far a search through all images is. */
export interface SearchItem {
  readonly doneLayers: number;
  readonly totalLayers: number;
  readonly found: readonly FoundPath[];
}

export const contract = {
  /** Which cache is open, and whether anything may be removed. */
  'home.get': call<Record<string, never>, HomeState>(nothing),
  /** Opens another home directory (absolute). */
  'home.open': call<{ path: string }, HomeState>(
    z.strictObject({ path: text.refine((value) => !value.includes('\0'), 'contains a NUL') }),
  ),
  /**
   * The homes shown last in any window, the latest first. The one that is open counts as shown: it is the first from
   * now on, unless it is the sample or is not there.
   */
  'home.recent': call<Record<string, never>, readonly string[]>(nothing),
  /** Forgets them; the one that is open comes back with the next `home.recent`. */
  'home.forgetRecent': call<Record<string, never>, readonly string[]>(nothing),
  /** Copies the sample cache to a scratch folder and opens it. */
  'home.openSample': call<Record<string, never>, HomeState>(nothing),

  /** Every handle, newest first. Rows only: answers at once whatever the disk says. */
  'images.list': call<Record<string, never>, readonly ImageHandle[]>(nothing),
  /** Sizes on disk, holders and damage of every handle, in the same order. */
  'images.facts': call<Record<string, never>, readonly ImageFacts[]>(nothing),
  'images.get': call<{ reference: string }, ImageHandle>(z.strictObject({ reference })),
  'images.inspect': call<{ reference: string }, ImageInspection>(z.strictObject({ reference })),
  'images.remove': call<
    ({ reference: string; force: boolean } & Applied) | ({ references: string[]; force: boolean } & Applied),
    Report,
    Progress
  >(
    z.union([
      z.strictObject({ ...removeOne, force: z.boolean().default(false), ...applied }),
      z.strictObject({ ...removeMany, force: z.boolean().default(false), ...applied }),
    ]),
  ),
  /** Who breaks when an image, a layer or a flat disk goes, and how it can be had again. */
  'images.impact': call<{ reference: string } | { diffId: string } | { artifactDigest: string }, Impact>(
    z.union([
      z.strictObject({ reference }),
      z.strictObject({ diffId }),
      z.strictObject({ artifactDigest: diffId }),
    ]),
  ),
  /** Configuration, layers and files of two images compared. */
  'images.compare': call<{ left: string; right: string }, ImageComparison>(
    z.strictObject({ left: reference, right: reference }),
  ),

  'cache.gcLayers': call<Applied, Report, Progress>(z.strictObject(applied)),
  'cache.gc': call<Applied, Report, Progress>(z.strictObject(applied)),
  'cache.prune': call<{ policy: z.infer<typeof prunePolicy> } & Applied, Report, Progress>(
    z.strictObject({ policy: prunePolicy, ...applied }),
  ),
  /** What one of the four would do now. Nothing is changed. */
  'cache.plan': call<{ action: z.infer<typeof planAction> }, Plan>(z.strictObject({ action: planAction })),
  'cache.usage': call<Record<string, never>, Usage>(nothing),
  /** Garbage by kind, and files whose size misleads. */
  'cache.usageDetail': call<Record<string, never>, UsageDetail>(nothing),
  /** Never ends by itself. `since` is a sign heard before: a change since then is told at once. */
  'cache.watch': call<{ since?: string | undefined }, null, WatchItem>(
    z.strictObject({ since: z.string().max(128).optional() }),
  ),

  /** What was removed, undone and emptied, newest first, in every cache. */
  'activity.list': call<{ limit: number }, readonly ActivityEntry[]>(
    z.strictObject({ limit: z.number().int().positive().max(10_000) }),
  ),
  /** How large this cache was, oldest first: a sample an hour at most, and one when it changed by more than 1 %. */
  'activity.usage': call<Record<string, never>, readonly UsageSample[]>(nothing),

  /** Rows against files, lengths, disk descriptors and device tables of every image. Reads little, writes nothing. */
  'health.quick': call<Record<string, never>, HealthReport, HealthProgress>(nothing),
  /** Every inode, checksum and digest of one image that can be recomputed. Reads all of it, writes nothing. */
  'health.deep': call<{ reference: string }, HealthReport, HealthProgress>(z.strictObject({ reference })),

  'settings.get': call<Record<string, never>, SettingsState>(nothing),
  /** Changes the fields given and no other. */
  'settings.set': call<z.infer<typeof settingsChange>, SettingsState>(settingsChange),

  /** Removals of this cache that can be undone, newest first. */
  'undo.list': call<Record<string, never>, readonly UndoEntry[]>(nothing),
  /** Brings back rows and files of one removal, or changes nothing. */
  'undo.restore': call<{ id: string }, UndoRestored>(z.strictObject({ id: undoId })),
  /** Frees what one removal, all of them, or those whose undo time has passed set aside. */
  'undo.empty': call<{ id: string } | { all: true } | { expired: true }, UndoEmptied>(
    z.union([
      z.strictObject({ id: undoId }),
      z.strictObject({ all: z.literal(true) }),
      z.strictObject({ expired: z.literal(true) }),
    ]),
  ),

  'about.get': call<Record<string, never>, EngineVersions>(nothing),

  /** Every layer of the cache, largest first. */
  'layers.list': call<Record<string, never>, readonly LayerSummary[]>(nothing),

  /** One directory of an image's merged view, or of one layer. */
  'files.list': call<z.infer<typeof inTree>, DirectoryListing>(inTree),
  'files.read': call<
    | { reference: string; path: string; offset: number; length: number }
    | { diffId: string; path: string; offset: number; length: number },
    FileContent
  >(z.union([z.strictObject({ reference, ...readInput }), z.strictObject({ diffId, ...readInput })])),
  /** Bytes that later layers of an image hide. */
  'files.efficiency': call<z.infer<typeof tree>, ImageEfficiency>(tree),
  /** Every entry below the root whose name contains `query` (plain text, case-insensitive), at most `limit`. */
  'files.search': call<
    | { reference: string; query: string; limit: number; changesOnly: boolean; minimumBytes: number }
    | { diffId: string; query: string; limit: number; changesOnly: boolean; minimumBytes: number },
    DirectoryListing
  >(
    z.union([
      z.strictObject({
        reference,
        query: z.string().max(MAX_TEXT),
        limit: z.number().int().positive().max(10_000),
        changesOnly: z.boolean(),
        minimumBytes: bytes,
      }),
      z.strictObject({
        diffId,
        query: z.string().max(MAX_TEXT),
        limit: z.number().int().positive().max(10_000),
        changesOnly: z.boolean(),
        minimumBytes: bytes,
      }),
    ]),
  ),
  /** Which images contain a path. Streams what it finds. */
  'files.find': call<
    { path: string },
    { readonly found: number; readonly unreadableLayers: readonly string[] },
    SearchItem
  >(z.strictObject({ path: imagePath })),
} as const;

type Contract = typeof contract;
export type CallName = keyof Contract;
export type InputOf<Name extends CallName> =
  Contract[Name] extends Call<infer Input, infer _V, infer _I> ? Input : never;
export type ValueOf<Name extends CallName> =
  Contract[Name] extends Call<infer _N, infer Value, infer _I> ? Value : never;
export type ItemOf<Name extends CallName> =
  Contract[Name] extends Call<infer _N, infer _V, infer Item> ? Item : never;

/** From the client: start a call, or cancel one under way. `id` is the client's, unique while the call lasts. */
export type ClientMessage =
  | { readonly kind: 'start'; readonly id: number; readonly call: string; readonly input: unknown }
  | { readonly kind: 'cancel'; readonly id: number };

/**
 * To the client: lines of one call as JSON text, `{"item":…}` any number of times, then one
 * `{"ok":true,"value":…}` or `{"ok":false,"error":…}`. Text, so that relaying costs one copy of a string.
 */
export interface ServerMessage {
  readonly id: number;
  readonly line: string;
  readonly isLast: boolean;
}

declare global {
  // Node and the DOM both have it, this folder sees neither: the name alone, which merges with theirs.
  interface AbortSignal {}
}

/** What a handler gets beside its input. */
export interface CallContext<Item> {
  /** Aborted when the client cancels or goes away. */
  readonly signal: AbortSignal;
  readonly emit: (item: Item) => void;
}

/** The engine's side of the contract. Handlers throw `CacheFailure`; anything else becomes `internal`. */
export type Handlers = {
  readonly [Name in CallName]: (
    input: InputOf<Name>,
    context: CallContext<ItemOf<Name>>,
  ) => ValueOf<Name> | Promise<ValueOf<Name>>;
};

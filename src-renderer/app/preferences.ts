import { COMMANDS, type CommandName } from '../../src-shared/ipc/commands.ts';
import { type ImageSort, NEWEST_FIRST, type SortColumn } from '../images/image-list-state.ts';
import { createStore, type Store, useStore } from './store.ts';

/** What the interface remembers on this machine between starts. Nothing of the cache is in it but paths chosen. */
export interface Preferences {
  /** Pixels; null while nobody has moved the line: then a share of the view. */
  readonly detailWidth: number | null;
  readonly isGrouped: boolean;
  readonly sort: ImageSort;
  /** Chosen in the command palette, the last one first. */
  readonly recentCommands: readonly CommandName[];
}

export const DEFAULT_PREFERENCES: Preferences = {
  detailWidth: null,
  isGrouped: false,
  sort: NEWEST_FIRST,
  recentCommands: [],
};

const KEY = 'strata.preferences';
const MOST_RECENT_COMMANDS = 8;

// Before `preferences`, which reads what was stored and checks it against these.
const SORT_COLUMNS: readonly SortColumn[] = [
  'image',
  'on-disk',
  'layers',
  'platform',
  'used-by',
  'created',
  'last-used',
];

const preferences = load();

export function usePreference<Name extends keyof Preferences>(name: Name): Preferences[Name] {
  return useStore(preferences, (all) => all[name]);
}

export function setPreference<Name extends keyof Preferences>(name: Name, value: Preferences[Name]): void {
  preferences.set((all) => (Object.is(all[name], value) ? all : { ...all, [name]: value }));
}

export function rememberCommand(command: CommandName): void {
  const others = preferences.get().recentCommands.filter((one) => one !== command);
  setPreference('recentCommands', [command, ...others].slice(0, MOST_RECENT_COMMANDS));
}

/** What a stored text says, field by field: whatever is not as expected falls back to its default. */
export function parsePreferences(text: string | null): Preferences {
  const stored = parseObject(text);
  return {
    detailWidth: isWidth(stored.detailWidth) ? stored.detailWidth : DEFAULT_PREFERENCES.detailWidth,
    isGrouped: stored.isGrouped === true,
    sort: isSort(stored.sort) ? stored.sort : DEFAULT_PREFERENCES.sort,
    recentCommands: Array.isArray(stored.recentCommands)
      ? stored.recentCommands.filter(isCommand).slice(0, MOST_RECENT_COMMANDS)
      : [],
  };
}

function isCommand(value: unknown): value is CommandName {
  return typeof value === 'string' && Object.hasOwn(COMMANDS, value);
}

function load(): Store<Preferences> {
  // Storage is missing where there is no window, and refused where the browser blocks it: then nothing is kept.
  const storage = safely(() => globalThis.localStorage);
  const store = createStore(parsePreferences(safely(() => storage?.getItem(KEY)) ?? null));
  store.subscribe(() => safely(() => storage?.setItem(KEY, JSON.stringify(store.get()))));
  return store;
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function parseObject(text: string | null): Readonly<Record<string, unknown>> {
  const value: unknown = text === null ? null : safely(() => JSON.parse(text) as unknown);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isWidth(value: unknown): value is number {
  return typeof value === 'number' && value >= 200 && value <= 4_000;
}

function isSort(value: unknown): value is ImageSort {
  if (typeof value !== 'object' || value === null) return false;
  const { column, isAscending } = value as Partial<ImageSort>;
  return SORT_COLUMNS.some((one) => one === column) && typeof isAscending === 'boolean';
}

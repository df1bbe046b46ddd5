import type { SizeUnits } from './format.ts';
import type { PrunePolicy } from './plan.ts';

/** What a person chose, kept in Strata's own `settings.json` and never in a file of msb's. */
export interface Settings {
  /** References that no prune takes, exactly as msb lists them. They hold in every cache. */
  readonly pins: readonly string[];
  /** The rule last used; `pins` come on top of it. */
  readonly prunePolicy: Omit<PrunePolicy, 'pinned'>;
  /** How old a file that no row knows must be to count as abandoned. */
  readonly graceMinutes: number;
  /** How long a removal can be undone; its bytes come free only afterwards. 0: they come free at once. */
  readonly undoMinutes: number;
  readonly theme: 'system' | 'light' | 'dark';
  readonly sizeUnits: SizeUnits;
  /** Columns shown, in order, by the name of the list; a list that is absent shows its own choice. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Pixels of the columns a person has sized, by the name of the list and of the column. */
  readonly columnWidths: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How much room a row of the long lists has. */
  readonly density: 'comfortable' | 'compact';
  /** By the name of the question: false when it need not be asked any more. */
  readonly confirmations: Readonly<Record<string, boolean>>;
}

/** Undo is on unless a person turns it off: what goes can come back for as long as one thinks better of it. */
export const DEFAULT_SETTINGS: Settings = {
  pins: [],
  prunePolicy: {},
  graceMinutes: 10,
  undoMinutes: 10,
  theme: 'system',
  sizeUnits: 'decimal',
  columns: {},
  columnWidths: {},
  density: 'comfortable',
  confirmations: {},
};

export interface SettingsState {
  readonly settings: Settings;
  /** The settings file, absolute. */
  readonly file: string;
  /** What of the file could not be used, as sentences; the defaults stand in for it. */
  readonly notices: readonly string[];
}

import { type ImageRow, referencesOf } from './image-entries.ts';

/** The checked references, whether shown or not, and the row a range starts from. */
export interface ImageSelection {
  readonly checked: ReadonlySet<string>;
  /** Key of the row last checked or unchecked by itself. */
  readonly anchor: string | null;
}

export const NOTHING_SELECTED: ImageSelection = { checked: new Set(), anchor: null };

/** `mixed`: some references of a group, not all. */
export type CheckState = 'none' | 'mixed' | 'all';

export function checkStateOf(selection: ImageSelection, references: readonly string[]): CheckState {
  if (selection.checked.size === 0) return 'none';
  const count = references.reduce((sum, one) => sum + (selection.checked.has(one) ? 1 : 0), 0);
  if (count === 0) return 'none';
  return count === references.length ? 'all' : 'mixed';
}

/** What the check box over all rows says. */
export function checkStateOfAll(selection: ImageSelection, rows: readonly ImageRow[]): CheckState {
  if (selection.checked.size === 0) return 'none';
  const shown = countChecked(selection, rows);
  if (shown === 0) return 'none';
  return shown === rows.reduce((sum, { entries }) => sum + entries.length, 0) ? 'all' : 'mixed';
}

/** How many of the checked references no row shows. */
export function countHidden(selection: ImageSelection, rows: readonly ImageRow[]): number {
  return selection.checked.size === 0 ? 0 : selection.checked.size - countChecked(selection, rows);
}

function countChecked({ checked }: ImageSelection, rows: readonly ImageRow[]): number {
  let count = 0;
  for (const { entries } of rows) {
    for (const { handle } of entries) if (checked.has(handle.reference)) count += 1;
  }
  return count;
}

/** Checks a row, or unchecks it when all of it was checked. */
export function toggleRow(selection: ImageSelection, row: ImageRow): ImageSelection {
  const references = referencesOf(row);
  const isOn = checkStateOf(selection, references) === 'all';
  const checked = new Set(selection.checked);
  for (const reference of references) {
    if (isOn) checked.delete(reference);
    else checked.add(reference);
  }
  return { checked, anchor: row.key };
}

/** Checks every row from the anchor to `to`, beside what is checked already. Without an anchor, only `to`. */
export function selectRange(
  selection: ImageSelection,
  rows: readonly ImageRow[],
  to: number,
): ImageSelection {
  const found = rows.findIndex((row) => row.key === selection.anchor);
  const from = found < 0 ? to : found;
  const checked = new Set(selection.checked);
  for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    for (const reference of referencesOf(row)) checked.add(reference);
  }
  return { checked, anchor: rows[from]?.key ?? null };
}

/** Checks all rows shown, or unchecks everything when they all were. */
export function toggleAll(selection: ImageSelection, rows: readonly ImageRow[]): ImageSelection {
  if (checkStateOfAll(selection, rows) === 'all') return NOTHING_SELECTED;
  const checked = new Set(selection.checked);
  for (const { entries } of rows) for (const { handle } of entries) checked.add(handle.reference);
  return { checked, anchor: selection.anchor };
}

/** Without the references that are gone from the cache; the same object when none is. */
export function withoutGone(selection: ImageSelection, existing: ReadonlySet<string>): ImageSelection {
  const remaining = [...selection.checked].filter((reference) => existing.has(reference));
  if (remaining.length === selection.checked.size) return selection;
  return { checked: new Set(remaining), anchor: selection.anchor };
}

/** What an action on a row concerns: everything checked if the row is, else the row alone. */
export function targetsOf(selection: ImageSelection, row: ImageRow): readonly string[] {
  const references = referencesOf(row);
  return checkStateOf(selection, references) === 'none' ? references : [...selection.checked];
}

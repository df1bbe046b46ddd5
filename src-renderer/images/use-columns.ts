import { useMemo } from 'react';
import { setPreference, usePreference } from '../app/preferences.ts';
import { useChangeSettings, useSettings } from '../settings/settings-store.ts';
import { COLUMNS, type ColumnWidths } from './columns.ts';
import { NEWEST_FIRST, type SortColumn } from './image-list-state.ts';

/** Under this name the settings file keeps the columns of the image list. */
const LIST = 'images';

export interface ChosenColumns {
  readonly chosen: ReadonlySet<SortColumn>;
  readonly setShown: (name: SortColumn, isShown: boolean) => void;
  readonly showAll: () => void;
  /** Of the columns a person has sized; none: they are as wide as they were meant. */
  readonly widths: ColumnWidths;
  readonly keepWidths: (widths: ColumnWidths) => void;
}

const NO_WIDTHS: ColumnWidths = {};

/** Which columns of the image list a person wants to see, and how wide. Names the file has and we do not are dropped. */
export function useColumns(): ChosenColumns {
  const settings = useSettings();
  const columns = settings?.columns;
  const columnWidths = settings?.columnWidths;
  const names = columns?.[LIST];
  const change = useChangeSettings();
  const sort = usePreference('sort');
  const chosen = useMemo(
    () =>
      new Set(COLUMNS.map(({ name }) => name).filter((name) => names === undefined || names.includes(name))),
    [names],
  );
  const keep = (next: readonly SortColumn[]) => change({ columns: { ...lists(columns), [LIST]: [...next] } });
  return {
    chosen,
    setShown(name, isShown) {
      // Rows in an order that nothing on screen explains would be a riddle.
      if (!isShown && sort.column === name) setPreference('sort', NEWEST_FIRST);
      const all = COLUMNS.map((column) => column.name);
      keep(all.filter((one) => (one === name ? isShown : chosen.has(one))));
    },
    showAll: () => keep(COLUMNS.map(({ name }) => name)),
    widths: columnWidths?.[LIST] ?? NO_WIDTHS,
    keepWidths: (widths) => change({ columnWidths: listWidths(columnWidths, widths) }),
  };
}

function lists(columns: Readonly<Record<string, readonly string[]>> = {}): Record<string, string[]> {
  return Object.fromEntries(Object.entries(columns).map(([list, names]) => [list, [...names]]));
}

/** No entry is left for a list whose columns are as they were meant. */
function listWidths(
  all: Readonly<Record<string, Readonly<Record<string, number>>>> = {},
  widths: ColumnWidths,
): Record<string, Record<string, number>> {
  const { [LIST]: _before, ...others } = all;
  return Object.keys(widths).length === 0 ? { ...others } : { ...others, [LIST]: { ...widths } };
}

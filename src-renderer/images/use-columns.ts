import { useMemo } from 'react';
import { setPreference, usePreference } from '../app/preferences.ts';
import { useChangeSettings, useSettings } from '../settings/settings-store.ts';
import { COLUMNS } from './columns.ts';
import { NEWEST_FIRST, type SortColumn } from './image-list-state.ts';

/** Under this name the settings file keeps the columns of the image list. */
const LIST = 'images';

export interface ChosenColumns {
  readonly chosen: ReadonlySet<SortColumn>;
  readonly setShown: (name: SortColumn, isShown: boolean) => void;
  readonly showAll: () => void;
}

/** Which columns of the image list a person wants to see. Names the file has and we do not are dropped. */
export function useColumns(): ChosenColumns {
  const columns = useSettings()?.columns;
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
  };
}

function lists(columns: Readonly<Record<string, readonly string[]>> = {}): Record<string, string[]> {
  return Object.fromEntries(Object.entries(columns).map(([list, names]) => [list, [...names]]));
}

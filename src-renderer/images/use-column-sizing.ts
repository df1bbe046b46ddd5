import { useMemo, useState } from 'react';
import { useCommand } from '../app/commands.ts';
import { announce, useSteadyHandlers } from '../ui/index.ts';
import { type ColumnLayout, type ColumnWidths, fitColumns, sizeColumn } from './columns.ts';
import type { SortColumn } from './image-list-state.ts';
import { useColumns } from './use-columns.ts';

/** How the columns of the list get other widths. */
export interface ColumnSizing {
  /** Draws a column so wide, while the pointer still holds its edge. */
  readonly drag: (name: SortColumn, width: number) => void;
  /** Makes a column so wide and keeps it. */
  readonly drop: (name: SortColumn, width: number) => void;
  /** The same, said to screen readers. */
  readonly size: (name: SortColumn, width: number) => void;
  /** Makes every column as wide as it was meant; null when they are. */
  readonly reset: (() => void) | null;
}

export interface SizedColumns {
  readonly layout: ColumnLayout;
  /** The same object for as long as `reset` is possible or not. */
  readonly sizing: ColumnSizing;
}

/** The columns as they fit into the list, in the widths kept, and before they are kept those a person is just choosing. */
export function useColumnSizing(listWidth: number): SizedColumns {
  const { chosen: shown, widths, keepWidths } = useColumns();
  const [chosen, setChosen] = useState<ColumnWidths | null>(null);
  // Of this window, for as long as it lasts: an answer to an earlier change must not move what was dragged since.
  const current = chosen ?? widths;
  const layout = useMemo(() => fitColumns(listWidth, shown, current), [listWidth, shown, current]);
  const keep = (next: ColumnWidths) => {
    setChosen(next);
    keepWidths(next);
  };
  const steady = useSteadyHandlers({
    drag: (name: SortColumn, width: number) => setChosen(sizeColumn(layout, name, width)),
    drop: (name: SortColumn, width: number) => keep(sizeColumn(layout, name, width)),
    size(name: SortColumn, width: number) {
      const next = sizeColumn(layout, name, width);
      keep(next);
      const { label } = layout.columns.find((column) => column.name === name)!;
      announce(`${label}: ${next[name]} pixels wide.`);
    },
    reset() {
      keep({});
      announce('The columns are as wide as at first.');
    },
  });
  const isSized = Object.keys(current).length > 0;
  const sizing = useMemo(() => ({ ...steady, reset: isSized ? steady.reset : null }), [steady, isSized]);
  useCommand('reset-column-widths', steady.reset, isSized ? null : 'They have their first widths.');
  return { layout, sizing };
}

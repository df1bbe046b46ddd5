import { useState } from 'react';
import { useCommand } from '../app/commands.ts';
import { announce } from '../ui/index.ts';
import { type ColumnLayout, type ColumnWidths, sizeColumn } from './columns.ts';
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
  readonly widths: ColumnWidths;
  readonly sizingOf: (layout: ColumnLayout) => ColumnSizing;
}

/** The widths of the columns: those kept, and before they are kept those a person is just choosing. */
export function useColumnSizing(): SizedColumns {
  const { widths, keepWidths } = useColumns();
  const [chosen, setChosen] = useState<ColumnWidths | null>(null);
  // Of this window, for as long as it lasts: an answer to an earlier change must not move what was dragged since.
  const current = chosen ?? widths;
  const keep = (next: ColumnWidths) => {
    setChosen(next);
    keepWidths(next);
  };
  const reset =
    Object.keys(current).length === 0
      ? null
      : () => {
          keep({});
          announce('The columns are as wide as at first.');
        };
  useCommand('reset-column-widths', () => reset?.(), reset === null ? 'They have their first widths.' : null);
  return {
    widths: current,
    sizingOf: (layout) => ({
      drag: (name, width) => setChosen(sizeColumn(layout, name, width)),
      drop: (name, width) => keep(sizeColumn(layout, name, width)),
      size(name, width) {
        const next = sizeColumn(layout, name, width);
        keep(next);
        const { label } = layout.columns.find((column) => column.name === name)!;
        announce(`${label}: ${next[name]} pixels wide.`);
      },
      reset,
    }),
  };
}

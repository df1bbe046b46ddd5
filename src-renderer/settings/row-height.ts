import { useLayoutEffect } from 'react';
import { useSettings } from './settings-store.ts';

/** Pixels a row of a long list has, by how dense a person wants them. */
export interface RowHeights {
  readonly comfortable: number;
  readonly compact: number;
}

/** The height for the density that is set; comfortable until the settings are read. */
export function useRowHeight(heights: RowHeights): number {
  return heights[useSettings()?.density ?? 'comfortable'];
}

/** A virtual list keeps the places of its rows until it is told: the height is of every one of them. */
export function useMeasuredRows(virtual: { readonly measure: () => void }, rowHeight: number): void {
  useLayoutEffect(() => {
    if (rowHeight > 0) virtual.measure();
  }, [virtual, rowHeight]);
}

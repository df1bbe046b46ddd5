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

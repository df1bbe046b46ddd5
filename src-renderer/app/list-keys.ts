/** Keys of one meaning, as keys.ts writes them. */
export interface KeyEntry {
  readonly title: string;
  readonly keys: readonly string[];
}

/** What keys do in the list of images, beside the commands it hears. It acts by this table. */
export const LIST_ACTIONS = {
  open: { title: 'Open the image', keys: ['Enter'] },
  toggle: { title: 'Select it, or no longer', keys: ['Space'] },
  selectTo: { title: 'Select from the last one to here', keys: ['Shift+Space'] },
  menu: { title: 'Menu of the image', keys: ['Shift+F10'] },
  leave: { title: 'Clear the selection, then close the image', keys: ['Escape'] },
} as const satisfies Readonly<Record<string, KeyEntry>>;

/** What keys do on a heading of the list of images. It acts by this table. */
export const HEADING_ACTIONS = {
  sort: { title: 'Sort by the column, or turn the order round', keys: ['Enter', 'Space'] },
  wider: { title: 'Make the column wider', keys: ['Shift+ArrowRight'] },
  narrower: { title: 'Make the column narrower', keys: ['Shift+ArrowLeft'] },
  fit: { title: 'Fit the column to what it shows', keys: ['Shift+Enter'] },
  menu: { title: 'Menu of the column', keys: ['Shift+F10'] },
} as const satisfies Readonly<Record<string, KeyEntry>>;

/** How one moves in lists, trees and grids; `moveInGrid` and `moveInTree` are tested to do it. */
export const MOVES: readonly KeyEntry[] = [
  { title: 'To the next or the previous row', keys: ['ArrowDown', 'ArrowUp'] },
  { title: 'Into a row, or out of it; open or close a folder', keys: ['ArrowRight', 'ArrowLeft'] },
  { title: 'A page down or up', keys: ['PageDown', 'PageUp'] },
  { title: 'To the first or the last', keys: ['Home', 'End'] },
];

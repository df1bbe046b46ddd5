import { createStore } from '../app/store.ts';

/** Whether the palette is on screen. */
export const isPaletteOpen = createStore(false);

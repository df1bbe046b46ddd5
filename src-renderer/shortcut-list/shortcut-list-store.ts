import { createStore } from '../app/store.ts';

/** Whether the list of shortcuts is on screen. */
export const areShortcutsShown = createStore(false);

import { createStore } from '../app/store.ts';

/** Whether the about box is on screen. */
export const isAboutOpen = createStore(false);

import { createStore, useStore } from './store.ts';

const find = createStore('');

/** What stands in the find field. */
export function useFind(): string {
  return useStore(find);
}

export function setFind(text: string): void {
  find.set(text);
}

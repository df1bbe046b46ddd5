import { createStore, useStore } from './store.ts';

/** The views of the sidebar. A new one is a word here and an entry in app/views.tsx. */
export type ViewName = 'images' | 'layers' | 'search' | 'compare' | 'reclaim';

export interface Place {
  readonly view: ViewName;
  /** The image the detail pane shows; null for none. */
  readonly openedReference: string | null;
}

const place = createStore<Place>({ view: 'images', openedReference: null });

export function usePlace(): Place {
  return useStore(place);
}

export function showView(view: ViewName): void {
  place.set((previous) => ({ ...previous, view }));
}

/** Goes to the images and opens one there. */
export function openImage(reference: string): void {
  place.set((previous) =>
    previous.view === 'images' && previous.openedReference === reference
      ? previous
      : { view: 'images', openedReference: reference },
  );
}

export function closeImage(): void {
  place.set((previous) =>
    previous.openedReference === null ? previous : { ...previous, openedReference: null },
  );
}

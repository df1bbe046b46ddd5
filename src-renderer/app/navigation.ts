import { createStore, useStore } from './store.ts';

/** The views of the sidebar. A new one is a word here and an entry in app/views.tsx. */
export type ViewName = 'images' | 'layers' | 'map' | 'search' | 'compare' | 'reclaim' | 'activity';

export interface Place {
  readonly view: ViewName;
  /** The image the detail pane shows; null for none. */
  readonly openedReference: string | null;
  /** Diff ID of the layer to show first in the layers view; null for none. */
  readonly openedLayer: string | null;
}

const place = createStore<Place>({ view: 'images', openedReference: null, openedLayer: null });

/** References opened by name since the start, the last one first: what the palette offers before anything is typed. */
export const recentReferences = createStore<readonly string[]>([]);
const MOST_RECENT = 12;

export function usePlace(): Place {
  return useStore(place);
}

export function showView(view: ViewName): void {
  place.set((previous) => ({ ...previous, view, openedLayer: null }));
}

/** Goes to the images and opens one there. */
export function openImage(reference: string): void {
  recentReferences.set((all) => [reference, ...all.filter((one) => one !== reference)].slice(0, MOST_RECENT));
  place.set((previous) =>
    previous.view === 'images' && previous.openedReference === reference
      ? previous
      : { view: 'images', openedReference: reference, openedLayer: null },
  );
}

/** Goes to the layers and opens one there. */
export function openLayer(diffId: string): void {
  place.set((previous) => ({ ...previous, view: 'layers', openedLayer: diffId }));
}

export function closeImage(): void {
  place.set((previous) =>
    previous.openedReference === null ? previous : { ...previous, openedReference: null },
  );
}

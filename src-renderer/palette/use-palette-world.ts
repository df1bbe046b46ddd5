import { useMemo } from 'react';
import { recentReferences, usePlace } from '../app/navigation.ts';
import { usePreference } from '../app/preferences.ts';
import { useImages, useLayers, useRecentHomes } from '../app/queries.ts';
import { useStore } from '../app/store.ts';
import { cacheItems, commandItems, imageItems, layerItems, type PaletteWorld } from './palette-items.ts';

/** Everything the palette can find. Layers are read only once a query may mean one. */
export function usePaletteWorld(withLayers: boolean): PaletteWorld {
  const recentCommands = usePreference('recentCommands');
  const recentHomes = useRecentHomes();
  const references = useStore(recentReferences);
  const { openedReference } = usePlace();
  const handles = useImages().data;
  const summaries = useLayers(withLayers).data;

  const recentImages = useMemo(
    () => references.filter((one) => one !== openedReference),
    [references, openedReference],
  );
  const commands = useMemo(() => commandItems(window.strata !== undefined), []);
  const images = useMemo(() => imageItems(handles ?? []), [handles]);
  const layers = useMemo(() => layerItems(summaries ?? []), [summaries]);
  const caches = useMemo(() => cacheItems(recentHomes), [recentHomes]);
  return useMemo(
    () => ({ commands, recentCommands, images, recentImages, layers, caches }),
    [commands, recentCommands, images, recentImages, layers, caches],
  );
}

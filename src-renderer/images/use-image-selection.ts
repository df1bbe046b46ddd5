import { useMemo, useState } from 'react';
import type { ImageEntry } from './image-entries.ts';
import { type ImageSelection, NOTHING_SELECTED, withoutGone } from './image-selection.ts';

/** The selection, which survives updates and loses only what the cache has lost. */
export function useImageSelection(
  entries: readonly ImageEntry[],
  isLoaded: boolean,
): readonly [ImageSelection, (selection: ImageSelection) => void] {
  const [stored, setStored] = useState<ImageSelection>(NOTHING_SELECTED);
  const isNeeded = isLoaded && stored.checked.size > 0;
  const existing = useMemo(
    () => (isNeeded ? new Set(entries.map((entry) => entry.handle.reference)) : null),
    [entries, isNeeded],
  );
  const selection = useMemo(
    () => (existing === null ? stored : withoutGone(stored, existing)),
    [existing, stored],
  );
  return [selection, setStored];
}

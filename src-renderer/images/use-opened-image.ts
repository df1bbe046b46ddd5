import { useEffect, useRef } from 'react';
import { formatReference } from '../../src-shared/domain/reference.ts';
import { closeImage, openImage, usePlace } from '../app/navigation.ts';
import { announce } from '../ui/index.ts';
import type { ImageEntry } from './image-entries.ts';

/**
 * Keeps the opened reference in step with the list: opens `first` at the start (null for nothing), takes a
 * deep link's canonical reference for the one that was pulled under another spelling, and closes an image that
 * has gone from the cache.
 */
export function useOpenedImage(
  entries: readonly ImageEntry[],
  isLoaded: boolean,
  first: string | null,
): void {
  const { openedReference } = usePlace();
  const hasStarted = useRef(false);
  const listed = useRef<string | null>(null);

  useEffect(() => {
    if (!isLoaded) return;
    if (openedReference === null) {
      if (!hasStarted.current && first !== null) openImage(first);
      hasStarted.current = hasStarted.current || first !== null;
      return;
    }
    hasStarted.current = true;
    if (entries.some((entry) => entry.handle.reference === openedReference)) {
      listed.current = openedReference;
      return;
    }
    const spelled = entries.find((entry) => formatReference(entry.name) === openedReference);
    if (spelled !== undefined) openImage(spelled.handle.reference);
    else if (listed.current === openedReference) {
      announce(`${openedReference} is no longer in the cache.`);
      closeImage();
    }
  }, [entries, isLoaded, first, openedReference]);
}

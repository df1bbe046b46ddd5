import { useMemo } from 'react';
import type { ImageFacts } from '../../src-shared/domain/image.ts';
import { type Live, useLivePart } from './live.ts';

/** The references that msb is pulling again: the same set for as long as they are the same. */
export function usePulledReferences(): ReadonlySet<string> {
  const text = useLivePart(pulledReferences);
  return useMemo(() => new Set(JSON.parse(text) as readonly string[]), [text]);
}

/** Whether what is missing of an image is still to come: its own reference is pulled, or another of its digest. */
export function isBeingPulled(
  { reference, otherReferences }: Pick<ImageFacts, 'reference' | 'otherReferences'>,
  pulled: ReadonlySet<string>,
): boolean {
  if (pulled.size === 0) return false;
  return pulled.has(reference) || otherReferences.some((other) => pulled.has(other));
}

/** As JSON: equal texts are the same to whoever follows them. */
function pulledReferences({ connection, work }: Live): string {
  const images = connection === 'live' ? (work?.images ?? []) : [];
  return JSON.stringify(images.flatMap(({ reference }) => reference ?? []));
}

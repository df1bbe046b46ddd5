import type { ComparedFile, ImageComparison } from '../../src-shared/domain/tree-entry.ts';
import { createStore } from '../app/store.ts';

/** The two images side by side; empty text while one is not chosen. */
export interface Compared {
  readonly left: string;
  readonly right: string;
}

/** Outlives the view, so that coming back shows the same two. */
export const compared = createStore<Compared>({ left: '', right: '' });

export type ChangeFilter = 'all' | ComparedFile['change'];

export const CHANGE_LETTERS: Readonly<Record<ComparedFile['change'], string>> = {
  added: 'A',
  removed: 'D',
  modified: 'M',
};

/** Files of one kind of change whose path contains the needle, whatever the case. */
export function filterFiles(
  files: readonly ComparedFile[],
  filter: ChangeFilter,
  needle: string,
): readonly ComparedFile[] {
  const lower = needle.toLowerCase();
  return files.filter(
    (file) => (filter === 'all' || file.change === filter) && file.path.toLowerCase().includes(lower),
  );
}

/** By how many bytes the right image's file is larger; negative when it is smaller. */
export function growthOf(file: ComparedFile): number {
  return (file.rightBytes ?? 0) - (file.leftBytes ?? 0);
}

/** `3 layers shared, 1 only left, 2 only right`. */
export function layerWords({ sharedLayers, leftLayers, rightLayers }: ImageComparison): string {
  return `${sharedLayers.length} shared, ${leftLayers.length} only in the first, ${rightLayers.length} only in the second`;
}

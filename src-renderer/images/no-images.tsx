import { PackageOpen, SearchX } from 'lucide-react';
import { useHome } from '../app/queries.ts';
import { Button, CopyText, EmptyState } from '../ui/index.ts';
import type { ImageFilter } from './image-list-state.ts';
import styles from './no-images.module.css';

export interface NoImagesProps {
  /** Whether the cache has images that the filter or the words hide. */
  readonly hasOthers: boolean;
  readonly filter: ImageFilter;
  readonly find: string;
  readonly onShowAll: () => void;
}

const PULL = 'msb pull alpine';

const NOTHING: Readonly<Record<ImageFilter, string>> = {
  all: 'No image matches',
  'in-use': 'No image is in use',
  unused: 'Every image is in use',
  'same-digest': 'No two tags share a digest',
  damaged: 'No image is damaged',
  warning: 'No image has a warning',
  'being-pulled': 'No image is being pulled again',
};

/** An empty list: why it is, and the way out. */
export function NoImages({ hasOthers, filter, find, onShowAll }: NoImagesProps) {
  const home = useHome().data;
  // The notice above the list says then why there are none.
  if (!hasOthers && home?.schema.kind === 'not-intact') return null;
  if (!hasOthers) {
    return (
      <EmptyState icon={<PackageOpen size={24} />} title="No images yet">
        <p>Images appear here as soon as msb has cached one. To try:</p>
        <CopyText text={PULL} what="command" />
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<SearchX size={24} />}
      title={find === '' ? NOTHING[filter] : NOTHING.all}
      actions={<Button onClick={onShowAll}>Show all images</Button>}
    >
      {find !== '' && (
        <p className={styles.words}>
          Nothing in {filter === 'all' ? 'the cache' : 'this filter'} has “<bdi>{find}</bdi>” in its
          reference, digest or labels.
        </p>
      )}
    </EmptyState>
  );
}

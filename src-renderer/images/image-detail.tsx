import { X } from 'lucide-react';
import { memo, useRef } from 'react';
import { openImage } from '../app/navigation.ts';
import { setPreference, usePreference } from '../app/preferences.ts';
import { DetailPane, NoImageChosen } from '../detail/detail-pane.tsx';
import { usualDetailWidth } from '../detail/detail-width.ts';
import { classNames, IconButton, Splitter, useCoveringFocus } from '../ui/index.ts';
import styles from './image-detail.module.css';

/** Pixels a view needs for the details to stand beside the list; with less they cover it. */
export const LEAST_DOCKED_WIDTH = 880;

const LEAST_WIDTH = 340;
/** Room for a name and its tag. */
const LEAST_LIST_WIDTH = 540;

export interface ImageDetailProps {
  readonly reference: string | null;
  /** Before there are images to choose from: the pane is there and empty. */
  readonly isWaiting: boolean;
  /** Pixels of list and details together. */
  readonly viewWidth: number;
  readonly onClose: () => void;
  readonly onRemove: (isForced: boolean) => void;
}

/** The details beside the list, as wide as the person made them, or in its place where there is no room. */
export const ImageDetail = memo(function ImageDetail(props: ImageDetailProps) {
  const { reference, isWaiting, viewWidth, onClose, onRemove } = props;
  const usual = usualDetailWidth(viewWidth);
  const preferred = usePreference('detailWidth') ?? usual;
  const isDocked = viewWidth >= LEAST_DOCKED_WIDTH;
  const largest = Math.max(LEAST_WIDTH, viewWidth - LEAST_LIST_WIDTH);
  const width = Math.min(Math.max(preferred, LEAST_WIDTH), largest);
  const close = useRef<HTMLButtonElement>(null);

  useCoveringFocus(isDocked ? null : reference, close);

  if (!isDocked && reference === null) return null;
  return (
    <>
      {isDocked && (
        <Splitter
          label="Width of the details"
          value={width}
          min={LEAST_WIDTH}
          max={largest}
          initial={usual}
          onChange={(next) => setPreference('detailWidth', next)}
        />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape from anywhere inside; the button does the same */}
      <div
        className={classNames(styles.detail, !isDocked && styles.cover)}
        style={isDocked ? { width } : undefined}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || event.defaultPrevented || isDocked) return;
          event.preventDefault();
          onClose();
        }}
      >
        {reference === null && !isWaiting && <NoImageChosen />}
        {reference !== null && (
          <DetailPane reference={reference} onOpenReference={openImage} onRemove={onRemove} />
        )}
        {!isWaiting && (
          <IconButton
            ref={close}
            label="Close the details"
            size="small"
            className={styles.close}
            icon={<X size={16} />}
            onClick={onClose}
          />
        )}
      </div>
    </>
  );
});

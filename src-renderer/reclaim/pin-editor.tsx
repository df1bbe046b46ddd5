import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { useImages } from '../app/queries.ts';
import { useStore } from '../app/store.ts';
import { countOf } from '../detail/count-words.ts';
import { FindBox } from '../detail/find-box.tsx';
import { SafeReference } from '../detail/safe-reference.tsx';
import { toVisible } from '../detail/visible-text.ts';
import { Button, Dialog } from '../ui/index.ts';
import styles from './pin-editor.module.css';
import { pruneRule } from './reclaim-settings.ts';

const ROW_HEIGHT = 32;

/** Chooses the images the rule never takes. Pins of images no longer cached stay listed, to be undone. */
export function PinEditor({ onClose }: { readonly onClose: () => void }) {
  const images = useImages();
  const { pinned } = useStore(pruneRule);
  const [needle, setNeedle] = useState('');
  // In the order of the moment it opened: a line must not jump away when it is ticked.
  const [first] = useState(pinned);
  const all = useMemo(() => {
    const cached = (images.data ?? []).map((image) => image.reference);
    return [...new Set([...first, ...cached])];
  }, [images.data, first]);
  const found = all.filter((reference) => reference.toLowerCase().includes(needle.trim().toLowerCase()));
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Pinned images"
      description="The prune rule never takes these. Pins are kept by Strata; msb does not know them."
      width={560}
      actions={
        <>
          <span className={styles.count}>{countOf(pinned.length, 'image')} pinned</span>
          <Button onClick={onClose}>Done</Button>
        </>
      }
    >
      <FindBox label="Find an image" value={needle} onChange={setNeedle} />
      <PinList references={found} pinned={pinned} />
    </Dialog>
  );
}

interface PinListProps {
  readonly references: readonly string[];
  readonly pinned: readonly string[];
}

/** A component of its own: the dialog mounts what it holds later, and only then is there something that scrolls. */
function PinList({ references, pinned }: PinListProps) {
  const pins = useMemo(() => new Set(pinned), [pinned]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: references.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
  });
  return (
    <div ref={scroller} className={styles.scroller}>
      {references.length === 0 && <p className={styles.none}>No image matches.</p>}
      <ul className={styles.list} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const reference = references[item.index]!;
          return (
            <li
              key={reference}
              className={styles.slot}
              style={{ transform: `translateY(${item.start}px)` }}
              aria-setsize={references.length}
              aria-posinset={item.index + 1}
            >
              <label className={styles.line} title={toVisible(reference)}>
                <input
                  type="checkbox"
                  checked={pins.has(reference)}
                  onChange={(event) => setPinned(reference, event.target.checked)}
                />
                <span className={styles.name}>
                  <SafeReference reference={reference} />
                </span>
              </label>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function setPinned(reference: string, isPinned: boolean): void {
  pruneRule.set((rule) => ({
    ...rule,
    pinned: isPinned ? [...rule.pinned, reference] : rule.pinned.filter((one) => one !== reference),
  }));
}

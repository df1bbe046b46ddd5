// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid has no table elements; rows are placed one by one.
import { memo, type RefObject, useId, useMemo } from 'react';
import { useNow } from '../app/use-now.ts';
import type { ColumnLayout } from './columns.ts';
import type { GridPosition } from './grid-moves.ts';
import { type ImageRow as Row, referencesOf } from './image-entries.ts';
import { ImageRow } from './image-row.tsx';
import styles from './image-rows.module.css';
import { checkStateOf, type ImageSelection } from './image-selection.ts';
import type { Slot } from './row-pool.ts';
import { useRowPool } from './use-row-pool.ts';

export interface ImageRowsProps {
  /** Given the element that scrolls. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly rows: readonly Row[];
  /** Pixels. */
  readonly rowHeight: number;
  readonly layout: ColumnLayout;
  readonly selection: ImageSelection;
  readonly openedReference: string | null;
  /** Of the tab stop. */
  readonly position: GridPosition;
}

/** The part of the image list that scrolls: by itself, so that scrolling draws nothing but rows. */
export const ImageRows = memo(function ImageRows(props: ImageRowsProps) {
  const { scroller, rows, rowHeight, layout, selection, openedReference, position } = props;
  const nowMs = useNow();
  const listId = useId();
  const slots = useRowPool(scroller, rows, rowHeight, position.row);
  const largestBytes = useMemo(
    () => rows.reduce((largest, { entry }) => Math.max(largest, entry.facts?.onDiskBytes ?? 0), 0),
    [rows],
  );
  const idOf = ({ id }: Slot<Row>) => `${listId}${id}`;
  return (
    <div ref={scroller} className={styles.scroller} role="presentation">
      <div
        role="rowgroup"
        className={styles.rows}
        style={{ height: rows.length * rowHeight }}
        aria-owns={orderOf(slots)?.map(idOf).join(' ')}
      >
        {slots.map((slot) => (
          <ImageRow
            key={slot.id}
            id={idOf(slot)}
            row={slot.row}
            index={slot.index}
            top={slot.index * rowHeight}
            layout={layout}
            largestBytes={largestBytes}
            nowMs={nowMs}
            checkState={checkStateOf(selection, referencesOf(slot.row))}
            isOpened={slot.row.entries.some(({ handle }) => handle.reference === openedReference)}
            tabStop={position.row === slot.index ? position.column : null}
          />
        ))}
      </div>
    </div>
  );
});

/** The slots as they are read, top to bottom; null where their elements are in that order. */
function orderOf(slots: readonly Slot<Row>[]): readonly Slot<Row>[] | null {
  const isOrdered = slots.every(({ index }, place) => place === 0 || slots[place - 1]!.index < index);
  return isOrdered ? null : slots.toSorted((left, right) => left.index - right.index);
}

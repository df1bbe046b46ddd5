// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid has no table elements; rows are placed one by one.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names the active row or heading.
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type CSSProperties, type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import type { LayerSummary } from '../../src-shared/domain/layer.ts';
import { useNow } from '../app/use-now.ts';
import { type GridPosition, HEADER_ROW, moveInGrid, WHOLE_ROW } from '../images/grid-moves.ts';
import { useMeasuredRows, useRowHeight } from '../settings/row-height.ts';
import { classNames } from '../ui/index.ts';
import styles from './layer-grid.module.css';
import type { LayerSort } from './layer-list-state.ts';
import { LayerRow } from './layer-row.tsx';

const ROW_HEIGHTS = { comfortable: 40, compact: 30 };
const HEADER_HEIGHT = 30;

const COLUMNS: readonly { readonly sort: LayerSort; readonly label: string }[] = [
  { sort: 'layer', label: 'Layer' },
  { sort: 'onDisk', label: 'On disk' },
  { sort: 'compressed', label: 'Compressed' },
  { sort: 'images', label: 'Used by' },
  { sort: 'lastUsed', label: 'Last used' },
];

export interface LayerGridProps {
  readonly rows: readonly LayerSummary[];
  readonly sort: LayerSort;
  readonly isDescending: boolean;
  /** Diff ID of the layer shown in detail. */
  readonly openedId: string | null;
  readonly onSort: (sort: LayerSort) => void;
  readonly onOpen: (diffId: string) => void;
  /** Escape. */
  readonly onClose: () => void;
}

/**
 * The layer list: a WAI-ARIA grid with one tab stop. Arrows move between rows and, above the first, between the
 * headings; Enter or Space opens a row or sorts by a heading.
 */
export function LayerGrid(props: LayerGridProps) {
  const { rows, sort, isDescending, openedId } = props;
  // The grid is what scrolls, its headings stick: so the keyboard reaches the scrolling and the rows in one stop.
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const nowMs = useNow();
  const rowHeight = useRowHeight(ROW_HEIGHTS);
  const [position, setPosition] = useState<GridPosition>({ row: 0, column: WHOLE_ROW });
  const active = { ...position, row: Math.min(position.row, rows.length - 1) };
  const largestBytes = useMemo(
    () => rows.reduce((largest, row) => Math.max(largest, row.allocatedSizeBytes), 0),
    [rows],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: HEADER_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
  });
  useMeasuredRows(virtual, rowHeight);

  const goTo = (next: GridPosition) => {
    if (next.row >= 0) virtual.scrollToIndex(next.row, { align: 'auto' });
    setPosition(next);
  };
  const act = () => {
    if (active.row === HEADER_ROW) props.onSort(COLUMNS[active.column]!.sort);
    else props.onOpen(rows[active.row]!.diffId);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey) return;
    const hasModifier = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const size = { rows: rows.length, columns: COLUMNS.length, page };
    const next = moveInGrid(active, { key: event.key, hasModifier }, size);
    if (next !== null) goTo(next.row === HEADER_ROW ? next : { ...next, column: WHOLE_ROW });
    else if (event.key === 'Enter' || event.key === ' ') act();
    else if (event.key === 'Escape') props.onClose();
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      role="grid"
      className={styles.grid}
      tabIndex={0}
      style={{ '--row-height': `${rowHeight}px` } as CSSProperties}
      aria-label="Layers"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={active.row === HEADER_ROW ? `${id}-h${active.column}` : `${id}-${active.row}`}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" className={classNames(styles.header, styles.columns)} aria-rowindex={1}>
          {COLUMNS.map((column, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys.
            <div
              key={column.sort}
              id={`${id}-h${index}`}
              role="columnheader"
              className={classNames(
                styles.heading,
                active.row === HEADER_ROW && active.column === index && styles.active,
              )}
              aria-sort={column.sort === sort ? (isDescending ? 'descending' : 'ascending') : undefined}
              onClick={() => {
                setPosition({ row: HEADER_ROW, column: index });
                props.onSort(column.sort);
              }}
            >
              {column.label}
              {column.sort === sort &&
                (isDescending ? (
                  <ArrowDown size={12} aria-hidden="true" />
                ) : (
                  <ArrowUp size={12} aria-hidden="true" />
                ))}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <LayerRow
            key={rows[index]!.diffId}
            id={`${id}-${index}`}
            layer={rows[index]!}
            index={index}
            top={start - HEADER_HEIGHT}
            nowMs={nowMs}
            largestBytes={largestBytes}
            isActive={active.row === index}
            isOpened={rows[index]!.diffId === openedId}
            onOpen={() => {
              setPosition({ row: index, column: WHOLE_ROW });
              props.onOpen(rows[index]!.diffId);
            }}
          />
        ))}
      </div>
    </div>
  );
}

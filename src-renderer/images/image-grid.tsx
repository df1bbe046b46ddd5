// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid has no table elements; rows are placed one by one.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid moves one tab stop from row to row and into cells.
import { ArrowDown, ArrowUp, Check, Minus } from 'lucide-react';
import {
  type CSSProperties,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
} from 'react';
import { COMMANDS } from '../../src-shared/ipc/commands.ts';
import { useCommand } from '../app/commands.ts';
import { isPressed } from '../app/keys.ts';
import { HEADING_ACTIONS, LIST_ACTIONS } from '../app/list-keys.ts';
import { useRowHeight } from '../settings/row-height.ts';
import { classNames, useScrollbarWidth, useTypeAhead, VisuallyHidden } from '../ui/index.ts';
import { ColumnEdge } from './column-edge.tsx';
import { type Column, type ColumnLayout, WIDTH_STEP } from './columns.ts';
import { contentWidth } from './content-width.ts';
import { HEADER_ROW, moveInGrid, WHOLE_ROW } from './grid-moves.ts';
import { HeadingMenu } from './heading-menu.tsx';
import { type ImageRow as Row, referencesOf } from './image-entries.ts';
import styles from './image-grid.module.css';
import { type ImageListState, type ImageSort, nextSort } from './image-list-state.ts';
import { ImageRows } from './image-rows.tsx';
import {
  type CheckState,
  checkStateOfAll,
  type ImageSelection,
  NOTHING_SELECTED,
  selectRange,
  toggleAll,
  toggleRow,
} from './image-selection.ts';
import { findTyped } from './type-ahead.ts';
import type { ColumnSizing } from './use-column-sizing.ts';
import { useGridFocus } from './use-grid-focus.ts';
import { type ListMemory, useRowAnchor } from './use-row-anchor.ts';

const ROW_HEIGHTS = { comfortable: 44, compact: 32 };

export interface ImageGridProps {
  readonly rows: readonly Row[];
  readonly layout: ColumnLayout;
  readonly sizing: ColumnSizing;
  readonly sort: ImageSort;
  /** Changes when a person asks for other rows or another order: the list then starts at its top. */
  readonly order: ImageListState;
  /** Outlives the grid, which is not there while there is no row. */
  readonly memory: ListMemory;
  readonly selection: ImageSelection;
  /** The reference the detail pane shows. */
  readonly openedReference: string | null;
  readonly onSort: (sort: ImageSort) => void;
  readonly onSelect: (selection: ImageSelection) => void;
  readonly onOpen: (row: Row) => void;
  /** Delete on a row. */
  readonly onRemove: (row: Row) => void;
  /** Escape with nothing selected. */
  readonly onClose: () => void;
}

/** The image list: a WAI-ARIA grid whose rows are made as they scroll into view. */
export const ImageGrid = memo(function ImageGrid(props: ImageGridProps) {
  const { rows, layout, sizing, sort, selection, openedReference, memory } = props;
  const grid = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight(ROW_HEIGHTS);
  const scrollbarWidth = useScrollbarWidth(scroller);
  const allChecked = useMemo(() => checkStateOfAll(selection, rows), [selection, rows]);
  const { position, moveTo } = useGridFocus(grid, rows, memory);
  useRowAnchor(scroller, rows, props.order, rowHeight, memory);
  const typeAhead = useTypeAhead((typed, from) => findTyped(rows, from, typed));

  const goTo = (row: number, column: number) => {
    if (row >= 0) scrollToRow(scroller.current, row, rowHeight);
    moveTo({ row, column }, true);
  };
  // An image may be opened from elsewhere: its row is then where the list goes on.
  useEffect(() => {
    if (memory.revealed === openedReference) return;
    memory.revealed = openedReference;
    const row = rows.findIndex(
      (one) => openedReference !== null && referencesOf(one).includes(openedReference),
    );
    if (row < 0) return;
    scrollToRow(scroller.current, row, rowHeight);
    if (row !== position.row) moveTo({ row, column: WHOLE_ROW }, false);
  });
  useCommand('focus-list', () => goTo(position.row, position.column));

  const onKeyDown = (event: KeyboardEvent) => {
    if (actOnKey(event)) event.preventDefault();
  };

  const actOnKey = (event: KeyboardEvent): boolean => {
    const hasModifier = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const size = { rows: rows.length, columns: layout.columns.length + 1, page };
    if (position.row === HEADER_ROW && actOnColumn(event)) return true;
    const next = event.altKey ? null : moveInGrid(position, { key: event.key, hasModifier }, size);
    if (next !== null) {
      if (
        event.shiftKey &&
        position.row !== HEADER_ROW &&
        next.row !== HEADER_ROW &&
        next.row !== position.row
      ) {
        const anchored = { ...selection, anchor: selection.anchor ?? rows[position.row]?.key ?? null };
        props.onSelect(selectRange(anchored, rows, next.row));
      }
      goTo(next.row, next.column);
      return true;
    }
    if (isPressed(event, COMMANDS['select-all'].keys)) {
      props.onSelect(toggleAll(selection, rows));
      return true;
    }
    if (isPressed(event, LIST_ACTIONS.leave.keys)) {
      if (selection.checked.size > 0) props.onSelect(NOTHING_SELECTED);
      else props.onClose();
      return true;
    }
    if (hasModifier || event.altKey) return false;
    return position.row === HEADER_ROW ? actOnHeader(event.key) : actOnRow(event);
  };

  const actOnHeader = (key: string): boolean => {
    if (key !== 'Enter' && key !== ' ') return false;
    chooseHeading(position.column);
    return true;
  };

  const actOnColumn = (event: KeyboardEvent): boolean => {
    const column = layout.columns[position.column - 1];
    if (column === undefined) return false;
    if (isPressed(event, HEADING_ACTIONS.wider.keys)) changeWidth(column, column.width + WIDTH_STEP);
    else if (isPressed(event, HEADING_ACTIONS.narrower.keys)) changeWidth(column, column.width - WIDTH_STEP);
    else if (isPressed(event, HEADING_ACTIONS.fit.keys)) fitColumn(column);
    else if (isPressed(event, HEADING_ACTIONS.menu.keys)) askForMenu(event.target as Element);
    else return false;
    return true;
  };

  /** The name has what the others leave. */
  const changeWidth = ({ name }: Column, width: number) => {
    if (name !== 'image') sizing.size(name, width);
  };

  const fitColumn = (column: Column) => {
    const width = contentWidth(grid.current, layout.columns.indexOf(column) + 1);
    if (width !== null) changeWidth(column, width);
  };

  const chooseHeading = (column: number) => {
    if (column === 0) props.onSelect(toggleAll(selection, rows));
    else props.onSort(nextSort(sort, layout.columns[column - 1]!.name));
  };

  const actOnRow = (event: KeyboardEvent): boolean => {
    const row = rows[position.row]!;
    if (isPressed(event, LIST_ACTIONS.toggle.keys)) props.onSelect(toggleRow(selection, row));
    else if (isPressed(event, LIST_ACTIONS.selectTo.keys)) {
      props.onSelect(selectRange(selection, rows, position.row));
    } else if (isPressed(event, LIST_ACTIONS.open.keys)) props.onOpen(row);
    else if (isPressed(event, LIST_ACTIONS.menu.keys)) askForMenu(event.target as Element);
    else if (isPressed(event, COMMANDS.remove.keys)) props.onRemove(row);
    else {
      const found = typeAhead(event.key, position.row);
      if (found >= 0) goTo(found, WHOLE_ROW);
      return found >= 0;
    }
    return true;
  };

  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const index = Number(target.closest<HTMLElement>('[data-index]')?.dataset.index ?? Number.NaN);
    if (index === HEADER_ROW) {
      const column = target.closest<HTMLElement>('[data-column]')?.dataset.column;
      if (column === undefined) return;
      moveTo({ row: HEADER_ROW, column: Number(column) }, true);
      chooseHeading(Number(column));
      return;
    }
    const row = rows[index];
    if (row === undefined) return;
    moveTo({ row: index, column: WHOLE_ROW }, true);
    if (event.shiftKey) props.onSelect(selectRange(anchoredAt(position.row), rows, index));
    else if (event.ctrlKey || event.metaKey || target.closest('[data-check]') !== null) {
      props.onSelect(toggleRow(selection, row));
    } else props.onOpen(row);
  };

  /** The focus may come by other ways than ours: a screen reader's cursor, a dialog giving it back. */
  const onFocus = (event: FocusEvent<HTMLElement>) => {
    const row = Number(event.target.closest<HTMLElement>('[data-index]')?.dataset.index ?? Number.NaN);
    const column = Number(event.target.dataset.column ?? WHOLE_ROW);
    if (Number.isNaN(row) || (row === position.row && column === position.column)) return;
    moveTo({ row, column }, false);
  };

  const anchoredAt = (row: number): ImageSelection =>
    selection.anchor === null ? { ...selection, anchor: rows[row]?.key ?? null } : selection;

  return (
    <div
      ref={grid}
      role="grid"
      className={styles.grid}
      style={
        {
          '--columns': layout.template,
          '--row-height': `${rowHeight}px`,
          '--scrollbar-width': `${scrollbarWidth}px`,
        } as CSSProperties
      }
      data-is-compact={rowHeight === ROW_HEIGHTS.compact || undefined}
      aria-label="Images"
      aria-rowcount={rows.length + 1}
      aria-colcount={layout.columns.length + 1}
      aria-multiselectable="true"
      onKeyDown={onKeyDown}
      onClick={onClick}
      onFocus={onFocus}
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
    >
      <HeadingMenu
        columns={layout.columns}
        sizing={sizing}
        onSort={({ name }) => props.onSort(nextSort(sort, name))}
        onFit={fitColumn}
      >
        <div role="rowgroup">
          <div role="row" className={styles.header} aria-rowindex={1} data-index={HEADER_ROW}>
            <SelectAll
              checkState={allChecked}
              isTabStop={position.row === HEADER_ROW && position.column === 0}
            />
            {layout.columns.map((column, index) => (
              <Heading
                key={column.name}
                column={column}
                index={index + 1}
                sort={sort}
                isTabStop={position.row === HEADER_ROW && position.column === index + 1}
              >
                {column.name !== 'image' && (
                  <ColumnEdge column={column} sizing={sizing} onFit={() => fitColumn(column)} />
                )}
              </Heading>
            ))}
          </div>
        </div>
      </HeadingMenu>
      <ImageRows
        scroller={scroller}
        rows={rows}
        rowHeight={rowHeight}
        layout={layout}
        selection={selection}
        openedReference={openedReference}
        position={position}
      />
    </div>
  );
});

interface SelectAllProps {
  readonly checkState: CheckState;
  readonly isTabStop: boolean;
}

function SelectAll({ checkState, isTabStop }: SelectAllProps) {
  const isOn = checkState !== 'none';
  return (
    <div
      role="columnheader"
      className={classNames(styles.heading, styles.all)}
      data-column={0}
      tabIndex={isTabStop ? 0 : -1}
    >
      <VisuallyHidden>Select all</VisuallyHidden>
      <span className={classNames(styles.box, isOn && styles.isOn)}>
        {checkState === 'all' && <Check size={11} strokeWidth={3.5} aria-hidden="true" />}
        {checkState === 'mixed' && <Minus size={11} strokeWidth={3.5} aria-hidden="true" />}
      </span>
    </div>
  );
}

interface HeadingProps {
  readonly column: Column;
  readonly index: number;
  readonly sort: ImageSort;
  readonly isTabStop: boolean;
  /** The edge to size it by. */
  readonly children: ReactNode;
}

function Heading({ column, index, sort, isTabStop, children }: HeadingProps) {
  const isSorted = sort.column === column.name;
  const direction = sort.isAscending ? 'ascending' : 'descending';
  return (
    <div
      role="columnheader"
      className={styles.heading}
      data-column={index}
      aria-sort={isSorted ? direction : undefined}
      tabIndex={isTabStop ? 0 : -1}
    >
      <span className={styles.label}>{column.label}</span>
      {isSorted && sort.isAscending && <ArrowUp size={12} aria-hidden="true" />}
      {isSorted && !sort.isAscending && <ArrowDown size={12} aria-hidden="true" />}
      {children}
    </div>
  );
}

/** As a right click near the start of what has the focus: not every system makes one of the keys. */
function askForMenu(target: Element): void {
  const { left, bottom } = target.getBoundingClientRect();
  const place = { clientX: left + MENU_INDENT, clientY: bottom };
  target.dispatchEvent(new window.MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...place }));
}

const MENU_INDENT = 40;

/** By as little as shows the row whole. */
function scrollToRow(scroller: HTMLElement | null, row: number, rowHeight: number): void {
  if (scroller === null) return;
  const top = row * rowHeight;
  const lowest = top + rowHeight - scroller.clientHeight;
  scroller.scrollTop = Math.min(Math.max(scroller.scrollTop, lowest), top);
}

// biome-ignore-all lint/a11y/useSemanticElements: a virtual tree has no table elements; rows are placed one by one.
// biome-ignore-all lint/a11y/useFocusableInteractive: the tree has the focus and names the active row.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { TreeEntry } from '../../src-shared/domain/tree-entry.ts';
import { useMeasuredRows, useRowHeight } from '../settings/row-height.ts';
import { classNames, VisuallyHidden } from '../ui/index.ts';
import { parentOf } from './file-path.ts';
import { FileRow } from './file-row.tsx';
import styles from './file-tree.module.css';
import { moveInTree } from './tree-keys.ts';
import { findByPrefix, type TreeRow } from './tree-rows.ts';

/** Not below 24, which a target of the pointer needs. */
const ROW_HEIGHTS = { comfortable: 26, compact: 24 };
const HEADER_HEIGHT = 26;
/** Folders `*` opens at once: each is read from disk. */
const MOST_OPENED = 50;
/** Letters this far apart, in milliseconds, belong to one word. */
const TYPING_PAUSE = 700;

export interface FileTreeProps {
  readonly label: string;
  readonly rows: readonly TreeRow[];
  /** Path shown in the preview. */
  readonly selectedPath: string | null;
  /** Path of the row to go to, focus included, once it is there; each new object goes again. */
  readonly target: { readonly path: string } | null;
  readonly hasLayers: boolean;
  readonly onSelect: (entry: TreeEntry) => void;
  readonly onSetOpen: (path: string, isOpen: boolean) => void;
}

/**
 * Files as a WAI-ARIA tree grid with one tab stop: arrows move, open and close; letters jump to names; Enter shows
 * a file or opens a folder; `*` opens every folder beside the active one.
 */
export function FileTree(props: FileTreeProps) {
  const { label, rows, selectedPath, target, hasLayers, onSelect, onSetOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const rowHeight = useRowHeight(ROW_HEIGHTS);
  const [activePath, setActivePath] = useState<string | null>(null);
  const typed = useRef({ text: '', atMs: 0 });
  const found = rows.findIndex((row) => row.kind !== 'message' && row.path === activePath);
  const active = Math.max(found, 0);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: HEADER_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
  });
  useMeasuredRows(virtual, rowHeight);

  const goTo = (index: number) => {
    virtual.scrollToIndex(index, { align: 'auto' });
    setActivePath(rows[index]?.path ?? null);
  };
  const arrived = useRef<FileTreeProps['target']>(null);
  useEffect(() => {
    if (target === null || target === arrived.current) return;
    const index = rows.findIndex((row) => row.kind === 'entry' && row.path === target.path);
    if (index < 0) return;
    arrived.current = target;
    virtual.scrollToIndex(index, { align: 'center' });
    setActivePath(target.path);
    scroller.current?.focus({ preventScroll: true });
  }, [target, rows, virtual]);

  const toggle = (row: TreeRow) => {
    if (row.kind !== 'message' && row.isExpanded !== null) onSetOpen(row.path, !row.isExpanded);
  };
  const enter = (row: TreeRow | undefined) => {
    if (row === undefined || row.kind === 'message') return;
    toggle(row);
    if (row.kind === 'entry') onSelect(row.entry);
  };
  const openSiblings = () => {
    const around = parentOf(rows[active]?.path ?? '/');
    const closed = rows.filter(
      (row) => row.kind !== 'message' && row.isExpanded === false && parentOf(row.path) === around,
    );
    for (const row of closed.slice(0, MOST_OPENED)) onSetOpen(row.path, true);
  };
  const actOnKey = (event: KeyboardEvent): boolean => {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const move = moveInTree(rows, active, event.key, page);
    if (move !== null) {
      if (move.kind === 'go') goTo(move.to);
      else onSetOpen(rows[move.row]!.path, move.kind === 'open');
      return true;
    }
    if (event.key === 'Enter' || event.key === ' ') enter(rows[active]);
    else if (event.key === '*') openSiblings();
    else if (event.key.length === 1) typeAhead(event.key);
    else return false;
    return true;
  };
  const typeAhead = (key: string) => {
    const now = performance.now();
    const isGoingOn = now - typed.current.atMs < TYPING_PAUSE;
    typed.current = { text: isGoingOn ? typed.current.text + key : key, atMs: now };
    // While a word grows the row it is on may still be the one meant.
    const index = findByPrefix(rows, isGoingOn ? active - 1 : active, typed.current.text);
    if (index >= 0) goTo(index);
  };

  return (
    <div
      ref={scroller}
      role="treegrid"
      className={classNames(styles.tree, hasLayers && styles.withLayers)}
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={rows.length > 0 ? `${id}-${active}` : undefined}
      onKeyDown={(event) => actOnKey(event) && event.preventDefault()}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" className={classNames(styles.header, styles.columns)} aria-rowindex={1}>
          <div role="columnheader">
            <VisuallyHidden>Change</VisuallyHidden>
          </div>
          <div role="columnheader">Name</div>
          <div role="columnheader">Mode</div>
          <div role="columnheader" className={styles.owner}>
            Owner
          </div>
          <div role="columnheader" className={styles.size}>
            Size
          </div>
          {hasLayers && (
            <div role="columnheader" className={styles.layer}>
              Layer
            </div>
          )}
        </div>
      </div>
      <div
        role="rowgroup"
        className={styles.rows}
        style={{ height: virtual.getTotalSize(), '--row-height': `${rowHeight}px` } as CSSProperties}
      >
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index]!;
          return (
            <FileRow
              key={key}
              id={`${id}-${index}`}
              row={row}
              index={index}
              top={start - HEADER_HEIGHT}
              isActive={index === active}
              isSelected={row.kind === 'entry' && row.path === selectedPath}
              hasLayers={hasLayers}
              onClick={() => {
                setActivePath(row.path);
                enter(row);
              }}
              onToggle={() => {
                setActivePath(row.path);
                toggle(row);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

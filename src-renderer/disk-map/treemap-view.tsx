// biome-ignore-all lint/a11y/useFocusableInteractive: the map has the focus and names the active cell.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the map takes the keys.
import { type CSSProperties, type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import { toVisible } from '../detail/visible-text.ts';
import { classNames, useElementSize, useTypeAhead, VisuallyHidden } from '../ui/index.ts';
import { layCells, type MapCell, type MapOrder } from './map-cells.ts';
import { findTypedCell, moveOnMap } from './map-moves.ts';
import type { MapNode } from './map-tree.ts';
import { describeCell, shareOf } from './map-words.ts';
import styles from './treemap-view.module.css';

/** Pixels a cell needs for its name, and for its size below it. */
const NAMED = { width: 46, height: 20 };
const SIZED = { width: 66, height: 36 };
/** The room of a size, and of a letter of the title before it. */
const FRAME_SIZE_WIDTH = 88;
const FRAME_LETTER_WIDTH = 6.5;

export interface TreemapProps {
  /** What is zoomed into: its parts are drawn. */
  readonly node: MapNode;
  /** Where cells were last; kept up to date. */
  readonly order: MapOrder;
  /** A cell was chosen; `inside` is the open group it lies in. */
  readonly onChoose: (node: MapNode, inside: MapNode | null) => void;
  /** Escape: back out of the zoom. */
  readonly onLeave: () => void;
}

/** The treemap: one tab stop, arrows move between cells, Enter chooses. Fits whatever space it is given. */
export function Treemap({ node, order, onChoose, onLeave }: TreemapProps) {
  const area = useRef<HTMLDivElement>(null);
  const size = useElementSize(area);
  const id = useId();
  const hint = useId();
  const [activeId, setActiveId] = useState<string | null>(null);
  const [pointedId, setPointedId] = useState<string | null>(null);
  const cells = useMemo(
    () => (size === null ? [] : layCells(node, { x: 0, y: 0, ...size }, order)),
    [node, size, order],
  );
  const found = cells.findIndex((cell) => cell.node.id === activeId);
  const active = Math.max(0, found);
  const told = cells.find((cell) => cell.node.id === pointedId) ?? cells[active];

  const typeAhead = useTypeAhead((typed, from) => findTypedCell(cells, from, typed));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const typed = typeAhead(event.key, active);
    const next = typed >= 0 ? typed : moveOnMap(cells, active, event.key);
    const cell = cells[active];
    if (next !== null) {
      setPointedId(null);
      setActiveId(cells[next]!.node.id);
    } else if ((event.key === 'Enter' || event.key === ' ') && cell !== undefined)
      onChoose(cell.node, cell.frame);
    else if (event.key === 'Escape' || event.key === 'Backspace') onLeave();
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div
        ref={area}
        role="listbox"
        aria-label={`Map of ${node.label.toLowerCase()}`}
        aria-describedby={hint}
        aria-activedescendant={cells.length > 0 ? `${id}-${active}` : undefined}
        tabIndex={0}
        className={styles.map}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setPointedId(null)}
      >
        {cells.map((cell, index) => (
          <div
            key={cell.frame === null ? cell.node.id : `${cell.frame.id} ${cell.node.id}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            aria-label={describeCell(cell.node, node.bytes)}
            className={classNames(
              styles.cell,
              cell.isFrame ? styles.frame : styles[cell.node.color],
              index === active && styles.active,
              isChoosable(cell.node) && styles.choosable,
            )}
            style={styleOf(cell)}
            onPointerEnter={() => setPointedId(cell.node.id)}
            onClick={() => {
              setActiveId(cell.node.id);
              if (isChoosable(cell.node)) onChoose(cell.node, cell.frame);
            }}
          >
            <CellWords cell={cell} />
          </div>
        ))}
      </div>
      <VisuallyHidden>
        <span id={hint}>
          Arrow keys and the first letters of a name move between the cells, Enter opens one, Escape zooms
          out. The table has the same numbers.
        </span>
      </VisuallyHidden>
      {told !== undefined && (
        <p className={styles.told}>
          <strong className={styles.name}>
            <bdi>{toVisible(told.node.label)}</bdi>
          </strong>
          <span className={styles.about}>
            <bdi>{toVisible(told.node.about)}</bdi>
          </span>
          <span className={styles.exact}>
            {formatCount(told.node.bytes)} bytes · {shareOf(told.node.bytes, node.bytes)}
          </span>
        </p>
      )}
    </>
  );
}

function CellWords({ cell: { node, place, isFrame } }: { readonly cell: MapCell }) {
  if (place.width < NAMED.width || place.height < NAMED.height) return null;
  return (
    <>
      <span className={styles.label}>
        <bdi>{toVisible(node.shortLabel)}</bdi>
      </span>
      {/* Not drawn: keeps name and size apart where the words are read out. */ ' '}
      {(isFrame
        ? hasRoomForSize(node, place)
        : place.width >= SIZED.width && place.height >= SIZED.height) && (
        <span className={styles.size}>{formatBytes(node.bytes)}</span>
      )}
    </>
  );
}

/** The title of a group comes before its size. */
function hasRoomForSize({ shortLabel }: MapNode, place: MapCell['place']): boolean {
  return place.width >= FRAME_SIZE_WIDTH + shortLabel.length * FRAME_LETTER_WIDTH;
}

function isChoosable(node: MapNode): boolean {
  return node.target !== null || node.parts.length > 0;
}

function styleOf({ place }: MapCell): CSSProperties {
  return {
    transform: `translate(${place.x.toFixed(1)}px, ${place.y.toFixed(1)}px)`,
    width: place.width,
    height: place.height,
  };
}

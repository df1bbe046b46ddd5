import type { MouseEvent, PointerEvent } from 'react';
import styles from './column-edge.module.css';
import type { Column } from './columns.ts';
import type { ColumnSizing } from './use-column-sizing.ts';

export interface ColumnEdgeProps {
  readonly column: Column;
  readonly sizing: ColumnSizing;
  readonly onFit: () => void;
}

/**
 * The line before a column, to drag it wider or narrower; a double click fits it. For the pointer alone: the
 * keyboard and whoever cannot drag has keys on the heading, and its menu.
 */
export function ColumnEdge({ column, sizing, onFit }: ColumnEdgeProps) {
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    const { currentTarget: edge, clientX: start, pointerId } = event;
    let width = column.width;
    const move = (to: globalThis.PointerEvent) => {
      width = column.width + start - to.clientX;
      sizing.drag(column.name, width);
    };
    const end = () => {
      edge.removeEventListener('pointermove', move);
      if (width !== column.width) sizing.drop(column.name, width);
    };
    edge.setPointerCapture(pointerId);
    edge.addEventListener('pointermove', move);
    edge.addEventListener('lostpointercapture', end, { once: true });
    event.preventDefault();
  };
  return (
    <span
      aria-hidden="true"
      className={styles.edge}
      data-edge={column.name}
      onPointerDown={onPointerDown}
      onClick={stop}
      onDoubleClick={onFit}
    />
  );
}

/** A click on the heading would sort. */
function stop(event: MouseEvent): void {
  event.stopPropagation();
}

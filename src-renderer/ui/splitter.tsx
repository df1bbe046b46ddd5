import type { KeyboardEvent, PointerEvent } from 'react';
import styles from './splitter.module.css';

export interface SplitterProps {
  /** What it resizes: `Width of the details`. */
  readonly label: string;
  /** Pixels of the pane after it. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** What a double click goes back to. */
  readonly initial: number;
  readonly onChange: (value: number) => void;
}

const STEP = 16;

/** The line between two panes side by side: dragged, or moved by arrows, Home and End (the WAI-ARIA window splitter). */
export function Splitter({ label, value, min, max, initial, onChange }: SplitterProps) {
  const change = (next: number) => onChange(Math.round(Math.min(Math.max(next, min), max)));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') change(value + STEP);
    else if (event.key === 'ArrowRight') change(value - STEP);
    else if (event.key === 'Home') change(min);
    else if (event.key === 'End') change(max);
    else return;
    event.preventDefault();
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const { currentTarget: line, clientX: start, pointerId } = event;
    line.setPointerCapture(pointerId);
    const move = (to: globalThis.PointerEvent) => change(value + start - to.clientX);
    const end = () => line.removeEventListener('pointermove', move);
    line.addEventListener('pointermove', move);
    line.addEventListener('lostpointercapture', end, { once: true });
    event.preventDefault();
    line.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      role="separator"
      className={styles.splitter}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onDoubleClick={() => change(initial)}
    />
  );
}

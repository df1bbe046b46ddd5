import type { CSSProperties } from 'react';
import { classNames } from './class-names.ts';
import styles from './stacked-bar.module.css';

/** Blue: other images need it too. Amber: only this one. Violet: flat disks. Red: garbage. Grey: all else. */
export type ByteColor = 'shared' | 'own' | 'flat' | 'garbage' | 'other';

interface BarPart {
  readonly color: ByteColor;
  readonly bytes: number;
}

export interface StackedBarProps {
  readonly parts: readonly BarPart[];
  /** What the full width stands for; the sum of the parts when absent. */
  readonly of?: number;
  /** Pixels. */
  readonly height?: number;
  readonly hasGaps?: boolean;
}

/** Parts of a size side by side. A picture of numbers that stand beside it in words: hidden from screen readers. */
export function StackedBar({ parts, of, height = 8, hasGaps = false }: StackedBarProps) {
  const whole = Math.max(of ?? parts.reduce((sum, part) => sum + part.bytes, 0), 1);
  const isEmpty = parts.every((part) => part.bytes <= 0);
  return (
    <div
      className={classNames(styles.bar, hasGaps && styles.gapped)}
      style={{ '--bar-height': `${height}px` } as CSSProperties}
      aria-hidden="true"
    >
      {!isEmpty &&
        parts.map(
          (part) =>
            part.bytes > 0 && (
              <div
                key={part.color}
                className={classNames(styles.part, styles[part.color])}
                style={{ width: `max(2px, ${Math.min(100, (part.bytes / whole) * 100)}%)` }}
              />
            ),
        )}
    </div>
  );
}

/** The small square of a legend. */
export function Swatch({ color }: { readonly color: ByteColor }) {
  return <span className={classNames(styles.swatch, styles[color])} aria-hidden="true" />;
}

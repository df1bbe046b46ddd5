import type { ReactNode } from 'react';
import { formatCount } from '../../src-shared/domain/format.ts';
import styles from './chip.module.css';
import { classNames } from './class-names.ts';

export interface ChipProps {
  readonly children: ReactNode;
  /** `more`: stands for chips that did not fit, as in `+2`. */
  readonly kind?: 'tag' | 'more';
  readonly className?: string | undefined;
}

/** A tag, a position, a short token in the fixed-width face. */
export function Chip({ children, kind = 'tag', className }: ChipProps) {
  return (
    <span className={classNames(styles.chip, kind === 'more' && styles.plain, className)}>{children}</span>
  );
}

export interface FilterChipProps {
  readonly label: string;
  readonly title?: string | undefined;
  readonly count?: number | undefined;
  readonly isOn: boolean;
  readonly onToggle: () => void;
}

/** One choice of a row of filters; pressed while it applies. */
export function FilterChip({ label, title, count, isOn, onToggle }: FilterChipProps) {
  return (
    <button type="button" className={styles.filter} title={title} aria-pressed={isOn} onClick={onToggle}>
      {label}
      {count !== undefined && <span className={styles.count}>{formatCount(count)}</span>}
    </button>
  );
}

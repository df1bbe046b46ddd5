import type { CSSProperties } from 'react';
import styles from './spinner.module.css';
import { VisuallyHidden } from './visually-hidden.tsx';

export interface SpinnerProps {
  /** What is being waited for: `Reading layers`. */
  readonly label: string;
  /** Pixels. */
  readonly size?: number;
}

export function Spinner({ label, size = 16 }: SpinnerProps) {
  return (
    <span role="status">
      <span
        className={styles.spinner}
        style={{ '--spinner-size': `${size}px` } as CSSProperties}
        aria-hidden="true"
      />
      <VisuallyHidden>{label}</VisuallyHidden>
    </span>
  );
}

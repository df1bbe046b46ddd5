import { Progress as Base } from '@base-ui/react/progress';
import styles from './progress.module.css';

export interface ProgressProps {
  /** What is going on: `Removing files`. */
  readonly label: string;
  readonly done: number;
  /** 0 while it is not known how much there is. */
  readonly total: number;
  /** What stands at the right, also read out: `12 of 80 · 1.2 GB`. */
  readonly valueText: string;
}

export function Progress({ label, done, total, valueText }: ProgressProps) {
  return (
    <Base.Root
      className={styles.root}
      value={total > 0 ? Math.min(done, total) : null}
      max={Math.max(total, 1)}
      getAriaValueText={() => valueText}
    >
      <Base.Label className={styles.label}>{label}</Base.Label>
      <span className={styles.value} aria-hidden="true">
        {valueText}
      </span>
      <Base.Track className={styles.track}>
        <Base.Indicator className={styles.indicator} />
      </Base.Track>
    </Base.Root>
  );
}

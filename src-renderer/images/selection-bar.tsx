import { GitCompareArrows, Trash2 } from 'lucide-react';
import { formatCount } from '../../src-shared/domain/format.ts';
import { Button } from '../ui/index.ts';
import styles from './selection-bar.module.css';

export interface SelectionBarProps {
  readonly count: number;
  /** How many of them the filter or the find field hides. */
  readonly hiddenCount: number;
  readonly onRemove: () => void;
  /** Offered while exactly two are checked. */
  readonly onCompare: () => void;
  readonly onClear: () => void;
}

/** What can be done to the checked images; stands under the list while there are any. */
export function SelectionBar({ count, hiddenCount, onRemove, onCompare, onClear }: SelectionBarProps) {
  return (
    <section className={styles.bar} aria-label="Selected images">
      <p className={styles.words}>
        {formatCount(count)} selected
        {hiddenCount > 0 && (
          <span className={styles.hidden}>
            {hiddenCount === count ? 'not shown here' : `${formatCount(hiddenCount)} of them not shown here`}
          </span>
        )}
      </p>
      <Button variant="ghost" onClick={onClear}>
        Clear
      </Button>
      {count === 2 && (
        <Button icon={<GitCompareArrows size={15} />} onClick={onCompare}>
          Compare
        </Button>
      )}
      <Button variant="danger" icon={<Trash2 size={15} />} onClick={onRemove}>
        Remove {formatCount(count)}…
      </Button>
    </section>
  );
}

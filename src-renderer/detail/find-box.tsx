import { Search } from 'lucide-react';
import { classNames } from '../ui/index.ts';
import styles from './find-box.module.css';

export interface FindBoxProps {
  /** What is looked for, as name and placeholder: `Filter environment and labels`. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly className?: string | undefined;
}

/** A field that narrows the list below it. Escape empties it. */
export function FindBox({ label, value, onChange, className }: FindBoxProps) {
  return (
    <label className={classNames(styles.box, className)}>
      <Search size={14} aria-hidden="true" />
      <input
        type="search"
        className={styles.input}
        value={value}
        placeholder={label}
        aria-label={label}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || value === '') return;
          event.stopPropagation();
          onChange('');
        }}
      />
    </label>
  );
}

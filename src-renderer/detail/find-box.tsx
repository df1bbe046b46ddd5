import { Search, X } from 'lucide-react';
import { useRef } from 'react';
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
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={classNames(styles.box, className)}>
      <Search size={14} aria-hidden="true" />
      <input
        ref={input}
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
      {value !== '' && (
        <button
          type="button"
          className={styles.clear}
          aria-label="Clear"
          onClick={() => {
            onChange('');
            input.current?.focus();
          }}
        >
          <X size={13} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

import type { ReactNode } from 'react';
import styles from './option.module.css';

export interface OptionProps {
  /** One of several, or one that is on or off. */
  readonly type: 'radio' | 'checkbox';
  /** Of radio buttons: what those of one group have in common. */
  readonly name?: string;
  readonly isChosen: boolean;
  readonly onChange: (isChosen: boolean) => void;
  /** What it is called, where its words tell its state. */
  readonly label?: string;
  /** Its words. */
  readonly children: ReactNode;
}

/** A radio button or a checkbox with its words beside it. */
export function Option({ type, name, isChosen, onChange, label, children }: OptionProps) {
  return (
    <label className={styles.option}>
      <input
        type={type}
        name={name}
        checked={isChosen}
        aria-label={label}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}

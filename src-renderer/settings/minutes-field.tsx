import { useState } from 'react';
import styles from './settings-dialog.module.css';

export interface MinutesFieldProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (minutes: number) => void;
}

/** A number of minutes to type. Anything else is marked, and what was there before holds on. */
export function MinutesField({ label, value, least, most, onChange }: MinutesFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? String(value);
  const minutes = Number(text.replace(',', '.'));
  const isValid = /^\s*\d+(?:[.,]\d+)?\s*$/.test(text) && minutes >= least && minutes <= most;
  const commit = () => {
    if (isValid && minutes !== value) onChange(minutes);
    setTyped(null);
  };
  return (
    <span className={styles.minutes}>
      <input
        type="text"
        inputMode="decimal"
        className={styles.number}
        aria-label={label}
        aria-invalid={!isValid}
        title={isValid ? undefined : `A number from ${least} to ${most}`}
        value={text}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
      minutes
    </span>
  );
}

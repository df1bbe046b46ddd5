import { useState } from 'react';
import { classNames } from '../ui/index.ts';
import styles from './number-pill.module.css';
import { FIELD_BOUNDS, type NumberField, parseField } from './prune-rule.ts';

export interface NumberPillProps {
  readonly field: NumberField;
  /** What the number is, for its name. */
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  readonly isDisabled?: boolean;
  /** Called with every number that makes sense while typing. */
  readonly onChange: (value: number) => void;
}

/** A number in a sentence, typed over in place. What makes no sense is marked, and put back on leaving. */
export function NumberPill({ field, label, value, unit, isDisabled = false, onChange }: NumberPillProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const { least, most, isFractional } = FIELD_BOUNDS[field];
  const text = typed ?? String(value);
  const isWrong = parseField(field, text) === null;
  return (
    <label className={classNames(styles.pill, isWrong && styles.wrong)}>
      <input
        type="number"
        aria-label={label}
        aria-invalid={isWrong}
        className={styles.number}
        min={least}
        max={most}
        step={isFractional ? 'any' : 1}
        disabled={isDisabled}
        value={text}
        onChange={(event) => {
          setTyped(event.target.value);
          const next = parseField(field, event.target.value);
          if (next !== null) onChange(next);
        }}
        onBlur={() => setTyped(null)}
      />
      <span aria-hidden="true">{unit}</span>
    </label>
  );
}

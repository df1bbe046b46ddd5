import { useId } from 'react';
import type { Plan } from '../../src-shared/domain/plan.ts';
import { useUsage } from '../app/queries.ts';
import { countOf } from '../detail/count-words.ts';
import { HiddenLegend, Option } from '../ui/index.ts';
import styles from './undo-control.module.css';
import { spaceWarning } from './undo-words.ts';
import type { UndoChoice } from './use-undo-choice.ts';

export interface UndoControlProps {
  readonly choice: UndoChoice;
  /** What is about to go. */
  readonly plan: Plan;
}

/** Before a removal: keep what goes for a while, or have its space at once. */
export function UndoControl({ choice, plan }: UndoControlProps) {
  const name = useId();
  const { offeredMinutes, undoMinutes, keep } = choice;
  const freeSpace = useUsage().data?.freeSpaceBytes ?? null;
  const warning = undoMinutes > 0 ? spaceWarning(freeSpace, plan) : null;
  if (plan.items.length === 0) return null;
  const option = (isKept: boolean, label: string) => (
    <Option type="radio" name={name} isChosen={undoMinutes > 0 === isKept} onChange={() => keep(isKept)}>
      {label}
    </Option>
  );
  return (
    <fieldset className={styles.control}>
      <HiddenLegend>What becomes of the files</HiddenLegend>
      {option(true, `Keep for undo for ${countOf(offeredMinutes, 'minute')}`)}
      {option(false, 'Free the space at once')}
      {warning !== null && <p className={styles.warning}>{warning}</p>}
    </fieldset>
  );
}

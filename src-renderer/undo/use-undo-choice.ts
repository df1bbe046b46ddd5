import { useState } from 'react';
import { DEFAULT_SETTINGS } from '../../src-shared/domain/settings.ts';
import { useSettings } from '../settings/settings-store.ts';

/** Whether what is about to go is kept for undo, and for how long: as the settings say until a person chooses. */
export interface UndoChoice {
  /** What keeping would be. */
  readonly offeredMinutes: number;
  /** What is chosen; 0 frees the space at once. */
  readonly undoMinutes: number;
  readonly keep: (isKept: boolean) => void;
}

export function useUndoChoice(): UndoChoice {
  const inSettings = (useSettings() ?? DEFAULT_SETTINGS).undoMinutes;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const offeredMinutes = inSettings > 0 ? inSettings : DEFAULT_SETTINGS.undoMinutes;
  const isKept = chosen ?? inSettings > 0;
  return { offeredMinutes, undoMinutes: isKept ? offeredMinutes : 0, keep: setChosen };
}

import { useEffect } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { Progress as Step } from '../../src-shared/domain/plan.ts';
import { announce, Progress } from '../ui/index.ts';

export interface ApplyProgressProps {
  readonly progress: Step | null;
  readonly isStopping: boolean;
}

/** How far a removal is, in items and bytes. */
export function ApplyProgress({ progress, isStopping }: ApplyProgressProps) {
  const label = isStopping ? 'Stopping after the item at hand' : labelOf(progress);
  useEffect(() => announce(label), [label]);
  if (progress === null) return <Progress label={label} done={0} total={0} valueText="" />;
  const { doneItems, totalItems, doneBytes, totalBytes } = progress;
  const isByBytes = progress.step === 'files' && totalBytes > 0;
  return (
    <Progress
      label={label}
      done={isByBytes ? doneBytes : doneItems}
      total={isByBytes ? totalBytes : totalItems}
      valueText={`${formatCount(doneItems)} of ${formatCount(totalItems)} · ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`}
    />
  );
}

function labelOf(progress: Step | null): string {
  switch (progress?.step) {
    case undefined:
    case 'checking':
      return 'Checking that nothing has changed';
    case 'rows':
      return 'Removing from the database';
    case 'files':
      return 'Removing files';
  }
}

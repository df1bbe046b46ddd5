import type { UndoEntry } from '../../src-shared/domain/undo.ts';
import { useCall, useUsage } from '../app/queries.ts';

const NOTHING = {};

/** What removals of this cache set aside. */
export interface SetAsideNow {
  /** Allocated bytes: removed, and not free before they are emptied. */
  readonly bytes: number;
  /** The last removal that can be undone; undefined when there is none, or it is not known yet. */
  readonly newest: UndoEntry | undefined;
}

export function useSetAside(): SetAsideNow {
  const lines = useUsage().data?.lines ?? [];
  const bytes = lines.find(({ category }) => category === 'set-aside')?.allocatedBytes ?? 0;
  const entries = useCall('undo.list', bytes > 0 ? NOTHING : null).data ?? [];
  return { bytes, newest: bytes > 0 ? entries.find(({ problem }) => problem === null) : undefined };
}

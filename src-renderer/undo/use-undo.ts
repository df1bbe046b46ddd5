import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { formatBytes } from '../../src-shared/domain/format.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { useClient } from '../app/client-context.ts';
import { countOf } from '../detail/count-words.ts';
import { announce } from '../ui/index.ts';

export interface Undo {
  readonly isBusy: boolean;
  /** Why the last attempt failed; nothing was changed then. */
  readonly error: CacheError | null;
  /** Brings back rows and files of a removal. True when they are back. */
  readonly restore: (id: string) => Promise<boolean>;
  /** Frees what one removal set aside, or for null all of them. */
  readonly empty: (id: string | null) => Promise<boolean>;
}

/** Undoing removals, and giving up that possibility for the space. */
export function useUndo(): Undo {
  const client = useClient();
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<CacheError | null>(null);

  const attempt = async (act: () => Promise<CacheError | string>): Promise<boolean> => {
    setBusy(true);
    setError(null);
    const outcome = await act();
    setBusy(false);
    if (typeof outcome === 'string') announce(outcome);
    else setError(outcome);
    await queries.invalidateQueries();
    return typeof outcome === 'string';
  };
  return {
    isBusy,
    error,
    restore: (id) =>
      attempt(async () => {
        const result = await client.call('undo.restore', { id });
        if (!result.ok) return result.error;
        const { references, files } = result.value;
        const images = references.length > 0 ? `${countOf(references.length, 'image')} with ` : '';
        return `Brought back ${images}${countOf(files, 'file')}.`;
      }),
    empty: (id) =>
      attempt(async () => {
        const result = await client.call('undo.empty', id === null ? { all: true } : { id });
        if (!result.ok) return result.error;
        return [`Freed ${formatBytes(result.value.bytesFreed)}.`, ...result.value.leftAlone].join(' ');
      }),
  };
}

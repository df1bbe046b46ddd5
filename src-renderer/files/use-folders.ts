import { useQueries } from '@tanstack/react-query';
import type { DirectoryListing } from '../../src-shared/domain/tree-entry.ts';
import { useClient } from '../app/client-context.ts';
import { explainError } from '../app/error-text.ts';
import { type CallFailure, unwrap } from '../client.ts';
import type { FolderState } from './tree-rows.ts';
import type { TreeSource } from './tree-source.ts';

/** What is known of these folders, by path; those not read yet are being read. */
export function useFolders(tree: TreeSource, paths: readonly string[]): ReadonlyMap<string, FolderState> {
  const client = useClient();
  const results = useQueries({
    queries: paths.map((path) => ({
      // The key useCall gives the same call.
      queryKey: ['files.list', { ...tree, path }],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        unwrap(await client.call('files.list', { ...tree, path }, { signal })),
      structuralSharing: false,
    })),
  });
  return new Map(paths.map((path, index) => [path, stateOf(results[index]!)]));
}

function stateOf(result: {
  readonly data: DirectoryListing | undefined;
  readonly error: Error | null;
}): FolderState {
  if (result.data !== undefined) return { kind: 'read', listing: result.data };
  if (result.error === null) return { kind: 'loading' };
  const { title, details } = explainError((result.error as CallFailure).error);
  return { kind: 'failed', message: [title, ...details].join(' ') };
}

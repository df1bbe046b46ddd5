import { useMemo, useState } from 'react';
import type { TreeEntry } from '../../src-shared/domain/tree-entry.ts';
import { explainError } from '../app/error-text.ts';
import { useCall } from '../app/queries.ts';
import { expandTo, flattenTree, growTree, type TreeRow } from './tree-rows.ts';
import type { TreeSource } from './tree-source.ts';
import { useFolders } from './use-folders.ts';
import { useSettled } from './use-settled.ts';

/** Most entries a filter shows: nobody looks through more. */
const SEARCH_LIMIT = 5_000;

/** What narrows the tree. */
export interface TreeFilter {
  /** Part of a name, any case. */
  readonly query: string;
  readonly minimumBytes: number;
  readonly changesOnly: boolean;
}

export const NO_FILTER: TreeFilter = { query: '', minimumBytes: 0, changesOnly: false };

export interface FileTree {
  readonly rows: readonly TreeRow[];
  /** True while what is shown comes from a filter. */
  readonly isFiltered: boolean;
  readonly isSearching: boolean;
  /** Entries the filter found beyond what is shown. */
  readonly omitted: number;
  readonly setOpen: (path: string, isOpen: boolean) => void;
  /** Opens every folder on the way to a path. */
  readonly reveal: (path: string) => void;
}

/** The rows of a tree: of open folders, or of what a filter found. */
export function useFileTree(tree: TreeSource, filter: TreeFilter): FileTree {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const settled = useSettled(filter, 200);
  const isFiltered = filter.query.trim() !== '' || filter.minimumBytes > 0 || filter.changesOnly;
  const search = useCall(
    'files.search',
    isFiltered ? { ...tree, ...settled, query: settled.query.trim(), limit: SEARCH_LIMIT } : null,
  );
  const folders = useFolders(tree, ['/', ...expanded]);
  const found = search.data?.entries;
  const rows = useMemo(() => {
    if (!isFiltered) return flattenTree(folders, expanded);
    if (search.error !== null) return [sentence(explainError(search.error.error).title, 'danger')];
    return found === undefined
      ? [sentence('Looking through every file…', 'quiet')]
      : rowsFound(found, collapsed);
  }, [isFiltered, folders, expanded, found, collapsed, search.error]);

  return {
    rows,
    isFiltered,
    isSearching: isFiltered && (search.isFetching || settled !== filter),
    omitted: isFiltered ? (search.data?.omitted ?? 0) : 0,
    setOpen(path, isOpen) {
      if (isFiltered) setCollapsed((previous) => withMember(previous, path, !isOpen));
      else setExpanded((previous) => withMember(previous, path, isOpen));
    },
    reveal: (path) => setExpanded((previous) => withMember(expandTo(previous, path), '/', false)),
  };
}

function rowsFound(found: readonly TreeEntry[], collapsed: ReadonlySet<string>): readonly TreeRow[] {
  return found.length === 0 ? [sentence('Nothing matches the filter.', 'quiet')] : growTree(found, collapsed);
}

function sentence(text: string, tone: 'quiet' | 'danger'): TreeRow {
  return { kind: 'message', path: '/', level: 1, position: 1, setSize: 1, text, tone };
}

function withMember(set: ReadonlySet<string>, member: string, isMember: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (isMember) next.add(member);
  else next.delete(member);
  return next;
}

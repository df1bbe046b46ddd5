import type { DirectoryListing, TreeEntry } from '../../src-shared/domain/tree-entry.ts';
import { ancestorsOf, listCrumbs, parentOf } from './file-path.ts';

/** One row of the tree grid. `level` is 1 for the entries of the root, as WAI-ARIA counts. */
export type TreeRow =
  | (Placed & { readonly kind: 'entry'; readonly entry: TreeEntry; readonly isExpanded: boolean | null })
  /** A folder shown only because something below it was found. */
  | (Placed & { readonly kind: 'way'; readonly name: string; readonly isExpanded: boolean })
  /** A sentence in place of entries: being read, empty, damaged, or more than an answer holds. */
  | (Placed & { readonly kind: 'message'; readonly text: string; readonly tone: 'quiet' | 'danger' });

interface Placed {
  /** Path of the entry; of a message, the folder it is about. */
  readonly path: string;
  readonly level: number;
  /** 1-based place among its siblings, and how many they are. */
  readonly position: number;
  readonly setSize: number;
}

/** What is known of one folder. */
export type FolderState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'read'; readonly listing: DirectoryListing };

/**
 * The rows of a tree of which folders are read as they are opened.
 *
 * @param folders what is known, by path; a folder that is absent counts as being read
 * @param expanded paths of open folders
 */
export function flattenTree(
  folders: ReadonlyMap<string, FolderState>,
  expanded: ReadonlySet<string>,
): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  // A stack of what is still to be written, not recursion: an image may nest folders thousands deep.
  const stack: TreeRow[] = [];
  pushReversed(stack, rowsOfFolder('/', 1, folders.get('/'), expanded));
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    rows.push(row);
    if (row.kind === 'entry' && row.isExpanded === true) {
      pushReversed(stack, rowsOfFolder(row.path, row.level + 1, folders.get(row.path), expanded));
    }
  }
  return rows;
}

function rowsOfFolder(
  path: string,
  level: number,
  state: FolderState | undefined,
  expanded: ReadonlySet<string>,
): TreeRow[] {
  if (state === undefined || state.kind === 'loading') return [message(path, level, 'Reading…', 'quiet')];
  if (state.kind === 'failed') return [message(path, level, state.message, 'danger')];
  const { entries, omitted, damage } = state.listing;
  const rows: TreeRow[] = entries.map((entry, index) => ({
    kind: 'entry',
    entry,
    path: entry.path,
    level,
    position: index + 1,
    setSize: entries.length,
    isExpanded: canOpen(entry) ? expanded.has(entry.path) : null,
  }));
  if (damage !== null) rows.unshift(message(path, level, damage, 'danger'));
  if (omitted > 0) {
    rows.push(
      message(path, level, `${omitted.toLocaleString('en')} more entries: filter to see them`, 'quiet'),
    );
  }
  if (rows.length === 0) rows.push(message(path, level, 'Empty', 'quiet'));
  return rows;
}

/** A removed directory can be opened too: what is below it was removed with it. */
function canOpen(entry: TreeEntry): boolean {
  return entry.type === 'directory' && !entry.isWhiteout;
}

/**
 * The rows of a search: what was found, in its place in the tree. Folders on the way that were not found
 * themselves are shown as such.
 *
 * @param found in any order
 * @param collapsed paths of folders a person closed: everything else is open
 */
export function growTree(found: readonly TreeEntry[], collapsed: ReadonlySet<string>): readonly TreeRow[] {
  const byPath = new Map(found.map((entry) => [entry.path, entry]));
  const children = new Map<string, Set<string>>();
  for (const { path } of found) {
    for (
      let child = path, parent = parentOf(path);
      parent !== null;
      child = parent, parent = parentOf(parent)
    ) {
      const siblings = children.get(parent) ?? new Set();
      children.set(parent, siblings);
      if (siblings.has(child)) break;
      siblings.add(child);
    }
  }
  const rows: TreeRow[] = [];
  const stack: TreeRow[] = [];
  const open = (path: string, level: number) => {
    const below = [...(children.get(path) ?? [])].sort();
    const next = below.map((child, index): TreeRow => {
      const placed = { path: child, level, position: index + 1, setSize: below.length };
      const entry = byPath.get(child);
      const isExpanded = children.has(child) ? !collapsed.has(child) : null;
      return entry === undefined
        ? { ...placed, kind: 'way', name: listCrumbs(child).at(-1)!.name, isExpanded: isExpanded === true }
        : { ...placed, kind: 'entry', entry, isExpanded };
    });
    pushReversed(stack, next);
  };
  open('/', 1);
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    rows.push(row);
    if (row.kind !== 'message' && row.isExpanded === true) open(row.path, row.level + 1);
  }
  return rows;
}

/** One by one: spreading as many arguments as a folder may have entries overflows the call stack. */
function pushReversed(stack: TreeRow[], rows: readonly TreeRow[]): void {
  for (let index = rows.length - 1; index >= 0; index -= 1) stack.push(rows[index]!);
}

/** Where the row of the folder that contains `row` is; -1 at the top. */
export function indexOfParent(rows: readonly TreeRow[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let above = index - 1; above >= 0; above -= 1) if (rows[above]!.level < level) return above;
  return -1;
}

/** The next row, after `from` and round again, whose name begins with what was typed; -1 when there is none. */
export function findByPrefix(rows: readonly TreeRow[], from: number, typed: string): number {
  const wanted = typed.toLowerCase();
  for (let step = 1; step <= rows.length; step += 1) {
    const index = (from + step) % rows.length;
    const row = rows[index]!;
    const name = row.kind === 'entry' ? row.entry.name : row.kind === 'way' ? row.name : '';
    if (name.toLowerCase().startsWith(wanted)) return index;
  }
  return -1;
}

/** The open folders with those added that must be open for `path` to show. */
export function expandTo(expanded: ReadonlySet<string>, path: string): ReadonlySet<string> {
  return new Set([...expanded, ...ancestorsOf(path)]);
}

function message(path: string, level: number, text: string, tone: 'quiet' | 'danger'): TreeRow {
  return { kind: 'message', path, level, position: 1, setSize: 1, text, tone };
}

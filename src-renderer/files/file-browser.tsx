import { useEffect, useState } from 'react';
import { formatCount } from '../../src-shared/domain/format.ts';
import type { ImageLayer } from '../../src-shared/domain/layer.ts';
import type { TreeEntry } from '../../src-shared/domain/tree-entry.ts';
import { useCall } from '../app/queries.ts';
import { FindBox } from '../detail/find-box.tsx';
import { announce, ErrorNotice, FilterChip, Notice, Spinner } from '../ui/index.ts';
import { EfficiencyCard } from './efficiency-card.tsx';
import styles from './file-browser.module.css';
import { ancestorsOf, parentOf, toPlainPath } from './file-path.ts';
import { FileTree } from './file-tree.tsx';
import { PathBar } from './path-bar.tsx';
import { PreviewPane } from './preview-pane.tsx';
import type { TreeRow } from './tree-rows.ts';
import type { TreeSource } from './tree-source.ts';
import { NO_FILTER, useFileTree } from './use-file-tree.ts';

const SIZES: readonly { readonly bytes: number; readonly label: string }[] = [
  { bytes: 0, label: 'Any size' },
  { bytes: 100_000, label: '100 kB or more' },
  { bytes: 1_000_000, label: '1 MB or more' },
  { bytes: 10_000_000, label: '10 MB or more' },
  { bytes: 100_000_000, label: '100 MB or more' },
];

export interface FileBrowserProps {
  readonly tree: TreeSource;
  /** The layers of the image whose files are merged; none for one layer's files. */
  readonly layers?: readonly ImageLayer[];
}

/** The files of an image or of one layer: the tree, what narrows it, and the chosen file. */
export function FileBrowser({ tree, layers = [] }: FileBrowserProps) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [selected, setSelected] = useState<TreeEntry | null>(null);
  const [target, setTarget] = useState<{ readonly path: string } | null>(null);
  const files = useFileTree(tree, filter);
  const root = useCall('files.list', { ...tree, path: '/' });
  const missing = useMissing(target, files.rows, files.isFiltered);
  const isMerged = 'reference' in tree;

  const goTo = (path: string) => {
    setFilter(NO_FILTER);
    files.reveal(path);
    setTarget({ path });
    if (path === '/') setSelected(null);
  };
  // Going to a path chooses it as a click would, once its row is there.
  useEffect(() => {
    if (target === null || files.isFiltered) return;
    const row = files.rows.find((one) => one.kind === 'entry' && one.path === target.path);
    if (row?.kind === 'entry') setSelected(row.entry);
  }, [target, files.rows, files.isFiltered]);

  if (root.error !== null && root.data === undefined) {
    return <ErrorNotice error={root.error.error} onRetry={() => void root.refetch()} />;
  }
  if (root.data?.entries.length === 0 && root.data.damage !== null) {
    return (
      <Notice kind="danger" role="alert" title="The files cannot be shown: what holds them is damaged.">
        <p>{root.data.damage}</p>
        <p>Other images are not affected. Pull the image again to repair it, or remove it.</p>
      </Notice>
    );
  }
  return (
    <div className={styles.browser}>
      {isMerged && <EfficiencyCard reference={tree.reference} onGoTo={goTo} />}
      <div className={styles.filters}>
        <FindBox
          className={styles.find}
          label="Filter by name"
          value={filter.query}
          onChange={(query) => setFilter({ ...filter, query })}
        />
        <select
          className={styles.select}
          aria-label="Size of files"
          value={filter.minimumBytes}
          onChange={(event) => setFilter({ ...filter, minimumBytes: Number(event.target.value) })}
        >
          {SIZES.map(({ bytes, label }) => (
            <option key={bytes} value={bytes}>
              {label}
            </option>
          ))}
        </select>
        {isMerged && (
          <FilterChip
            label="Changes only"
            isOn={filter.changesOnly}
            onToggle={() => setFilter({ ...filter, changesOnly: !filter.changesOnly })}
          />
        )}
      </div>
      <PathBar path={selected?.path ?? '/'} onGoTo={goTo} />
      {missing !== null && (
        <p className={styles.missing} role="alert">
          There is no {missing} here.
        </p>
      )}
      <div className={styles.panes}>
        <div className={styles.treePane}>
          <FileTree
            label={isMerged ? 'Files of the image' : 'Files of the layer'}
            rows={files.rows}
            selectedPath={selected?.path ?? null}
            target={target}
            hasLayers={isMerged}
            onSelect={(entry) => {
              setTarget(null);
              setSelected(entry);
            }}
            onSetOpen={files.setOpen}
          />
          {files.isFiltered && (
            <p className={styles.status}>
              {files.isSearching && <Spinner label="Looking through every file" size={12} />}
              {files.omitted > 0 &&
                `${formatCount(files.omitted)} more match: narrow the filter to see them.`}
            </p>
          )}
        </div>
        {selected !== null && (
          <PreviewPane
            key={selected.path}
            tree={whereContentsAre(tree, selected, layers)}
            entry={selected}
            onGoTo={goTo}
            onClose={() => setSelected(null)}
          />
        )}
      </div>
    </div>
  );
}

/** What a layer removed can no longer be read in the merged view, but still in the layer it came from. */
function whereContentsAre(tree: TreeSource, entry: TreeEntry, layers: readonly ImageLayer[]): TreeSource {
  if (entry.change !== 'removed') return tree;
  const layer = layers.find((one) => one.position === entry.position);
  return layer === undefined ? tree : { diffId: layer.diffId };
}

/** The path asked for, decoded, when every folder on the way has been read and it is not there; else null. */
function useMissing(
  target: { readonly path: string } | null,
  rows: readonly TreeRow[],
  isFiltered: boolean,
): string | null {
  const path = target?.path ?? '/';
  const isThere = path === '/' || rows.some((row) => row.kind === 'entry' && row.path === path);
  const isReading = rows.some(
    (row) => row.kind === 'message' && row.text === 'Reading…' && ancestorsOf(path).includes(row.path),
  );
  const isMissing = !isThere && !isReading && !isFiltered && parentOf(path) !== null;
  const missing = isMissing ? toPlainPath(path) : null;
  useEffect(() => {
    if (missing !== null) announce(`There is no ${missing} here.`);
  }, [missing]);
  return missing;
}

// biome-ignore-all lint/a11y/useSemanticElements: a virtual tree has no table elements; rows are placed one by one.
// biome-ignore-all lint/a11y/useFocusableInteractive: the tree has the focus and names the active row.
import { ChevronRight, Folder, FolderOpen, TriangleAlert } from 'lucide-react';
import type { CSSProperties } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { Change, TreeEntry } from '../../src-shared/domain/tree-entry.ts';
import { classNames, VisuallyHidden } from '../ui/index.ts';
import { FileIcon, TYPE_WORDS } from './file-icon.tsx';
import styles from './file-tree.module.css';
import { formatMode, formatOctal } from './mode-string.ts';
import type { TreeRow } from './tree-rows.ts';

export interface FileRowProps {
  readonly id: string;
  readonly row: TreeRow;
  readonly index: number;
  /** Pixels from the top of the rows. */
  readonly top: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  /** Shows which layer provides each entry: in an image's merged view. */
  readonly hasLayers: boolean;
  readonly onClick: () => void;
  readonly onToggle: () => void;
}

export function FileRow(props: FileRowProps) {
  const { id, row, index, top, isActive, isSelected, hasLayers, onClick } = props;
  const entry = row.kind === 'entry' ? row.entry : null;
  const isExpanded = row.kind === 'message' ? null : row.isExpanded;
  const isGone = entry !== null && (entry.change === 'removed' || entry.isWhiteout);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys.
    <div
      id={id}
      role="row"
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.setSize}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-expanded={isExpanded ?? undefined}
      className={classNames(
        styles.row,
        styles.columns,
        isActive && styles.active,
        isSelected && styles.selected,
        isGone && styles.gone,
      )}
      style={{ transform: `translateY(${top}px)`, '--level': row.level } as CSSProperties}
      onClick={onClick}
    >
      {row.kind === 'message' ? (
        <div
          role="gridcell"
          className={classNames(styles.message, row.tone === 'danger' && styles.danger)}
          title={row.text}
        >
          {row.text}
        </div>
      ) : (
        <>
          <div role="gridcell" className={styles.mark}>
            {entry !== null && <ChangeMark entry={entry} />}
          </div>
          <NameCell {...props} />
          {entry !== null && <Details entry={entry} hasLayers={hasLayers} />}
        </>
      )}
    </div>
  );
}

function NameCell({ row, onToggle }: FileRowProps) {
  if (row.kind === 'message') return null;
  const entry = row.kind === 'entry' ? row.entry : null;
  const name = row.kind === 'entry' ? row.entry.name : row.name;
  return (
    <div role="gridcell" className={styles.name} title={entry?.damage ?? name}>
      {row.isExpanded === null ? (
        <span className={styles.noChevron} />
      ) : (
        <span
          className={styles.chevron}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          <ChevronRight size={13} />
        </span>
      )}
      {entry === null ? (
        <FolderGlyph isOpen={row.isExpanded === true} />
      ) : (
        <FileIcon entry={entry} isOpen={row.isExpanded === true} className={styles.icon} />
      )}
      <bdi className={styles.text}>{name}</bdi>
      {entry?.target != null && (
        <span className={styles.target}>
          → <bdi>{entry.target}</bdi>
        </span>
      )}
      {entry?.isOpaque === true && (
        <span className={styles.tag} title="Hides everything lower layers have in this folder">
          opaque
        </span>
      )}
      {entry?.damage != null && (
        <span className={styles.damage}>
          <TriangleAlert size={13} aria-hidden="true" />
          <VisuallyHidden>{entry.damage}</VisuallyHidden>
        </span>
      )}
    </div>
  );
}

function FolderGlyph({ isOpen }: { readonly isOpen: boolean }) {
  const Icon = isOpen ? FolderOpen : Folder;
  return <Icon size={15} className={styles.icon} aria-hidden="true" />;
}

function Details({ entry, hasLayers }: { readonly entry: TreeEntry; readonly hasLayers: boolean }) {
  return (
    <>
      <div
        role="gridcell"
        className={styles.mode}
        title={`${TYPE_WORDS[entry.type]}, mode ${formatOctal(entry.mode)}`}
      >
        {formatMode(entry.mode)}
      </div>
      <div role="gridcell" className={styles.owner}>
        {entry.uid}:{entry.gid}
      </div>
      <div role="gridcell" className={styles.size} title={sizeTitle(entry)}>
        {sizeText(entry)}
      </div>
      {hasLayers && (
        <div role="gridcell" className={styles.layer} title={layerTitle(entry)}>
          {entry.removedBy ?? entry.position ?? ''}
        </div>
      )}
    </>
  );
}

const LETTERS: Readonly<Record<Change, readonly [letter: string, words: string]>> = {
  added: ['A', 'added'],
  modified: ['M', 'modified'],
  removed: ['D', 'removed'],
  unchanged: ['', ''],
};

function ChangeMark({ entry }: { readonly entry: TreeEntry }) {
  const change = entry.isWhiteout ? 'removed' : entry.change;
  const [letter, words] = LETTERS[change];
  if (letter === '') return null;
  return (
    <span className={styles[change]} title={words}>
      <span aria-hidden="true">{letter}</span>
      <VisuallyHidden>{words}</VisuallyHidden>
    </span>
  );
}

function sizeText(entry: TreeEntry): string {
  if (entry.device !== null && !entry.isWhiteout) return `${entry.device.major}, ${entry.device.minor}`;
  if (entry.type !== 'regular' && entry.type !== 'directory') return '—';
  return formatBytes(entry.sizeBytes);
}

function sizeTitle(entry: TreeEntry): string | undefined {
  if (entry.device !== null) return `device ${entry.device.major}, ${entry.device.minor}`;
  if (entry.sizeBytes === null) return undefined;
  const hidden = entry.hiddenBytes ?? 0;
  const more = hidden > 0 ? `, hiding ${formatCount(hidden)} bytes of lower layers` : '';
  return `${formatCount(entry.sizeBytes)} bytes${more}`;
}

function layerTitle(entry: TreeEntry): string | undefined {
  if (entry.position === null) return undefined;
  const from = `from layer ${entry.position}`;
  return entry.removedBy === undefined ? from : `${from}, removed by layer ${entry.removedBy}`;
}

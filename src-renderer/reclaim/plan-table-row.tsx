import {
  ArchiveX,
  ChevronRight,
  FileClock,
  FileCog,
  FileJson,
  FileQuestionMark,
  FileWarning,
  HardDrive,
  Image,
  Layers,
  type LucideIcon,
  Pin,
  PinOff,
} from 'lucide-react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { KeptItem, PlanItem, PlanItemKind } from '../../src-shared/domain/plan.ts';
import { countOf } from '../detail/count-words.ts';
import { SafeReference } from '../detail/safe-reference.tsx';
import { SafeText } from '../detail/safe-text.tsx';
import { shortenName } from '../detail/short-name.ts';
import { toVisible } from '../detail/visible-text.ts';
import { nameKind } from '../dialogs/plan-groups.ts';
import { classNames, IconButton } from '../ui/index.ts';
import type { GoingRow } from './plan-rows.ts';
import styles from './plan-table.module.css';

/** A row as the table shows it; `name` identifies what it is about. */
export type TableRow =
  | { readonly kind: 'going'; readonly name: string; readonly row: GoingRow }
  /** What goes along with the row above. */
  | { readonly kind: 'part'; readonly name: string; readonly item: PlanItem }
  | { readonly kind: 'kept'; readonly name: string; readonly item: KeptItem };

export interface PlanTableRowProps {
  readonly row: TableRow;
  /** 0-based place among all rows. */
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly isOpen: boolean;
  readonly onToggle: (name: string) => void;
  readonly onPin: ((reference: string) => void) | null;
}

export function PlanTableRow({ row, index, top, isOpen, onToggle, onPin }: PlanTableRowProps) {
  const item = row.kind === 'going' ? row.row.item : row.item;
  const bytes = row.kind === 'going' ? row.row.bytes : item.allocatedBytes;
  const isKept = row.kind === 'kept';
  const isPinned = isKept && item.reason === 'pinned';
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that are placed one by one cannot be a tr element.
    // biome-ignore lint/a11y/useFocusableInteractive: a row of a table; its buttons have the focus.
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classNames(styles.row, isKept && styles.kept, row.kind === 'part' && styles.part)}
      style={{ transform: `translateY(${top}px)` }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as the row. */}
      <div role="cell" className={styles.what}>
        <Opener row={row} isOpen={isOpen} onToggle={onToggle} />
        <KindIcon kind={item.kind} isKept={isKept} />
        <span className={styles.name} title={toVisible(item.name)}>
          <Name item={item} />
        </span>
        {onPin !== null && item.kind === 'reference' && (row.kind === 'going' || isPinned) && (
          <IconButton
            label={isPinned ? 'Let the rule take this image' : 'Keep this image'}
            size="small"
            className={styles.pin}
            icon={isPinned ? <PinOff size={14} /> : <Pin size={14} />}
            onClick={() => onPin(item.name)}
          />
        )}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as the row. */}
      <div role="cell" className={styles.why} title={toVisible(item.reason)}>
        <SafeText text={isKept ? `kept: ${item.reason}` : item.reason} />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as the row. */}
      <div role="cell" className={styles.frees} title={`${formatCount(bytes)} bytes`}>
        {isKept || bytes === 0 ? '—' : formatBytes(bytes)}
      </div>
    </div>
  );
}

function Opener({ row, isOpen, onToggle }: Pick<PlanTableRowProps, 'row' | 'isOpen' | 'onToggle'>) {
  if (row.kind !== 'going' || row.row.parts.length === 0) return <span className={styles.noOpener} />;
  return (
    <button
      type="button"
      className={styles.opener}
      aria-expanded={isOpen}
      aria-label={`${countOf(row.row.parts.length, 'part')} of ${toVisible(row.name)}`}
      onClick={() => onToggle(row.name)}
    >
      <ChevronRight size={14} aria-hidden="true" />
    </button>
  );
}

function Name({ item }: { readonly item: PlanItem | KeptItem }) {
  if (item.kind === 'reference') return <SafeReference reference={item.name} />;
  const isDigestOnly = item.kind === 'manifest' || item.kind === 'layer';
  return (
    <>
      {isDigestOnly && <span className={styles.kind}>{nameKind(item.kind)} </span>}
      <SafeText text={shortenName(item.name)} />
    </>
  );
}

const ICONS: Readonly<Record<PlanItemKind | 'file', LucideIcon>> = {
  reference: Image,
  manifest: FileWarning,
  layer: Layers,
  'flat-disk': HardDrive,
  'flat-ref': HardDrive,
  fsmeta: FileCog,
  vmdk: FileCog,
  metadata: FileJson,
  download: FileClock,
  spool: FileClock,
  work: FileClock,
  leftover: ArchiveX,
  file: FileQuestionMark,
};

function KindIcon({ kind, isKept }: { readonly kind: PlanItemKind | 'file'; readonly isKept: boolean }) {
  const Icon = isKept && kind !== 'file' ? Pin : ICONS[kind];
  return <Icon size={15} className={styles.icon} aria-hidden="true" />;
}

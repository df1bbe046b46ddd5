import { Pin } from 'lucide-react';
import { useStore } from '../app/store.ts';
import { Runs } from '../detail/safe-text.tsx';
import { toVisible } from '../detail/visible-text.ts';
import { pruneRule } from '../reclaim/reclaim-settings.ts';
import { Chip, classNames, VisuallyHidden } from '../ui/index.ts';
import { type ImageEntry, type ImageRow, tagText } from './image-entries.ts';
import styles from './reference-cell.module.css';
import { chipsWidth, type FittedChips, fitChips } from './tag-chips.ts';
import { textWidth } from './text-width.ts';

export interface ReferenceCellProps {
  readonly row: ImageRow;
  /** Pixels the cell has. */
  readonly width: number;
  /** The registry in a line of its own, below. */
  readonly isStacked: boolean;
}

/** Pixels between the parts and at the end of the cell; and the least a cut registry takes. */
const CELL_GAPS = 20;
const LEAST_REGISTRY_WIDTH = 24;
const PIN_WIDTH = 18;

/** The name of a row: registry in grey, repository in bold, its tags as chips. */
export function ReferenceCell({ row, width, isStacked }: ReferenceCellProps) {
  const { registry, repository } = row.entry.name;
  const lineRegistry = isStacked ? '' : registry;
  const { pinned } = useStore(pruneRule);
  const isPinned = row.entries.some((entry) => pinned.includes(entry.handle.reference));
  const { chips, isTight } = fitName(row, lineRegistry, isPinned ? width - PIN_WIDTH : width);
  return (
    <div
      className={classNames(styles.cell, isTight && styles.tight)}
      title={row.entries.map((entry) => toVisible(entry.handle.reference)).join('\n')}
    >
      <div className={styles.line}>
        {isPinned && <Pin size={12} className={styles.pin} aria-label="Pinned:" />}
        {lineRegistry !== '' && (
          <>
            <span className={styles.registry}>
              <Runs text={registry} />
            </span>
            <span className={styles.slash}>/</span>
          </>
        )}
        <span className={styles.repository}>
          <Runs text={repository} />
        </span>
        {chips.shown.map((text, index) => (
          <Chip key={row.entries[index]!.handle.reference} className={styles.chip}>
            <Runs text={text} />
          </Chip>
        ))}
        {chips.hidden.length > 0 && (
          <Chip kind="more" className={styles.more}>
            <span aria-hidden="true">+{chips.hidden.length}</span>
            <VisuallyHidden>and {chips.hidden.map(toVisible).join(', ')}</VisuallyHidden>
          </Chip>
        )}
      </div>
      {isStacked && registry !== '' && (
        <div className={styles.below}>
          <Runs text={registry} />
        </div>
      )}
    </div>
  );
}

interface FittedName {
  readonly chips: FittedChips;
  /** Repository and tag do not both fit whole. */
  readonly isTight: boolean;
}

function fitName(row: ImageRow, registry: string, width: number): FittedName {
  const texts = row.entries.flatMap((entry) => chipText(entry, row.entry) ?? []);
  const registryWidth = registry === '' ? 0 : textWidth(`${registry}/`, '400 13px "Inter Variable"');
  const room = width - textWidth(row.entry.name.repository, '600 13px "Inter Variable"') - CELL_GAPS;
  const chips = fitChips(texts, room - registryWidth);
  return { chips, isTight: room < chipsWidth(chips) + Math.min(registryWidth, LEAST_REGISTRY_WIDTH) };
}

/** A tag; with its repository where that is not the one the row shows. */
function chipText(entry: ImageEntry, shown: ImageEntry): string | null {
  const tag = tagText(entry.name);
  const { registry, repository } = entry.name;
  if (registry === shown.name.registry && repository === shown.name.repository) return tag;
  return tag === null ? repository : `${repository}:${tag}`;
}

import { toVisible } from '../detail/visible-text.ts';
import { Chip, VisuallyHidden } from '../ui/index.ts';
import { type ImageEntry, type ImageRow, tagText } from './image-entries.ts';
import styles from './reference-cell.module.css';
import { fitChips } from './tag-chips.ts';
import { textWidth } from './text-width.ts';

export interface ReferenceCellProps {
  readonly row: ImageRow;
  /** Pixels the cell has. */
  readonly width: number;
}

/** The name of a row: registry in grey, repository in bold, its tags as chips. */
export function ReferenceCell({ row, width }: ReferenceCellProps) {
  const { registry, repository } = row.entry.name;
  const texts = row.entries.flatMap((entry) => chipText(entry, row.entry) ?? []);
  const { shown, hidden } = fitChips(texts, width - nameWidth(registry, repository));
  return (
    <div
      className={styles.cell}
      title={row.entries.map((entry) => toVisible(entry.handle.reference)).join('\n')}
    >
      {registry !== '' && (
        <>
          <span className={styles.registry}>{toVisible(registry)}</span>
          <span className={styles.slash}>/</span>
        </>
      )}
      <span className={styles.repository}>{toVisible(repository)}</span>
      {shown.map((text, index) => (
        <Chip key={row.entries[index]!.handle.reference} className={styles.chip}>
          {toVisible(text)}
        </Chip>
      ))}
      {hidden.length > 0 && (
        <Chip kind="more" className={styles.more}>
          <span aria-hidden="true">+{hidden.length}</span>
          <VisuallyHidden>and {hidden.map(toVisible).join(', ')}</VisuallyHidden>
        </Chip>
      )}
    </div>
  );
}

/** A tag; with its repository where that is not the one the row shows. */
function chipText(entry: ImageEntry, shown: ImageEntry): string | null {
  const tag = tagText(entry.name);
  const { registry, repository } = entry.name;
  if (registry === shown.name.registry && repository === shown.name.repository) return tag;
  return tag === null ? repository : `${repository}:${tag}`;
}

function nameWidth(registry: string, repository: string): number {
  const gaps = 26;
  return (
    textWidth(`${registry}/`, '400 13px "Inter Variable"') +
    textWidth(repository, '600 13px "Inter Variable"') +
    gaps
  );
}

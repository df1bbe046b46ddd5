// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid has no table elements; rows are placed one by one.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid moves one tab stop from row to row and into cells.
import { Check, Minus } from 'lucide-react';
import { memo } from 'react';
import { formatAge, formatCount } from '../../src-shared/domain/format.ts';
import { namePlatform } from '../detail/platform-name.ts';
import { toVisible } from '../detail/visible-text.ts';
import { Bytes, classNames, StackedBar, Tooltip, VisuallyHidden } from '../ui/index.ts';
import type { ColumnLayout } from './columns.ts';
import { damageOf, holdersOf, hostPlatformText, type ImageRow as Row } from './image-entries.ts';
import type { SortColumn } from './image-list-state.ts';
import styles from './image-row.module.css';
import type { CheckState } from './image-selection.ts';
import { ReferenceCell } from './reference-cell.tsx';
import { UsedByCell, usedByDetails } from './used-by-cell.tsx';

export interface ImageRowProps {
  /** The element's. */
  readonly id: string;
  readonly row: Row;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly layout: ColumnLayout;
  /** On-disk bytes a full bar stands for. */
  readonly largestBytes: number;
  readonly nowMs: number;
  readonly checkState: CheckState;
  /** Whether the detail pane shows it. */
  readonly isOpened: boolean;
  /** Which part is the grid's tab stop: a column, -1 the row, null none of it. */
  readonly tabStop: number | null;
}

/** One row of the image list. Handlers are the grid's, which tells rows and cells apart by `data-` attributes. */
export const ImageRow = memo(function ImageRow(props: ImageRowProps) {
  const { id, row, index, top, layout, checkState, isOpened, tabStop } = props;
  const { handle, name: parts } = row.entry;
  const name = toVisible(handle.reference.trim() === '' ? parts.repository : handle.reference);
  return (
    <div
      id={id}
      role="row"
      className={styles.row}
      style={{ top }}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={checkState === 'all'}
      aria-current={isOpened ? 'true' : undefined}
      tabIndex={tabStop === -1 ? 0 : -1}
    >
      <div role="gridcell" className={styles.checkCell}>
        <div
          role="checkbox"
          className={styles.check}
          data-column={0}
          data-check
          aria-checked={checkState === 'mixed' ? 'mixed' : checkState === 'all'}
          aria-label={`Select ${name}`}
          tabIndex={tabStop === 0 ? 0 : -1}
        >
          <span className={styles.box}>
            {checkState === 'all' && <Check size={11} strokeWidth={3.5} aria-hidden="true" />}
            {checkState === 'mixed' && <Minus size={11} strokeWidth={3.5} aria-hidden="true" />}
          </span>
        </div>
      </div>
      {layout.columns.map((column, position) => (
        <Cell
          key={column.name}
          {...props}
          column={column.name}
          position={position + 1}
          isTabStop={tabStop === position + 1}
        />
      ))}
    </div>
  );
});

interface CellProps extends ImageRowProps {
  readonly column: SortColumn;
  readonly position: number;
  readonly isTabStop: boolean;
}

function Cell({ column, position, isTabStop, row, layout, largestBytes, nowMs }: CellProps) {
  const { handle, facts } = row.entry;
  const cell = { role: 'gridcell', 'data-column': position, tabIndex: isTabStop ? 0 : -1 } as const;
  switch (column) {
    case 'image':
      return (
        <div {...cell} className={classNames(styles.cell, styles.name)}>
          <ReferenceCell row={row} width={layout.imageWidth} isStacked={layout.isStacked} />
        </div>
      );
    case 'on-disk':
      return (
        <div {...cell} className={classNames(styles.cell, styles.size)}>
          {facts === null ? (
            <span className={styles.waiting}>
              <VisuallyHidden>not read yet</VisuallyHidden>
            </span>
          ) : (
            <>
              <Bytes value={facts.onDiskBytes} />
              <div
                className={styles.bar}
                title={`${formatCount(facts.ownBytes)} bytes only here, ${formatCount(facts.sharedBytes)} shared`}
              >
                <StackedBar
                  height={4}
                  of={largestBytes}
                  parts={[
                    { color: 'shared', bytes: facts.sharedBytes },
                    { color: 'own', bytes: facts.ownBytes },
                  ]}
                />
              </div>
            </>
          )}
        </div>
      );
    case 'layers':
      return (
        <div {...cell} className={classNames(styles.cell, styles.clip)}>
          {formatCount(handle.layerCount)}
        </div>
      );
    case 'platform':
      return (
        <div {...cell} className={classNames(styles.cell, styles.clip)}>
          <PlatformText row={row} />
        </div>
      );
    case 'used-by':
      return <UsedByGridCell row={row} cell={cell} />;
    case 'created':
      return (
        <div {...cell} className={classNames(styles.cell, styles.clip)} title={handle.createdAt ?? undefined}>
          {formatAge(handle.createdAt, nowMs)}
        </div>
      );
    case 'last-used':
      return (
        <div
          {...cell}
          className={classNames(styles.cell, styles.clip)}
          title={handle.lastUsedAt ?? undefined}
        >
          {formatAge(handle.lastUsedAt, nowMs)}
        </div>
      );
  }
}

/** The image's own platform. msb records the host's: where that is all there is, it is marked as such. */
function PlatformText({ row }: { readonly row: Row }) {
  const { handle, facts } = row.entry;
  if (facts?.platform != null) return <bdi>{toVisible(namePlatform(facts.platform))}</bdi>;
  const host = hostPlatformText(handle);
  if (host === null) return '—';
  if (facts === null) return <bdi>{toVisible(host)}</bdi>;
  return (
    <span className={styles.host} title="The image does not say. This is the host that msb ran on.">
      <bdi>{toVisible(host)}</bdi>
      <small>the host’s</small>
    </span>
  );
}

interface UsedByGridCellProps {
  readonly row: Row;
  readonly cell: { readonly role: string; readonly 'data-column': number; readonly tabIndex: number };
}

function UsedByGridCell({ row, cell }: UsedByGridCellProps) {
  const className = classNames(styles.cell, styles.fill);
  if (row.entry.facts === null) {
    return (
      <div {...cell} className={className}>
        <span className={styles.waiting} />
      </div>
    );
  }
  const who = { holders: holdersOf(row), damage: damageOf(row), condition: row.entry.condition };
  const details = usedByDetails(who);
  const content = (
    <div {...cell} className={className}>
      <UsedByCell {...who} />
      {details !== null && <VisuallyHidden>{details}</VisuallyHidden>}
    </div>
  );
  if (details === null) return content;
  // Each row's own: what is open over one does not go on to the next that the element shows.
  return (
    <Tooltip key={row.key} content={details}>
      {content}
    </Tooltip>
  );
}

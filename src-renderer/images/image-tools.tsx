import { Group, HeartPulse } from 'lucide-react';
import { memo } from 'react';
import { runCommand, useCommand } from '../app/commands.ts';
import { countOf } from '../detail/count-words.ts';
import { announce, Button, FilterChip } from '../ui/index.ts';
import { ColumnMenu } from './column-menu.tsx';
import type { ImageFilter, SortColumn } from './image-list-state.ts';
import styles from './image-tools.module.css';

export interface ImageToolsProps {
  readonly filter: ImageFilter;
  /** Null while nothing is counted yet. */
  readonly counts: Readonly<Record<ImageFilter, number | null>> | null;
  readonly isGrouped: boolean;
  /** The columns on screen. */
  readonly columns: readonly SortColumn[];
  readonly onFilter: (filter: ImageFilter) => void;
  readonly onGroup: (isGrouped: boolean) => void;
  /** Null when the columns are as wide as they were meant. */
  readonly onResetWidths: (() => void) | null;
}

interface FilterKind {
  readonly filter: ImageFilter;
  readonly label: string;
  /** What is counted, where the label does not say it all. */
  readonly hint?: string;
  /** Without a chip while no image passes it. */
  readonly isRare?: boolean;
}

const FILTERS: readonly FilterKind[] = [
  { filter: 'all', label: 'All' },
  { filter: 'in-use', label: 'In use' },
  { filter: 'unused', label: 'Unused' },
  { filter: 'same-digest', label: 'Same digest' },
  { filter: 'damaged', label: 'Damaged', hint: 'As names, lengths and headers tell. “Check” looks closer.' },
  { filter: 'warning', label: 'Warning', hint: 'They work, but something of them is lost.', isRare: true },
  { filter: 'being-pulled', label: 'Being pulled', hint: 'What is missing is still to come.', isRare: true },
];

/** Which images are listed, and whether tags of one digest share a row. */
export const ImageTools = memo(function ImageTools(props: ImageToolsProps) {
  const { isGrouped, columns, onGroup } = props;
  return (
    <div className={styles.tools}>
      <fieldset className={styles.filters} aria-label="Which images">
        {FILTERS.map((one) => (
          <Filter
            key={one.filter}
            {...one}
            isOn={props.filter === one.filter}
            counts={props.counts}
            onFilter={props.onFilter}
          />
        ))}
      </fieldset>
      <Button
        variant="ghost"
        size="small"
        className={styles.group}
        icon={<HeartPulse size={15} />}
        aria-label="Check all images"
        title="Check all images against their files"
        onClick={() => runCommand('check-images')}
      >
        <span className={styles.lesserWords}>Check</span>
      </Button>
      <Button
        variant="ghost"
        size="small"
        className={styles.group}
        icon={<Group size={15} />}
        aria-pressed={isGrouped}
        title="Group tags by digest"
        onClick={() => onGroup(!isGrouped)}
      >
        <span className={styles.groupWords}>Group tags by digest</span>
      </Button>
      <ColumnMenu
        className={styles.group}
        wordsClassName={styles.lesserWords}
        visible={columns}
        onResetWidths={props.onResetWidths}
      />
    </div>
  );
});

interface FilterProps extends FilterKind, Pick<ImageToolsProps, 'counts' | 'onFilter'> {
  readonly isOn: boolean;
}

/** A filter, by its chip or by its command. */
function Filter({ filter, label, hint, isRare = false, isOn, counts, onFilter }: FilterProps) {
  const count = counts?.[filter] ?? undefined;
  const choose = () => {
    onFilter(filter);
    announce(count === undefined ? `${label}.` : `${label}: ${countOf(count, 'image')}.`);
  };
  useCommand(`filter-${filter}`, choose, isOn ? 'That is what is shown.' : null);
  if (isRare && !isOn && !count) return null;
  return (
    <FilterChip
      label={label}
      title={hint}
      count={count}
      isOn={isOn}
      onToggle={() => onFilter(isOn ? 'all' : filter)}
    />
  );
}

import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown } from 'lucide-react';
import { type CSSProperties, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../src-shared/domain/format.ts';
import type { Plan } from '../../src-shared/domain/plan.ts';
import { useMeasuredRows, useRowHeight } from '../settings/row-height.ts';
import { Button, EmptyState, Menu, MenuItem, Spinner, VisuallyHidden } from '../ui/index.ts';
import { foldPlan, type RowSort, sortRows } from './plan-rows.ts';
import styles from './plan-table.module.css';
import { PlanTableRow, type TableRow } from './plan-table-row.tsx';

const ROW_HEIGHTS = { comfortable: 37, compact: 28 };

const SORT_WORDS: Readonly<Record<RowSort, string>> = {
  bytes: 'sorted by bytes freed',
  name: 'sorted by name',
  reason: 'sorted by reason',
};

export interface PlanTableProps {
  readonly plan: Plan;
  /** What follows upon the bytes: when they come free. */
  readonly when: string;
  /** Marks the list: another one is on its way. */
  readonly isOutdated: boolean;
  /** Pins or unpins an image; null where the rule has no say. */
  readonly onPin: ((reference: string) => void) | null;
}

/** Everything a plan takes, largest first, then what it leaves and why. */
export function PlanTable({ plan, when, isOutdated, onPin }: PlanTableProps) {
  const [sort, setSort] = useState<RowSort>('bytes');
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const going = useMemo(() => foldPlan(plan), [plan]);
  const rows = useMemo(() => sortRows(going, plan.kept, sort), [going, plan, sort]);
  const shown = useMemo(() => withParts(rows, opened), [rows, opened]);
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight(ROW_HEIGHTS);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useMeasuredRows(virtual, rowHeight);
  const toggle = (name: string) => {
    const next = new Set(opened);
    if (!next.delete(name)) next.add(name);
    setOpened(next);
  };
  return (
    <>
      <div className={styles.head}>
        <h3 className={styles.title}>What will be removed</h3>
        <span className={styles.exact} aria-live="polite">
          {plan.items.length === 0 ? 'nothing' : `exactly ${formatCount(plan.bytes)} bytes on disk${when}`}
        </span>
        {isOutdated && <Spinner label="Working out what would go now" size={14} />}
        <Menu
          align="end"
          trigger={
            <Button size="small" variant="ghost" className={styles.sort}>
              {SORT_WORDS[sort]} <ChevronDown size={13} aria-hidden="true" />
            </Button>
          }
        >
          {(Object.keys(SORT_WORDS) as RowSort[]).map((value) => (
            <MenuItem key={value} onSelect={() => setSort(value)}>
              {SORT_WORDS[value].replace('sorted by', 'By')}
            </MenuItem>
          ))}
        </Menu>
      </div>
      {shown.length === 0 ? (
        <div className={styles.scroller}>
          <EmptyState title="Nothing to reclaim">
            Everything in the cache is in use or kept by the rule.
          </EmptyState>
        </div>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: rows that are placed one by one cannot be a table element.
        <div
          ref={scroller}
          role="table"
          aria-label="What will be removed, and what stays"
          aria-rowcount={shown.length + 1}
          aria-busy={isOutdated}
          className={styles.scroller}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          tabIndex={0}
        >
          <VisuallyHiddenHeader />
          {/* biome-ignore lint/a11y/useSemanticElements: see above. */}
          <div
            role="rowgroup"
            className={styles.rows}
            style={{ height: virtual.getTotalSize(), '--row-height': `${rowHeight}px` } as CSSProperties}
          >
            {virtual.getVirtualItems().map((item) => (
              <PlanTableRow
                key={item.key}
                row={shown[item.index]!}
                index={item.index}
                top={item.start}
                isOpen={opened.has(shown[item.index]!.name)}
                onToggle={toggle}
                onPin={onPin}
              />
            ))}
          </div>
        </div>
      )}
    </>
  );
}

/** The rows with the parts of opened ones below them. */
function withParts(rows: ReturnType<typeof sortRows>, opened: ReadonlySet<string>): readonly TableRow[] {
  return rows.flatMap((row): TableRow[] => {
    if (row.kind === 'kept') return [{ kind: 'kept', name: row.item.name, item: row.item }];
    const head: TableRow = { kind: 'going', name: row.item.name, row };
    if (!opened.has(row.item.name)) return [head];
    return [head, ...row.parts.map((item): TableRow => ({ kind: 'part', name: item.name, item }))];
  });
}

function VisuallyHiddenHeader() {
  return (
    <VisuallyHidden>
      {/* biome-ignore lint/a11y/useSemanticElements: as the table. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: a header nobody acts on. */}
      <span role="row" aria-rowindex={1}>
        {['What', 'Why', 'Frees'].map((label) => (
          // biome-ignore lint/a11y/useSemanticElements: as the table.
          // biome-ignore lint/a11y/useFocusableInteractive: a header nobody acts on.
          <span key={label} role="columnheader">
            {label}
          </span>
        ))}
      </span>
    </VisuallyHidden>
  );
}

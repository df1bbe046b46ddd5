import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { PlanItemKind } from '../../src-shared/domain/plan.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { shortenName } from '../detail/short-name.ts';
import { toVisible } from '../detail/visible-text.ts';
import { classNames } from '../ui/index.ts';
import styles from './line-list.module.css';
import { groupLines } from './plan-groups.ts';

const ROW_HEIGHT = 28;
/** Pixels of the list before it scrolls. */
const MOST_HEIGHT = 232;

interface Line {
  readonly kind: PlanItemKind | 'file';
  readonly name: string;
  readonly reason: string;
  readonly allocatedBytes: number;
}

export interface LineListProps {
  /** What the list is, for its name: `What goes`. */
  readonly label: string;
  readonly lines: readonly Line[];
  /** Greys the lines: they stay. */
  readonly isKept?: boolean;
}

type Row =
  | { readonly kind: 'head'; readonly title: string; readonly count: number; readonly bytes: number }
  | { readonly kind: 'line'; readonly line: Line };

/** Lines of a plan or a report by sort; virtual, since a removal may take tens of thousands. */
export function LineList({ label, lines, isKept = false }: LineListProps) {
  const rows = useMemo(() => toRows(lines), [lines]);
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const height = Math.min(MOST_HEIGHT, rows.length * ROW_HEIGHT + 8);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section ref={scroller} className={styles.scroller} aria-label={label} tabIndex={0} style={{ height }}>
      <ul className={styles.list} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <li
            key={item.key}
            className={styles.slot}
            style={{ transform: `translateY(${item.start}px)` }}
            aria-setsize={rows.length}
            aria-posinset={item.index + 1}
          >
            <RowView row={rows[item.index]!} isKept={isKept} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function toRows(lines: readonly Line[]): readonly Row[] {
  return groupLines(lines).flatMap(({ title, lines: members, bytes }) => [
    { kind: 'head' as const, title, count: members.length, bytes },
    ...members.map((line) => ({ kind: 'line' as const, line })),
  ]);
}

function RowView({ row, isKept }: { readonly row: Row; readonly isKept: boolean }) {
  if (row.kind === 'head') {
    return (
      <div className={styles.head}>
        <span>{row.title}</span>
        <span className={styles.count}>{formatCount(row.count)}</span>
        {row.bytes > 0 && <span className={styles.bytes}>{formatBytes(row.bytes)}</span>}
      </div>
    );
  }
  const { kind, name, reason, allocatedBytes } = row.line;
  return (
    <div className={classNames(styles.line, isKept && styles.kept)}>
      <span className={styles.name} title={toVisible(name)}>
        <SafeText text={kind === 'reference' ? name.trim() || 'no name' : shortenName(name)} />
      </span>
      <span className={styles.reason} title={toVisible(reason)}>
        <SafeText text={reason} />
      </span>
      <span className={styles.bytes} title={`${formatCount(allocatedBytes)} bytes`}>
        {allocatedBytes === 0 ? '—' : formatBytes(allocatedBytes)}
      </span>
    </div>
  );
}

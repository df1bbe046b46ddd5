import { ChevronRight, CircleSlash, Flame, Trash2, Undo2 } from 'lucide-react';
import { useId, useState } from 'react';
import type { ActivityEntry } from '../../src-shared/domain/activity.ts';
import { formatAge, formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { UndoEntry } from '../../src-shared/domain/undo.ts';
import { assertNever } from '../../src-shared/ipc/result.ts';
import { shortenHome } from '../app/home-path.ts';
import { useHome } from '../app/queries.ts';
import { useNow } from '../app/use-now.ts';
import { countOf } from '../detail/count-words.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { formatClock, formatExactTime } from '../detail/time.ts';
import { toVisible } from '../detail/visible-text.ts';
import { LineList } from '../dialogs/line-list.tsx';
import { Badge, Button, ErrorNotice } from '../ui/index.ts';
import { EmptyDialog } from '../undo/empty-dialog.tsx';
import { useUndo } from '../undo/use-undo.ts';
import { explainRule, nameAction } from './action-words.ts';
import styles from './activity-item.module.css';

export interface ActivityItemProps {
  readonly entry: ActivityEntry;
  /** What of it is still set aside; null when nothing is. */
  readonly undoable: UndoEntry | null;
}

/** One operation: what, when, how many bytes; unfolded, every line with its reason and what was left alone. */
export function ActivityItem({ entry, undoable }: ActivityItemProps) {
  const [isOpen, setOpen] = useState(false);
  const now = useNow();
  const home = useHome().data?.home ?? null;
  const panel = useId();
  const rule = explainRule(entry.action);
  return (
    <li className={styles.item}>
      <div className={styles.head}>
        <button
          type="button"
          className={styles.opener}
          aria-expanded={isOpen}
          aria-controls={isOpen ? panel : undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronRight size={15} className={styles.chevron} aria-hidden="true" />
          <span className={styles.icon}>
            <EntryIcon entry={entry} />
          </span>
          <span className={styles.words}>
            <bdi className={styles.name}>{titleOf(entry)}</bdi>
            {rule !== null && <span className={styles.rule}>{rule}</span>}
          </span>
        </button>
        {entry.home !== home && home !== null && (
          <Badge>
            <bdi>{shortenHome(entry.home)}</bdi>
          </Badge>
        )}
        {entry.isCancelled && <Badge kind="warning">Stopped</Badge>}
        <span className={styles.amount}>{amountOf(entry)}</span>
        <span className={styles.when} title={formatExactTime(entry.at)}>
          {formatAge(entry.at, now)}
        </span>
      </div>
      {undoable !== null && <UndoLine undoable={undoable} />}
      {isOpen && (
        <div id={panel} className={styles.panel}>
          <Details entry={entry} />
        </div>
      )}
    </li>
  );
}

function EntryIcon({ entry }: { readonly entry: ActivityEntry }) {
  if (entry.kind === 'undo') return <Undo2 size={16} aria-hidden="true" />;
  if (entry.kind === 'emptied') return <Flame size={16} aria-hidden="true" />;
  return entry.isCancelled ? (
    <CircleSlash size={16} aria-hidden="true" />
  ) : (
    <Trash2 size={16} aria-hidden="true" />
  );
}

function titleOf({ kind, action }: ActivityEntry): string {
  const name = nameAction(action);
  switch (kind) {
    case 'removal':
      return name;
    case 'undo':
      return `Undone: ${lowerFirst(name)}`;
    case 'emptied':
      return `Freed for good: ${lowerFirst(name)}`;
    default:
      return assertNever(kind);
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function amountOf({ kind, bytesFreed, bytesSetAside, count }: ActivityEntry): string {
  if (kind === 'undo') return `${countOf(count, 'item')} back`;
  const parts = [
    ...(bytesFreed > 0 || bytesSetAside === 0 ? [`${formatBytes(bytesFreed)} freed`] : []),
    ...(bytesSetAside > 0 ? [`${formatBytes(bytesSetAside)} set aside`] : []),
  ];
  return parts.join(', ');
}

/** The way back, as long as there is one. */
function UndoLine({ undoable }: { readonly undoable: UndoEntry }) {
  const undo = useUndo();
  const [isAsking, setAsking] = useState(false);
  const nowMs = useNow();
  const { id, bytes, expiresAt, problem } = undoable;
  return (
    <div className={styles.undo}>
      <span className={styles.until}>
        {formatBytes(bytes)} set aside, not yet freed
        {expiresAt !== '' && (
          <span title={formatExactTime(expiresAt)}>
            ; can be undone until {formatClock(Date.parse(expiresAt), nowMs)}
          </span>
        )}
        .{problem !== null && ` Not now: ${toVisible(problem)}`}
      </span>
      <Button
        size="small"
        icon={<Undo2 size={14} />}
        disabled={undo.isBusy || problem !== null}
        onClick={() => void undo.restore(id)}
      >
        Undo
      </Button>
      <Button size="small" onClick={() => setAsking(true)}>
        Free now…
      </Button>
      {undo.error !== null && <ErrorNotice error={undo.error} />}
      {isAsking && <EmptyDialog id={id} bytes={bytes} onClose={() => setAsking(false)} />}
    </div>
  );
}

function Details({ entry }: { readonly entry: ActivityEntry }) {
  return (
    <>
      <dl className={styles.facts}>
        <dt>When</dt>
        <dd>
          {formatExactTime(entry.at)}, in {(entry.tookMs / 1000).toFixed(1)} s
        </dd>
        <dt>Cache</dt>
        <dd>
          <SafeText text={entry.home} />
        </dd>
        <dt>Items</dt>
        <dd>{formatCount(entry.count)}</dd>
        <dt>Announced</dt>
        <dd>{formatCount(entry.bytesPlanned)} bytes</dd>
        <dt>Freed</dt>
        <dd>{formatCount(entry.bytesFreed)} bytes</dd>
        {entry.bytesSetAside > 0 && (
          <>
            <dt>Set aside</dt>
            <dd>{formatCount(entry.bytesSetAside)} bytes</dd>
          </>
        )}
      </dl>
      {entry.notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
      <Lines
        title={entry.kind === 'undo' ? 'What came back' : 'What went'}
        lines={entry.removed}
        omitted={entry.removedOmitted}
      />
      <Lines title="Left alone" lines={entry.leftAlone} omitted={entry.leftAloneOmitted} isKept />
    </>
  );
}

interface LinesProps {
  readonly title: string;
  readonly lines: ActivityEntry['leftAlone'];
  readonly omitted: number;
  readonly isKept?: boolean;
}

function Lines({ title, lines, omitted, isKept = false }: LinesProps) {
  if (lines.length === 0) return null;
  return (
    <>
      <h4 className={styles.title}>{title}</h4>
      <LineList label={title} lines={lines} isKept={isKept} />
      {omitted > 0 && <p className={styles.note}>and {formatCount(omitted)} smaller ones</p>}
    </>
  );
}

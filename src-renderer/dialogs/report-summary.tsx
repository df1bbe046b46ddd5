import { CircleCheck, CircleSlash } from 'lucide-react';
import { useEffect } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { Report } from '../../src-shared/domain/plan.ts';
import { countOf } from '../detail/count-words.ts';
import { announce } from '../ui/index.ts';
import { UndoOffer } from '../undo/undo-offer.tsx';
import { LineList } from './line-list.tsx';
import { explainDifference, explainFreeSpace } from './removal-words.ts';
import styles from './report-summary.module.css';

/** What a removal did: bytes measured against bytes announced, and what was left alone. */
export function ReportSummary({ report }: { readonly report: Report }) {
  const headline = headlineOf(report);
  const difference = explainDifference(report);
  const freeSpace = explainFreeSpace(report);
  const setAside = report.bytesSetAside ?? 0;
  useEffect(() => announce(headline), [headline]);
  return (
    <div className={styles.summary}>
      <div className={styles.head}>
        {report.isCancelled ? (
          <CircleSlash size={20} className={styles.stopped} aria-hidden="true" />
        ) : (
          <CircleCheck size={20} className={styles.done} aria-hidden="true" />
        )}
        <strong className={styles.headline}>{headline}</strong>
      </div>
      <dl className={styles.numbers}>
        {setAside > 0 && (
          <>
            <dt>Set aside</dt>
            <dd>{formatCount(setAside)} bytes, not yet freed</dd>
          </>
        )}
        {(setAside === 0 || report.bytesFreed > 0) && (
          <>
            <dt>Measured</dt>
            <dd>{formatCount(report.bytesFreed)} bytes freed</dd>
          </>
        )}
        <dt>Announced</dt>
        <dd>{formatCount(report.bytesPlanned)} bytes</dd>
        {report.freeSpaceAfterBytes !== null && (
          <>
            <dt>Free on this disk</dt>
            <dd>
              {report.freeSpaceBeforeBytes !== null && `${formatBytes(report.freeSpaceBeforeBytes)} before, `}
              {formatBytes(report.freeSpaceAfterBytes)} now
            </dd>
          </>
        )}
      </dl>
      {difference === null ? (
        <p className={styles.note}>Exactly as announced.</p>
      ) : (
        <p className={styles.note}>{difference}</p>
      )}
      {freeSpace !== null && <p className={styles.note}>{freeSpace}</p>}
      <UndoOffer report={report} />
      {report.notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
      {report.leftAlone.length > 0 && (
        <>
          <h3 className={styles.title}>Left alone</h3>
          <LineList label="Left alone" lines={report.leftAlone} isKept />
        </>
      )}
    </div>
  );
}

function headlineOf(report: Report): string {
  const what = countOf(report.count, 'item');
  const setAside = report.bytesSetAside ?? 0;
  const space =
    setAside > 0 ? `${formatBytes(setAside)} set aside` : `${formatBytes(report.bytesFreed)} freed`;
  if (report.isCancelled) return `Stopped: ${what} removed, ${space}`;
  if (report.count === 0) return 'Nothing was removed';
  if (setAside > 0) return `Set aside ${formatBytes(setAside)}: ${what} removed`;
  return `Freed ${formatBytes(report.bytesFreed)}: ${what} removed`;
}

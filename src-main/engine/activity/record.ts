import type { ActivityKind } from '../../../src-shared/domain/activity.ts';
import type { PlanAction, RemovedItem, Report } from '../../../src-shared/domain/plan.ts';
import { describeSystemError } from '../../../src-shared/domain/system-error.ts';
import type { Session } from '../session.ts';
import type { FinishedOperation } from './activity-log.ts';

/** Keeps a report. Null when that worked; else a sentence for the report: the removal itself is done. */
export function recordRemoval(session: Session, report: Report, tookMs: number): string | null {
  return record(session, {
    tookMs: Math.round(tookMs),
    home: session.paths.home,
    kind: 'removal',
    action: report.action,
    count: report.count,
    bytesPlanned: report.bytesPlanned,
    bytesFreed: report.bytesFreed,
    bytesSetAside: report.bytesSetAside ?? 0,
    undoId: report.undoId ?? null,
    isCancelled: report.isCancelled,
    removed: report.removed,
    leftAlone: report.leftAlone,
    notes: report.notes,
  });
}

/** Keeps that an earlier removal was undone or emptied. */
export function recordUndo(
  session: Session,
  kind: Exclude<ActivityKind, 'removal'>,
  done: {
    readonly id: string;
    readonly action: PlanAction;
    readonly items: readonly RemovedItem[];
    readonly bytesFreed: number;
    readonly tookMs: number;
    readonly notes: readonly string[];
  },
): void {
  record(session, {
    tookMs: Math.round(done.tookMs),
    home: session.paths.home,
    kind,
    action: done.action,
    count: done.items.length,
    bytesPlanned: done.items.reduce((sum, item) => sum + item.allocatedBytes, 0),
    bytesFreed: done.bytesFreed,
    bytesSetAside: 0,
    undoId: done.id,
    isCancelled: false,
    removed: done.items,
    leftAlone: [],
    notes: done.notes,
  });
}

function record(session: Session, operation: FinishedOperation): string | null {
  try {
    session.activity.record(operation);
    return null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return `This removal could not be kept in Strata's activity log: ${describeSystemError(code)}.`;
  }
}

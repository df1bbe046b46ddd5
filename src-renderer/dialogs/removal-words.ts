import { formatBytes } from '../../src-shared/domain/format.ts';
import { describeHolder, type Holder } from '../../src-shared/domain/holder.ts';
import type { Plan, Report } from '../../src-shared/domain/plan.ts';
import { countOf } from '../detail/count-words.ts';
import { quoteWords } from '../detail/shell-words.ts';

/** What can be done about one holder. `commands` are msb's, to be run in a terminal in this order. */
export interface WayOut {
  readonly holder: Holder;
  readonly title: string;
  readonly advice: string;
  readonly commands: readonly string[];
}

/** How each holder could let an image go. */
export function listWaysOut(holders: readonly Holder[]): readonly WayOut[] {
  return holders.map((holder) => ({ holder, title: describeHolder(holder), ...adviseOn(holder) }));
}

function adviseOn(holder: Holder): Pick<WayOut, 'advice' | 'commands'> {
  switch (holder.kind) {
    case 'sandbox': {
      const remove = quoteWords(['msb', 'rm', holder.name]);
      return holder.isRunning
        ? {
            advice: 'Running from this image. Stop and remove the sandbox; its own changes are lost with it.',
            commands: [quoteWords(['msb', 'stop', holder.name]), remove],
          }
        : {
            advice:
              'Stopped, and starts again from this image. Remove the sandbox; its own changes are lost with it.',
            commands: [remove],
          };
    }
    case 'snapshot':
      return {
        advice: 'Restores onto this image. Remove the snapshot if you no longer need it.',
        commands: [quoteWords(['msb', 'snapshot', 'rm', holder.name ?? holder.path])],
      };
    case 'unknown-table':
      return {
        advice: 'A part of msb that this version of Strata does not know. Only msb can let it go.',
        commands: [],
      };
  }
}

/** True when forcing can take the name away: rows we do not understand must not lose what they point at. */
export function canForce(holders: readonly Holder[]): boolean {
  return holders.every((holder) => holder.kind !== 'unknown-table');
}

/** True when a removal takes names and their bookkeeping, but no image behind them. */
export function takesNamesOnly(plan: Plan): boolean {
  return (
    plan.items.length > 0 && plan.items.every((item) => item.kind === 'reference' || item.kind === 'metadata')
  );
}

/** Why measured and announced bytes differ, one sentence; null when they are equal. */
export function explainDifference(report: Report): string | null {
  const difference = report.bytesFreed - report.bytesPlanned;
  if (difference === 0) return null;
  const amount = `${formatBytes(Math.abs(difference))} ${difference < 0 ? 'less' : 'more'} than announced`;
  if (report.isCancelled) return `${amount}: it was stopped before the end.`;
  if (report.leftAlone.length > 0) {
    return `${amount}: ${countOf(report.leftAlone.length, 'item')} had come into use and stayed.`;
  }
  return `${amount}: files had changed size since they were counted.`;
}

/** What the file system says beside the measured bytes; null when it does not say, or says the same. */
export function explainFreeSpace(report: Report): string | null {
  const { freeSpaceBeforeBytes: before, freeSpaceAfterBytes: after } = report;
  if (before === null || after === null) return null;
  const gained = after - before;
  if (gained === report.bytesFreed) return null;
  const amount =
    gained === 0 ? 'no more' : `${formatBytes(Math.abs(gained))} ${gained < 0 ? 'less' : 'more'}`;
  const says = `The file system reports ${amount} free space`;
  return gained < report.bytesFreed
    ? `${says}: a running sandbox keeps files it has open until it stops, and shared extents, file-system snapshots or other programs writing at the same time count too.`
    : `${says}: other programs freed space at the same time.`;
}

import { formatBytes } from '../../src-shared/domain/format.ts';
import { describeHolder, type Holder } from '../../src-shared/domain/holder.ts';
import type { Plan, Report } from '../../src-shared/domain/plan.ts';
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
  const difference = report.bytesFreed + (report.bytesSetAside ?? 0) - report.bytesPlanned;
  if (difference === 0) return null;
  const amount = `${formatBytes(Math.abs(difference))} ${difference < 0 ? 'less' : 'more'} than announced`;
  if (report.isCancelled) return `${amount}: it was stopped before the end.`;
  if (difference < 0 && report.leftAlone.length > 0) {
    return `${amount}: some of what is listed below came into use meanwhile and stayed.`;
  }
  return `${amount}: files had changed size since they were counted.`;
}

/** Other programs write all the time: a smaller gap than this, in bytes, says nothing about the removal. */
const NOISE_BYTES = 4_000_000;

/**
 * Why the file system gained less free space than was freed; null when it gained it, or does not say, or the gap
 * is too small beside what else is written to a disk.
 */
export function explainFreeSpace(report: Report): string | null {
  const { freeSpaceBeforeBytes: before, freeSpaceAfterBytes: after, bytesFreed } = report;
  if (before === null || after === null) return null;
  const gained = after - before;
  const missing = bytesFreed - gained;
  if (missing <= NOISE_BYTES || missing <= bytesFreed / 20) return null;
  if (gained < 0)
    return 'The disk has less free space than before: other programs wrote to it at the same time.';
  return `The disk gained ${formatBytes(missing)} less than that: a running sandbox keeps files it has open until it stops, and shared extents, file-system snapshots and other programs that write count too.`;
}

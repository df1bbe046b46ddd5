import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { HealthProgress, HealthReport } from '../../src-shared/domain/health.ts';
import type { Progress, Report } from '../../src-shared/domain/plan.ts';
import type { UndoEmptied, UndoRestored } from '../../src-shared/domain/undo.ts';
import type { CallName, ServerMessage } from '../../src-shared/ipc/contract.ts';
import type { Result } from '../../src-shared/ipc/result.ts';

/** What may take long: how it is told that one came to its end, and what it is called when it did not. */
interface Kind {
  readonly words: (value: never) => string;
  readonly failure: string;
  /** Whether it takes things away, so that ending the window in the midst of it is worth a question. */
  readonly isRemoval: boolean;
}

const REMOVAL: Kind = { words: removalWords, failure: 'The removal did not finish', isRemoval: true };
const CHECK: Kind = { words: checkWords, failure: 'The check did not finish', isRemoval: false };

const KINDS: Partial<Readonly<Record<CallName, Kind>>> = {
  'images.remove': REMOVAL,
  'cache.gc': REMOVAL,
  'cache.gcLayers': REMOVAL,
  'cache.prune': REMOVAL,
  'health.quick': CHECK,
  'health.deep': CHECK,
  'undo.restore': { words: restoredWords, failure: 'The removal was not undone', isRemoval: false },
  'undo.empty': { words: emptiedWords, failure: 'The space was not freed', isRemoval: false },
};

export interface OperationEvents {
  /** 0 to 1 over the operation furthest behind, 2 when it is not known yet, -1 when there is none. */
  onProgress(progress: number): void;
  /** `words` say what came of it. */
  onEnd(operation: { readonly words: string; readonly tookMs: number }): void;
}

/** Learns from the calls that pass by which operations are under way. */
export interface OperationFollower {
  /** Removals under way. */
  readonly removals: number;
  sawStart(id: number, call: string): void;
  sawLine(message: ServerMessage): void;
  /** The page is gone, and its calls with it. */
  forget(): void;
}

interface Operation {
  readonly kind: Kind;
  readonly startedMs: number;
  progress: number;
}

/** Electron's own numbers for a bar without a length, and for no bar. */
const INDETERMINATE = 2;
const NO_PROGRESS = -1;

export function followOperations(
  events: OperationEvents,
  nowMs = (): number => Date.now(),
): OperationFollower {
  const underWay = new Map<number, Operation>();

  function tell(): void {
    const all = [...underWay.values()].map(({ progress }) => progress);
    const known = all.filter((progress) => progress !== INDETERMINATE);
    events.onProgress(
      all.length === 0 ? NO_PROGRESS : known.length === 0 ? INDETERMINATE : Math.min(...known),
    );
  }

  function end(id: number, operation: Operation, line: string): void {
    underWay.delete(id);
    tell();
    const words = wordsOf(operation.kind, JSON.parse(line) as Result<never>);
    events.onEnd({ words, tookMs: nowMs() - operation.startedMs });
  }

  return {
    get removals() {
      return [...underWay.values()].filter(({ kind }) => kind.isRemoval).length;
    },
    sawStart: (id, call) => {
      const kind = Object.hasOwn(KINDS, call) ? KINDS[call as CallName] : undefined;
      if (kind === undefined) return;
      underWay.set(id, { kind, startedMs: nowMs(), progress: INDETERMINATE });
      tell();
    },
    sawLine: ({ id, line, isLast }) => {
      const operation = underWay.get(id);
      if (operation === undefined) return;
      if (isLast) return end(id, operation, line);
      operation.progress = progressOf((JSON.parse(line) as { item: Progress | HealthProgress }).item);
      tell();
    },
    forget: () => {
      underWay.clear();
      tell();
    },
  };
}

function progressOf(item: Progress | HealthProgress): number {
  if ('totalSteps' in item) return share(item.doneSteps, item.totalSteps);
  return item.totalBytes > 0 ? item.doneBytes / item.totalBytes : share(item.doneItems, item.totalItems);
}

function share(done: number, total: number): number {
  return total > 0 ? done / total : INDETERMINATE;
}

function wordsOf({ words, failure }: Kind, result: Result<never>): string {
  return result.ok ? words(result.value) : `${failure}: Strata says why.`;
}

function removalWords({ count, bytesFreed, bytesSetAside = 0, isCancelled }: Report): string {
  const amounts = [
    ...(bytesFreed > 0 || bytesSetAside === 0 ? [`${formatBytes(bytesFreed)} freed`] : []),
    ...(bytesSetAside > 0 ? [`${formatBytes(bytesSetAside)} set aside, not yet freed`] : []),
  ];
  return `${isCancelled ? 'Stopped. ' : ''}${plural(count, 'item')} removed, ${amounts.join(', ')}.`;
}

function checkWords({ images }: HealthReport): string {
  const unwell = images.filter(({ status }) => status !== 'healthy').length;
  if (unwell === 0) return `Nothing wrong was found in ${plural(images.length, 'image')}.`;
  return `Something is wrong with ${formatCount(unwell)} of ${plural(images.length, 'image')}: Strata says what.`;
}

function restoredWords({ references, files }: UndoRestored): string {
  return `The removal was undone: ${plural(references.length, 'image')} and ${plural(files, 'file')} are back.`;
}

function emptiedWords({ bytesFreed, leftAlone }: UndoEmptied): string {
  return [`What was set aside is gone, ${formatBytes(bytesFreed)} freed.`, ...leftAlone].join(' ');
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { Progress, Report } from '../../src-shared/domain/plan.ts';
import type { ServerMessage } from '../../src-shared/ipc/contract.ts';
import type { Result } from '../../src-shared/ipc/result.ts';

/** The calls that change the cache and report how far they are. */
const OPERATIONS: ReadonlySet<string> = new Set([
  'images.remove',
  'cache.gc',
  'cache.gcLayers',
  'cache.prune',
]);

export interface OperationEvents {
  /** 0 to 1 over the operation furthest behind, 2 when it is not known yet, -1 when there is none. */
  onProgress(progress: number): void;
  /** `words` say what came of it. */
  onEnd(operation: { readonly words: string; readonly tookMs: number }): void;
}

/** Learns from the calls that pass by which operations are under way. */
export interface OperationFollower {
  /** Operations under way. */
  readonly count: number;
  sawStart(id: number, call: string): void;
  sawLine(message: ServerMessage): void;
  /** The page is gone, and its calls with it. */
  forget(): void;
}

interface Operation {
  readonly startedMs: number;
  progress: number;
}

/** Electron's own numbers for a bar without a length, and for no bar. */
const INDETERMINATE = 2;
export const NO_PROGRESS = -1;

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
    const words = wordsOf(JSON.parse(line) as Result<Report>);
    events.onEnd({ words, tookMs: nowMs() - operation.startedMs });
  }

  return {
    get count() {
      return underWay.size;
    },
    sawStart: (id, call) => {
      if (!OPERATIONS.has(call)) return;
      underWay.set(id, { startedMs: nowMs(), progress: INDETERMINATE });
      tell();
    },
    sawLine: ({ id, line, isLast }) => {
      const operation = underWay.get(id);
      if (operation === undefined) return;
      if (isLast) return end(id, operation, line);
      operation.progress = progressOf((JSON.parse(line) as { item: Progress }).item);
      tell();
    },
    forget: () => {
      underWay.clear();
      tell();
    },
  };
}

function progressOf({ doneBytes, totalBytes, doneItems, totalItems }: Progress): number {
  if (totalBytes > 0) return doneBytes / totalBytes;
  return totalItems > 0 ? doneItems / totalItems : INDETERMINATE;
}

function wordsOf(result: Result<Report>): string {
  if (!result.ok) return 'The removal did not finish: Strata says why.';
  const { count, bytesFreed, isCancelled } = result.value;
  const things = count === 1 ? '1 item' : `${formatCount(count)} items`;
  return `${isCancelled ? 'Stopped. ' : ''}${things} removed, ${formatBytes(bytesFreed)} freed.`;
}

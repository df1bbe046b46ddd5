import { setTimeout as delay } from 'node:timers/promises';
import type { HomePaths } from '../home/paths.ts';
import {
  isDatabaseOpenElsewhere,
  isStillThere,
  listMsbProcesses,
  type MsbProcess,
} from '../store/msb-processes.ts';

/**
 * Waits until whoever had found an image in the cache before now has said so, in files, locks or rows.
 *
 * Why: a pull or load that finds everything cached holds no lock. It looks, works for a moment, and only then writes
 * the metadata anew and the rows: in between it needs files that nothing seems to need. An `msb` that runs now has
 * passed that moment when it has ended. Others are given half a second, ten times what the moment takes on an idle
 * machine. Returns at once when nobody else is there.
 */
export async function settle(paths: HomePaths, signal: AbortSignal): Promise<void> {
  const running = listMsbProcesses(paths);
  if (running?.length === 0 && isDatabaseOpenElsewhere(paths) === false) return;
  await pause(AT_LEAST_MS, signal);
  const endMs = performance.now() + AT_MOST_MS;
  const young = (running ?? []).filter(isYoung);
  while (!signal.aborted && performance.now() < endMs && young.some(isStillThere))
    await pause(LOOK_EVERY_MS, signal);
}

const AT_LEAST_MS = 500;
const AT_MOST_MS = 5000;
const LOOK_EVERY_MS = 20;
/** Older ones are virtual machines, or at work on something large and known by locks and temporary files. */
const YOUNG_MS = 60_000;

function isYoung({ startedMs }: MsbProcess): boolean {
  return Date.now() - startedMs < YOUNG_MS;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

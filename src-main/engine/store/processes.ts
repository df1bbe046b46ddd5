import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** Whether a process of this id exists, be it somebody else's. In doubt it does. */
export function isProcessAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid > MOST_PID) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * Whether the process that wrote a file, last at `mtimeMs`, may still be at it. Process ids come again, after a
 * restart of the machine even soon: one that began long after the file was written is somebody else. Only Linux
 * tells when a process began; elsewhere any process of the id counts.
 */
export function isWriterAlive(pid: number, mtimeMs: number): boolean {
  if (!isProcessAlive(pid)) return false;
  const startedMs = startOf(pid);
  return startedMs === null || startedMs <= mtimeMs + CLOCK_SLACK_MS;
}

/** Larger ids exist nowhere, and signal functions take them for others. */
const MOST_PID = 0x7fffffff;
/** How far the wall clock may have been set since. */
const CLOCK_SLACK_MS = 3_600_000;
/** Linux counts in hundredths of a second towards programs, whatever it does inside. */
const TICK_MS = 10;

/** When a process began, in milliseconds since 1970, from `/proc/<pid>/stat` (proc_pid_stat(5), field 22); null where that is not told. */
export function startOf(pid: number): number | null {
  const ticks = Number(statOf(pid)?.[22 - FIRST_FIELD]);
  return Number.isFinite(ticks) ? Date.now() - uptime() * 1000 + ticks * TICK_MS : null;
}

/** Whether it has ended and only waits for its parent to take notice, for ever when that never does. */
export function isZombie(pid: number): boolean {
  const state = statOf(pid)?.[3 - FIRST_FIELD];
  return state === 'Z' || state === 'X';
}

/** The fields after the name, which may contain anything, in parentheses. */
const FIRST_FIELD = 3;

function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

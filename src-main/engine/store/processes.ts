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
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may contain anything; the fields after it start with the third.
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3]);
    return Number.isFinite(ticks) ? Date.now() - uptime() * 1000 + ticks * TICK_MS : null;
  } catch {
    return null;
  }
}

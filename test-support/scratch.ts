import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/**
 * A new empty directory below this run's folder in the system's temporary directory. The folder goes when the
 * process ends; vitest's worker threads share it with the process they belong to (see `clean-up.ts`).
 */
export function scratchDir(prefix: string): string {
  return mkdtempSync(join(runFolder(), `${prefix}-`));
}

/** Everything the fixtures of this process put on disk. */
export function runFolder(): string {
  const folder = join(tmpdir(), `${NAME}${process.pid}`);
  if (!prepared) {
    prepared = true;
    sweep();
    if (isMainThread) process.on('exit', removeRunFolder);
  }
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function removeRunFolder(): void {
  rmSync(join(tmpdir(), `${NAME}${process.pid}`), { recursive: true, force: true, maxRetries: 3 });
}

const NAME = 'strata-fixtures-';
const ABANDONED_AFTER_MS = 6 * 3_600_000;
let prepared = false;

/** Takes away what a killed run left: no such process, and nothing made in it for hours. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(NAME) ? Number(name.slice(NAME.length)) : Number.NaN;
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    const folder = join(tmpdir(), name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED_AFTER_MS) rmSync(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

import { readFileSync } from 'node:fs';
import type { WatchItem } from '../../src-shared/ipc/contract.ts';
import type { Session } from './session.ts';
import { readStoreSigns } from './signs.ts';

/** How often the few cheap signs of change are looked at. */
const INTERVAL_MS = 400;

/**
 * Says when rows or files changed and when msb is at work, until the signal aborts. Nothing is scanned: a look is
 * one pragma, a dozen stat calls and the kernel's short list of locks. Names appear in a directory by changing its
 * modification time; msb publishes everything by rename.
 */
export async function watchCache(
  session: Session,
  signal: AbortSignal,
  emit: (item: WatchItem) => void,
): Promise<void> {
  let last = signsOf(session);
  let inFlight: number | null = null;
  while (!signal.aborted) {
    const signs = signsOf(session);
    const hasChanged = signs.content !== last.content;
    if (hasChanged) emit({ kind: 'changed' });
    if (inFlight === null || hasChanged || signs.locks !== last.locks) {
      const now = inFlightNow(session);
      if (now !== inFlight) emit({ kind: 'busy', inFlight: now });
      inFlight = now;
    }
    last = signs;
    await pause(signal);
  }
}

interface Signs {
  readonly content: string;
  readonly locks: string;
}

function signsOf(session: Session): Signs {
  const { paths } = session;
  const content = [paths.home, counterOf(session), readStoreSigns(paths).text].join(' ');
  return { content, locks: advisoryLocks() };
}

/** A database that cannot be read just now is itself a state worth telling apart. */
function counterOf(session: Session): string {
  try {
    return session.changeCounter();
  } catch {
    return 'unreadable';
  }
}

function inFlightNow(session: Session): number {
  try {
    return session.inventory().inFlight.length;
  } catch {
    return 0;
  }
}

/** The flock lines of /proc/locks; empty on systems that have none. */
function advisoryLocks(): string {
  try {
    const lines = readFileSync('/proc/locks', 'latin1').split('\n');
    return lines
      .flatMap((line) => line.match(/FLOCK.*/)?.[0] ?? [])
      .toSorted()
      .join('\n');
  } catch {
    return '';
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, INTERVAL_MS);
    signal.addEventListener('abort', done);
  });
}

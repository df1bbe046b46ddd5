import { readFileSync } from 'node:fs';
import { NO_WORK, type Work } from '../../src-shared/domain/work.ts';
import type { WatchItem } from '../../src-shared/ipc/contract.ts';
import type { Inventory } from './inventory/inventory.ts';
import type { Session } from './session.ts';
import { readStoreSigns } from './signs.ts';
import { completeLayers, readWork } from './work.ts';

/** How often the few cheap signs of change are looked at. */
const INTERVAL_MS = 400;

/**
 * Says when rows or files changed and what msb is at work on, until the signal aborts. Nothing is scanned: a look is
 * one pragma, a dozen stat calls, the kernel's short list of locks, and the lengths of the files msb is writing.
 * Names appear in a directory by changing its modification time; msb publishes everything by rename.
 */
export async function watchCache(
  session: Session,
  signal: AbortSignal,
  emit: (item: WatchItem) => void,
): Promise<void> {
  const workers = followWork(session);
  let last = signsOf(session);
  let told: string | null = null;
  while (!signal.aborted) {
    const signs = signsOf(session);
    const hasChanged = signs.content !== last.content;
    if (hasChanged) emit({ kind: 'changed' });
    const work = workers.look(hasChanged || signs.locks !== last.locks);
    const text = JSON.stringify(work);
    if (text !== told) emit({ kind: 'work', work });
    told = text;
    last = signs;
    await pause(signal);
  }
}

/** Remembers which layers there were before the work began; joins rows and files anew only when told of news. */
function followWork(session: Session): { look(isNews: boolean): Work } {
  let home = session.paths.home;
  let inventory: Inventory | null = null;
  let before: ReadonlySet<string> = new Set();
  return {
    look: (isNews) => {
      try {
        if (session.paths.home !== home) inventory = null;
        home = session.paths.home;
        if (inventory === null || isNews) {
          const wasIdle = inventory === null || inventory.inFlight.length === 0;
          const next = session.inventory();
          if (wasIdle) before = completeLayers(inventory ?? next);
          inventory = next;
        }
        return inventory.inFlight.length === 0
          ? NO_WORK
          : readWork(session.paths.cacheDir, inventory, before);
      } catch {
        // Unreadable just now, which other calls say.
        inventory = null;
        return NO_WORK;
      }
    },
  };
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

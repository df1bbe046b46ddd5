import type { UndoEmptied, UndoRestored } from '../../src-shared/domain/undo.ts';
import type { Handlers } from '../../src-shared/ipc/contract.ts';
import { recordUndo } from './activity/record.ts';
import { CacheFailure } from './failure.ts';
import type { Session } from './session.ts';
import { turn } from './turn.ts';
import { EXPIRED_NOTES, emptyAndRecord, expiredIds } from './undo/expire.ts';
import { listUndo, restoreUndo, undoIds } from './undo/undo.ts';

type KeepingCall =
  | 'activity.list'
  | 'activity.usage'
  | 'home.recent'
  | 'home.forgetRecent'
  | 'settings.get'
  | 'settings.set'
  | 'undo.list'
  | 'undo.restore'
  | 'undo.empty';

/** The calls about what Strata itself keeps: what was done, what can be undone, what a person chose. */
export function keepingHandlers(session: Session): Pick<Handlers, KeepingCall> {
  return {
    'activity.list': async ({ limit }) => session.activity.list(limit),
    'activity.usage': async () => {
      await session.ready();
      return session.usageLog.list(session.paths.home);
    },
    'home.recent': async () => {
      await session.settled();
      const { status, isSample, home } = session.state();
      return isSample || status === 'no-home' ? session.recentHomes.list() : session.recentHomes.add(home);
    },
    'home.forgetRecent': async () => session.recentHomes.clear(),
    'settings.get': async () => session.settings.get(),
    'settings.set': async (change) => {
      const state = session.settings.set(change);
      session.forgetInventory();
      return state;
    },
    'undo.list': async () => {
      await session.ready();
      return listUndo(session);
    },
    'undo.restore': async ({ id }) => {
      await session.ready();
      return session.exclusively(() => restore(session, id));
    },
    'undo.empty': async (input) => {
      await session.ready();
      if ('expired' in input) {
        const ids = expiredIds(session, Date.now());
        // A cache that cannot be written to has nothing to answer for then.
        if (ids.length === 0) return { ids: [], bytesFreed: 0, leftAlone: [] };
        return session.exclusively(() => empty(session, ids, EXPIRED_NOTES));
      }
      const ids = 'id' in input ? [input.id] : undoIds(session);
      return session.exclusively(() => empty(session, ids, []));
    },
  };
}

async function restore(session: Session, id: string): Promise<UndoRestored> {
  const startMs = performance.now();
  const { action, items, ...restored } = await restoreUndo(session, id);
  const tookMs = performance.now() - startMs;
  recordUndo(session, 'undo', { id, action, items, bytesFreed: 0, tookMs, notes: [] });
  return restored;
}

/** One that cannot be emptied does not keep the others from it. */
async function empty(
  session: Session,
  ids: readonly string[],
  notes: readonly string[],
): Promise<UndoEmptied> {
  const emptied: string[] = [];
  const leftAlone: string[] = [];
  let bytesFreed = 0;
  for (const id of ids) {
    try {
      bytesFreed += emptyAndRecord(session, id, notes);
      emptied.push(id);
    } catch (error) {
      if (!(error instanceof CacheFailure) || ids.length === 1) throw error;
      leftAlone.push(`Removal ${id.slice(0, 8)} stays set aside (${error.error.code}).`);
    }
    await turn();
  }
  return { ids: emptied, bytesFreed, leftAlone };
}

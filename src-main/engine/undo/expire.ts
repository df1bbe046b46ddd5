import { recordUndo } from '../activity/record.ts';
import type { Session } from '../session.ts';
import { emptyUndo, expiryOf, undoIds } from './undo.ts';

/** What the activity log says of them. */
export const EXPIRED_NOTES: readonly string[] = ['The time to undo it had passed.'];

/** When each known removal's time is up; ids are never used twice. */
const expiries = new Map<string, number | null>();

/**
 * Frees what was set aside for a time that has passed by `nowMs`. Whatever is in the way (a read-only home, another
 * removal under way, msb's write lock) only puts it off: this is asked again and again.
 */
export async function expireUndo(session: Session, nowMs: number): Promise<void> {
  for (const id of expiredIds(session, nowMs)) {
    try {
      await session.exclusively(() => emptyAndRecord(session, id, EXPIRED_NOTES));
    } catch {
      return;
    }
  }
}

/** Answers the bytes that came free. */
export function emptyAndRecord(session: Session, id: string, notes: readonly string[]): number {
  const startMs = performance.now();
  const { action, items, bytesFreed } = emptyUndo(session, id);
  if (action !== null) {
    recordUndo(session, 'emptied', {
      id,
      action,
      items,
      bytesFreed,
      tookMs: performance.now() - startMs,
      notes,
    });
  }
  return bytesFreed;
}

/** Removals that can no longer be undone, and still occupy their space. */
export function expiredIds(session: Session, nowMs: number): readonly string[] {
  return undoIds(session).filter((id) => {
    if (!expiries.has(id)) expiries.set(id, expiryOf(session, id));
    const expiry = expiries.get(id) ?? null;
    return expiry !== null && expiry <= nowMs;
  });
}

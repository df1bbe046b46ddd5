import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import type { OwnPages } from './own-pages.ts';

/** What the check reads of an event. */
export type SenderEvent = Pick<IpcMainEvent | IpcMainInvokeEvent, 'senderFrame'>;

/**
 * Whether a message comes from the window's own page: from a frame that still exists and has not navigated
 * away since, is no child frame, and shows a page of this app.
 */
export function isTrustedSender({ senderFrame }: SenderEvent, pages: OwnPages): boolean {
  if (senderFrame === null || senderFrame.detached || senderFrame.parent !== null) return false;
  return pages.isOwn(senderFrame.url);
}

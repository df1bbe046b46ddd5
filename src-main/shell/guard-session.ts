import type { Session } from 'electron';
import { APP_HOST, APP_SCHEME, type OwnPages } from './own-pages.ts';

/** The one thing the page may do that needs asking: copying text; never reading what others copied. */
const GRANTED = 'clipboard-sanitized-write';
/** What a page makes of bytes it has: saving them asks the person where. */
const OWN_BLOBS = `blob:${APP_SCHEME}://${APP_HOST}/`;

/** Denies a session all permissions and devices, downloads from elsewhere, and the network. */
export function guardSession(session: Session, pages: OwnPages): void {
  session.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl }) =>
    decide(permission === GRANTED && pages.isOwn(requestingUrl)),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === GRANTED && pages.isOwn(origin),
  );
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(OWN_BLOBS)) event.preventDefault();
  });
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !pages.isOwnResource(url) }));
}

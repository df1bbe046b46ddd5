import type { Protocol } from 'electron';
import type { Assets } from '../ipc/renderer-assets.ts';
import { SECURITY_HEADERS } from '../ipc/security-headers.ts';
import { APP_HOST, APP_SCHEME } from './own-pages.ts';

/** Gives our scheme an origin of its own. Has to be called before the app is ready. */
export function registerAppScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the interface under `app://strata/`: what is in `assets`, with our headers, and nothing else. */
export function serveAppProtocol(protocol: Protocol, assets: Assets): void {
  protocol.handle(APP_SCHEME, ({ method, url }) => answer(assets, method, url));
}

function answer(assets: Assets, method: string, url: string): Response {
  const { host, pathname, search } = new URL(url);
  if (method !== 'GET' && method !== 'HEAD') return refuse(405);
  const asset = host === APP_HOST && search === '' ? assets.get(pathname) : undefined;
  if (asset === undefined) return refuse(404);
  const headers = { ...SECURITY_HEADERS, 'Content-Type': asset.type };
  return new Response(method === 'HEAD' ? null : asset.bytes, { headers });
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: SECURITY_HEADERS });
}

import type { IncomingMessage } from 'node:http';
import { isCallName } from '../ipc/call-input.ts';
import type { Asset, Assets } from '../ipc/renderer-assets.ts';
import type { Refusal } from './refusal.ts';

export interface GateOptions {
  readonly assets: Assets;
  readonly isAuthorized: (authorization: string | undefined) => boolean;
}

/** What a request is allowed to have. */
export type Admission =
  | { readonly kind: 'asset'; readonly asset: Asset }
  | { readonly kind: 'call'; readonly call: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const CALL_PREFIX = '/ipc/';
const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/**
 * Judges a request by its first line and headers. A page of another origin can reach the loopback interface,
 * and a foreign name can be made to resolve to it: so the Host has to be ours (DNS rebinding), a stated Origin
 * too, and calls need the token and a content type that no form can send. There is no CORS answer.
 */
export function admit(
  request: IncomingMessage,
  port: number,
  { assets, isAuthorized }: GateOptions,
): Admission {
  const { method = '', headers } = request;
  const path = request.url ?? '';
  const host = headers.host ?? '';
  if (!isOwnHost(request, port)) return refuse(421, 'This is not the host you asked for');
  const isForeign = headers.origin !== undefined && headers.origin !== `http://${host}`;
  if (isForeign) return refuse(403, 'Calls come from the page itself, not from another origin');
  if (!path.startsWith(CALL_PREFIX)) return admitAsset(method, assets.get(path));
  if (isCrossSite(headers['sec-fetch-site'])) return refuse(403, 'Calls come from the page itself');
  if (method !== 'POST') return refuse(405, 'Calls are made with POST', { Allow: 'POST' });
  if (!isAuthorized(headers.authorization)) {
    return refuse(401, 'The token is missing or wrong: use the whole address that was printed', {
      'WWW-Authenticate': 'Bearer',
    });
  }
  if (!JSON_TYPE.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined) {
    return refuse(415, 'Calls take application/json');
  }
  const call = path.slice(CALL_PREFIX.length);
  return isCallName(call) ? { kind: 'call', call } : refuse(404, 'no such call');
}

function admitAsset(method: string, asset: Asset | undefined): Admission {
  if (method !== 'GET' && method !== 'HEAD')
    return refuse(405, 'Only calls are posted', { Allow: 'GET, HEAD' });
  return asset === undefined ? refuse(404, 'There is nothing here') : { kind: 'asset', asset };
}

function isOwnHost({ headersDistinct }: IncomingMessage, port: number): boolean {
  const [host, ...more] = headersDistinct.host ?? [];
  if (host === undefined || more.length > 0) return false;
  const names = ['127.0.0.1', 'localhost'];
  // Browsers leave the default port out.
  return names.some((name) => host === `${name}:${port}` || (port === 80 && host === name));
}

/** Browsers say where a request comes from; other clients leave it out. */
function isCrossSite(site: string | string[] | undefined): boolean {
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function refuse(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Admission {
  return { kind: 'refused', refusal: { status, message, headers } };
}

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** By URL path, exactly as a request has to spell it. */
export type Assets = ReadonlyMap<string, Asset>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * The built interface, read once: some three megabytes. Requests are looked up in this map, so no request
 * ever becomes a path. Only regular files of known types; links are not followed. `/` is `/index.html`.
 *
 * @throws when the folder or its index.html is missing.
 */
export function readRendererAssets(dir: string): Assets {
  const assets = new Map<string, Asset>();
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (type === undefined || !entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(join(dir, '/').length).replaceAll('\\', '/');
    assets.set(`/${path}`, { type, bytes: new Uint8Array(readFileSync(file)) });
  }
  const index = assets.get('/index.html');
  if (index === undefined) throw new Error(`${dir} has no index.html`);
  return assets.set('/', index);
}

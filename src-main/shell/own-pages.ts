/** The scheme and host the interface is served under. */
export const APP_SCHEME = 'app';
export const APP_HOST = 'strata';
export const APP_URL = `${APP_SCHEME}://${APP_HOST}/index.html`;

export interface OwnPages {
  /** The page a window opens. */
  readonly start: string;
  /** Whether a URL is a page of this app. */
  isOwn(url: string): boolean;
  /** Whether a page of this app may load a URL: its own files, and while developing what reloads them. */
  isOwnResource(url: string): boolean;
}

const LOCAL_SCHEMES: ReadonlySet<string> = new Set(['blob:', 'data:', 'devtools:']);

/** `devServerUrl` is where electron-vite serves the interface during development, null in every packaged app. */
export function createOwnPages(devServerUrl: string | null): OwnPages {
  const start = devServerUrl ?? APP_URL;
  const own = new URL(start);

  function isOwn(url: string): boolean {
    const parsed = URL.parse(url);
    return parsed !== null && parsed.protocol === own.protocol && parsed.host === own.host;
  }

  function isOwnResource(url: string): boolean {
    const parsed = URL.parse(url);
    if (parsed === null) return false;
    const isReload = devServerUrl !== null && parsed.protocol === 'ws:' && parsed.host === own.host;
    return isOwn(url) || isReload || LOCAL_SCHEMES.has(parsed.protocol);
  }

  return { start, isOwn, isOwnResource };
}

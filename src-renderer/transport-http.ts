import type { Transport } from './client.ts';
import { Disconnected } from './disconnected.ts';

/** What a call's `incident` says when the host does not know our token. */
export const TOKEN_REFUSED = 'the token was refused';

const TOKEN_KEY = 'strata.token';

/**
 * One POST per call; the answer is one JSON line per item and a last one with the result. Aborting closes the
 * request, which cancels the call. The token comes in the address's fragment, which no server and no log sees.
 */
export function httpTransport(): Transport {
  const token = takeToken();
  return async (call, input, { onStart, onLine }, signal) => {
    const response = await fetch(`/ipc/${call}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(input),
      signal: signal ?? null,
      cache: 'no-store',
      redirect: 'error',
    }).catch(cutOff);
    if (response.status === 401) throw new Error(TOKEN_REFUSED);
    if (response.body === null) throw new Error(`HTTP ${response.status} without a body`);
    if (!response.ok && !isLines(response)) throw new Error(`HTTP ${response.status}`);
    onStart();
    await readLines(response.body, onLine);
  };
}

function cutOff(cause: unknown): never {
  throw new Disconnected(cause);
}

/** The token of `#token=…`, kept for reloads of this tab and taken out of the address bar and its history. */
function takeToken(): string {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = fragment.get('token');
  if (given === null) return sessionStorage.getItem(TOKEN_KEY) ?? '';
  sessionStorage.setItem(TOKEN_KEY, given);
  fragment.delete('token');
  const rest = fragment.toString();
  history.replaceState(null, '', rest === '' ? location.pathname + location.search : `#${rest}`);
  return given;
}

/** A refused input is answered with a 4xx status and still with a result line. */
function isLines(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').includes('json');
}

async function readLines(body: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  // Pieces of a line that has not ended yet; joined once, since a list of many images is one long line.
  let pieces: string[] = [];
  for (;;) {
    const { done, value } = await reader.read().catch(cutOff);
    if (done) break;
    let from = 0;
    for (let end = value.indexOf('\n'); end >= 0; end = value.indexOf('\n', from)) {
      pieces.push(value.slice(from, end));
      const line = pieces.join('');
      pieces = [];
      from = end + 1;
      if (line !== '') onLine(line);
    }
    pieces.push(value.slice(from));
  }
  const last = pieces.join('');
  if (last !== '') onLine(last);
}

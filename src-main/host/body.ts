import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'malformed' }
  /** The client went away in the middle. */
  | { readonly kind: 'cut-off' };

/** The body of a request as JSON text in UTF-8; never holds more than `limit` bytes of it. */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return { kind: 'too-large' };
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit) return { kind: 'too-large' };
      chunks.push(chunk);
    }
  } catch {
    return { kind: 'cut-off' };
  }
  return parse(Buffer.concat(chunks, length));
}

function parse(bytes: Buffer): Body {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    JSON.parse(text);
    return { kind: 'json', text };
  } catch {
    return { kind: 'malformed' };
  }
}

/** A content digest as OCI writes it: `<algorithm>:<lower-case hex>`, for example `sha256:` and 64 digits. */
export type Digest = string & { readonly __brand: 'Digest' };

const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/** True for the digests the OCI image specification registers (sha256, sha512) and sha384, in lower case. */
export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** `sha256:917a282903a5…36f157ba`: what a narrow column can show of a digest. Shorter text comes back whole. */
export function shortenDigest(text: string, head = 12, tail = 8): string {
  const colon = text.indexOf(':');
  const start = colon + 1 + head;
  if (text.length <= start + tail + 1) return text;
  return `${text.slice(0, start)}…${text.slice(-tail)}`;
}

import { isDigest, shortenDigest } from '../../src-shared/domain/digest.ts';

/**
 * A name from a plan as a narrow column can show it: digests, and the hash in a file's name, shortened in the
 * middle (`tmp/sha256_0f3ea1b2…91c4.part`). References stay whole.
 */
export function shortenName(name: string): string {
  if (isDigest(name)) return shortenDigest(name);
  // Paths of the cache have no colon; a reference with a hash in it has one.
  if (name.includes(':')) return name;
  return name.replace(/[0-9a-f]{32,}/gi, shortenHash);
}

/**
 * A sentence or a line of a list with the digests and the hashes of file names in it shortened (`layer sha256:…`); those
 * of references stay whole.
 */
export function shortenHashesIn(text: string): string {
  return text.replace(/(@?sha256:)?[0-9a-f]{32,}/g, (found, before: string | undefined) => {
    if (before === undefined) return shortenHash(found);
    return before.startsWith('@') ? found : shortenDigest(found);
  });
}

function shortenHash(hash: string): string {
  return `${hash.slice(0, 8)}…${hash.slice(-4)}`;
}

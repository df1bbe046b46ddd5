/**
 * References as msb reads them. The `reference` column holds what the user typed; several spellings may be
 * one canonical reference, and the file name of the cached metadata is the SHA-256 of the canonical form.
 */

export interface CanonicalReference {
  /** Registry host with its port, for example `docker.io` or `localhost:5000`. */
  readonly registry: string;
  /** Repository path, for example `library/python`. */
  readonly repository: string;
  /** Null only when a digest was given without a tag. */
  readonly tag: string | null;
  readonly digest: string | null;
}

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const HOST =
  /^(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])(?:\.(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*(?::[0-9]+)?$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const MAX_REPOSITORY_LENGTH = 255;

interface Split {
  readonly host: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** Cuts a raw reference where msb cuts it, without judging the parts. */
function split(raw: string): Split {
  const at = raw.indexOf('@');
  const digest = at < 0 ? null : raw.slice(at + 1);
  let name = at < 0 ? raw : raw.slice(0, at);
  let tag: string | null = null;
  const colon = name.lastIndexOf(':');
  if (colon > name.lastIndexOf('/')) {
    tag = name.slice(colon + 1);
    name = name.slice(0, colon);
  }
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = first === 'localhost' || first.includes('.') || first.includes(':');
  // A first part in upper case can only be a host to msb; it then still lands under docker.io.
  let host = isHost ? first : 'docker.io';
  let repository = isHost ? name.slice(slash + 1) : name;
  if (host === 'index.docker.io') host = 'docker.io';
  if (host === 'docker.io' && !repository.includes('/')) repository = `library/${repository}`;
  return { host, repository, tag, digest };
}

/**
 * The canonical form of a raw reference, or null when msb would reject it (`invalid reference format`).
 * No trimming, case preserved. A missing tag becomes `latest` unless a digest is given.
 */
export function parseReference(raw: string): CanonicalReference | null {
  const { host, repository, tag, digest } = split(raw);
  if (!HOST.test(host)) return null;
  if (!isRepository(repository) || repository.length > MAX_REPOSITORY_LENGTH) return null;
  if (tag !== null && !TAG.test(tag)) return null;
  if (digest !== null && !DIGEST.test(digest)) return null;
  return { registry: host, repository, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** msb accepts one upper-case first component when a slash follows (`Foo/bar`), but no upper case elsewhere. */
function isRepository(repository: string): boolean {
  if (REPOSITORY.test(repository)) return true;
  const slash = repository.indexOf('/');
  return slash > 0 && HOST.test(repository.slice(0, slash)) && REPOSITORY.test(repository.slice(slash + 1));
}

/** `<registry>/<repository>[:tag][@digest]`: the text whose SHA-256 names the metadata file. */
export function formatReference(reference: CanonicalReference): string {
  const tag = reference.tag === null ? '' : `:${reference.tag}`;
  const digest = reference.digest === null ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/**
 * A raw reference cut into the parts a list shows, for any text: what cannot be parsed is shown whole as
 * the repository.
 */
export function displayReference(raw: string): CanonicalReference {
  return parseReference(raw) ?? { registry: '', repository: raw, tag: null, digest: null };
}

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

/*
 * The grammar msb follows is that of the OCI distribution's reference:
 *
 *   reference := name [ ":" tag ] [ "@" digest ]
 *   name      := [ host "/" ] path
 *   host      := label ("." label)* [ ":" digits ]       label: letters, digits, inner hyphens
 *   path      := part ("/" part)*                        part: lower-case words joined by . _ __ or hyphens
 *   tag       := a word character, then up to 127 word characters, "." or "-"
 *   digest    := an algorithm, ":", as many hexadecimal digits as the algorithm has
 *
 * Whether the text before the first "/" fits `host` only decides if the reference is valid. Whether it *is* the
 * registry is decided afterwards, by the look of it: see `splitName`.
 */
const HOST = /^[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*(?::[0-9]+)?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
// A word character is Unicode's to msb: tags in Greek or Han are accepted, and counted by code points.
const TAG =
  /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}][\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}.-]{0,127}$/u;
// The hexadecimal digits may be in upper case, and stay so in the canonical form.
const DIGEST = /^(?:sha256:[0-9a-fA-F]{64}|sha384:[0-9a-fA-F]{96}|sha512:[0-9a-fA-F]{128})$/;
const MAX_REPOSITORY_LENGTH = 255;

/**
 * The canonical form of a raw reference, or null when msb would reject it (`invalid reference format`).
 * No trimming, case preserved. A missing tag becomes `latest` unless a digest is given.
 */
export function parseReference(raw: string): CanonicalReference | null {
  const { name, tag, digest } = splitReference(raw);
  if (!isName(name)) return null;
  if (tag !== null && !TAG.test(tag)) return null;
  if (digest !== null && !DIGEST.test(digest)) return null;
  const { registry, repository } = splitName(name);
  if (repository.length > MAX_REPOSITORY_LENGTH) return null;
  return { registry, repository, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** Cuts at the first `@`, then at the last `:` after the last `/` (an earlier one belongs to a port). */
function splitReference(raw: string): { name: string; tag: string | null; digest: string | null } {
  const at = raw.indexOf('@');
  const digest = at < 0 ? null : raw.slice(at + 1);
  const tagged = at < 0 ? raw : raw.slice(0, at);
  const colon = tagged.lastIndexOf(':');
  if (colon <= tagged.lastIndexOf('/')) return { name: tagged, tag: null, digest };
  return { name: tagged.slice(0, colon), tag: tagged.slice(colon + 1), digest };
}

/** A path, or anything that could be a host before one: so `Foo/bar` is a name, `Foo` and `docker.io/Foo/bar` are not. */
function isName(name: string): boolean {
  if (PATH.test(name)) return true;
  const slash = name.indexOf('/');
  return slash > 0 && HOST.test(name.slice(0, slash)) && PATH.test(name.slice(slash + 1));
}

/** Only a first part with a `.` or a `:`, or `localhost`, names a registry; `Foo/bar` is Docker Hub's. */
function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isRegistry = first === 'localhost' || first.includes('.') || first.includes(':');
  const named = isRegistry ? first : 'docker.io';
  const registry = named === 'index.docker.io' ? 'docker.io' : named;
  const rest = isRegistry ? name.slice(slash + 1) : name;
  const isOfficial = registry === 'docker.io' && !rest.includes('/');
  return { registry, repository: isOfficial ? `library/${rest}` : rest };
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

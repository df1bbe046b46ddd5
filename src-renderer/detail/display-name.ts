import { type CanonicalReference, displayReference } from '../../src-shared/domain/reference.ts';

/**
 * A reference cut into the parts that are shown. One that is blank, as a damaged row has it, is said to be none, with the
 * beginning of the manifest digest where that is known: something a person can tell from others.
 */
export function displayName(reference: string, manifestDigest: string | null = null): CanonicalReference {
  if (reference.trim() !== '') return displayReference(reference);
  const hash =
    manifestDigest === null ? '' : ` (${manifestDigest.slice(0, manifestDigest.indexOf(':') + 13)})`;
  return { registry: '', repository: `no name${hash}`, tag: null, digest: null };
}

import { createHash } from 'node:crypto';
import type { ImageOrigin } from '../../../src-shared/domain/impact.ts';
import { parseReference } from '../../../src-shared/domain/reference.ts';
import type { HomePaths } from '../home/paths.ts';
import { metadataOf } from '../inventory/facts.ts';
import type { Inventory, ReferenceNode } from '../inventory/inventory.ts';
import { readMetadata } from '../store/metadata.ts';
import { metadataLockPath, referenceKey } from '../store/names.ts';

/**
 * Where an image came from, by what msb leaves. A registry pull makes `manifests/<key>.lock`, a load never does; the
 * cached manifest has the bytes of its digest after a load, and is written anew by a pull.
 */
export function originOf(paths: HomePaths, inventory: Inventory, reference: ReferenceNode): ImageOrigin {
  const key = referenceKey(reference.row.reference);
  const lock = key === null ? null : metadataLockPath(key);
  const wasPulled = inventory.store.entries.some((entry) => entry.path === lock);
  const isVerbatim = hasVerbatimManifest(paths, reference);
  if (isVerbatim === null) return wasPulled ? 'registry' : 'unknown';
  // Some registries serve a manifest that comes out of a pull as it went in.
  if (isVerbatim) return wasPulled ? 'unknown' : 'archive';
  return 'registry';
}

/** How one image can be had again, as a sentence. */
export function recoveryOf(reference: ReferenceNode, origin: ImageOrigin): string {
  const name = reference.row.reference;
  const parsed = parseReference(name);
  const { digest } = reference.manifest;
  switch (origin) {
    case 'registry':
      if (parsed === null) return `It came from a registry: pull ${name} again.`;
      return `It can be pulled again from ${parsed.registry} as ${name}. Should the tag have moved by then, ${parsed.registry}/${parsed.repository}@${digest} is this very image.`;
    case 'archive':
      return 'It was loaded from an archive and cannot be pulled: keep the archive, or save the image with msb first.';
    case 'unknown':
      return 'Nothing tells for certain whether it was pulled or loaded: save the image with msb first, or see that its registry has it.';
  }
}

/** Null when the cache does not have the manifest. */
function hasVerbatimManifest(paths: HomePaths, reference: ReferenceNode): boolean | null {
  const node = metadataOf(reference);
  const raw = node === null ? null : (readMetadata(paths, node.key)?.rawManifestJson ?? null);
  if (raw === null) return null;
  return `sha256:${createHash('sha256').update(raw).digest('hex')}` === reference.manifest.digest;
}

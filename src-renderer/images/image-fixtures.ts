import type { Holder } from '../../src-shared/domain/holder.ts';
import type { ImageFacts, ImageHandle } from '../../src-shared/domain/image.ts';

/** A handle for tests; what is not given is believable. */
export function handle(reference: string, fields: Partial<ImageHandle> = {}): ImageHandle {
  return {
    reference,
    manifestDigest: `sha256:${hex(reference)}`,
    architecture: 'amd64',
    os: 'linux',
    layerCount: 1,
    sizeBytes: 1_000,
    createdAt: '2026-10-01T00:00:00Z',
    lastUsedAt: '2026-10-01T00:00:00Z',
    ...fields,
  };
}

/** The facts of a handle for tests: an image of its own that nobody holds. */
export function facts(of: ImageHandle, fields: Partial<ImageFacts> = {}): ImageFacts {
  return {
    reference: of.reference,
    manifestDigest: of.manifestDigest,
    platform: { os: 'linux', architecture: 'amd64', variant: null },
    onDiskBytes: 4_096,
    sharedBytes: 0,
    ownBytes: 4_096,
    freedIfRemovedBytes: 4_096,
    holders: [],
    otherReferences: [],
    damage: [],
    labelText: '',
    ...fields,
  };
}

export function sandbox(name: string): Holder {
  return { kind: 'sandbox', name, status: 'Running', isRunning: true, isReadable: true };
}

/** 64 hexadecimal digits that depend on the text. */
function hex(text: string): string {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return value.toString(16).padStart(8, '0').repeat(8);
}

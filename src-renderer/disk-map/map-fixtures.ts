import type { LayerSummary } from '../../src-shared/domain/layer.ts';
import type { Plan, PlanItem } from '../../src-shared/domain/plan.ts';
import type { CacheFile, Usage, UsageCategory } from '../../src-shared/domain/usage.ts';

/** A usage for tests with these bytes in these lines. */
export function usage(bytes: Partial<Record<UsageCategory, number>>): Usage {
  const lines = Object.entries(bytes).map(([category, allocatedBytes]) => ({
    category: category as UsageCategory,
    files: 1,
    allocatedBytes,
    logicalBytes: allocatedBytes,
  }));
  const totalBytes = lines.reduce((sum, line) => sum + line.allocatedBytes, 0);
  const nothing = { count: 0, bytes: 0 };
  return {
    totalBytes,
    logicalBytes: totalBytes,
    files: lines.length,
    lines,
    counts: { references: 0, manifests: 0, layers: 0, damaged: 0, unlisted: 0 },
    gcLayers: nothing,
    gc: nothing,
    prune: nothing,
    outside: [],
    isBusy: false,
    inFlight: 0,
    freeSpaceBytes: null,
  };
}

/** A layer for tests that the images of these digests use. */
export function layer(name: string, bytes: number, manifestDigests: readonly string[]): LayerSummary {
  return {
    diffId: name,
    blobDigest: null,
    mediaType: null,
    compressedSizeBytes: null,
    erofsSizeBytes: bytes,
    allocatedSizeBytes: bytes,
    state: { kind: 'materialized' },
    references: manifestDigests.map((digest) => `image-of-${digest}`),
    manifestDigests,
    isOrphan: manifestDigests.length === 0,
    createdAt: null,
    lastUsedAt: null,
  };
}

/** A plan for tests that takes these lines. */
export function plan(...lines: readonly Pick<PlanItem, 'kind' | 'name' | 'allocatedBytes'>[]): Plan {
  return {
    planId: '0'.repeat(32),
    action: { kind: 'gc' },
    items: lines.map((line) => ({
      ...line,
      reason: 'nothing needs it',
      partOf: null,
      hasRow: false,
      hasFile: true,
    })),
    kept: [],
    bytes: lines.reduce((sum, line) => sum + line.allocatedBytes, 0),
    isBusy: false,
  };
}

/** A file for tests, a flat disk of these images when there are any. */
export function cacheFile(
  category: CacheFile['category'],
  path: string,
  bytes: number,
  references: readonly string[] = [],
): CacheFile {
  return {
    path,
    category,
    allocatedBytes: bytes,
    logicalBytes: bytes,
    modifiedAt: '2026-06-01T00:00:00Z',
    flatDisk: references.length === 0 ? null : { artifactDigest: path, references },
  };
}

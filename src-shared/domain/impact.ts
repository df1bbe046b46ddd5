import type { Holder } from './holder.ts';

/** Whose removal is asked about. */
export type ImpactTarget =
  | { readonly kind: 'image'; readonly reference: string; readonly manifestDigest: string }
  | { readonly kind: 'layer'; readonly diffId: string }
  | { readonly kind: 'flat-disk'; readonly artifactDigest: string };

/** Who breaks when an image, a layer or a flat disk goes, and how it can be had again. */
export interface Impact {
  readonly target: ImpactTarget;
  /** References of images that consist of it, newest first; of an image the other names of its digest. */
  readonly references: readonly string[];
  /** Sandboxes, snapshots and unknown rows that need it. */
  readonly holders: readonly Holder[];
  /** Snapshots made from one of `holders`, which go with their parent: paths of their artifacts. */
  readonly children: readonly SnapshotChild[];
  /** What happens to whom, a sentence each. Never empty. */
  readonly consequences: readonly string[];
  readonly origin: ImageOrigin;
  /** How it can be had again, as a sentence. */
  readonly recovery: string;
}

export interface SnapshotChild {
  readonly name: string;
  /** The snapshot it was made from. */
  readonly parent: string;
}

export type ImageOrigin =
  /** Its metadata, or the lock that only a pull makes, say that it was pulled. */
  | 'registry'
  /** Its metadata has the form that only a load leaves. */
  | 'archive'
  /** Both, or neither. */
  | 'unknown';

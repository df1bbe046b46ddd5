/** What a check of images against their files came to. A check only reads. */
export interface HealthReport {
  /** In the order of the list. */
  readonly images: readonly ImageHealth[];
  /** What this kind of check cannot tell, as sentences: true of every image in it. */
  readonly unproven: readonly string[];
  readonly tookMs: number;
}

export interface ImageHealth {
  readonly reference: string;
  readonly manifestDigest: string;
  /**
   * `damaged`: it does not start, or not as it should. `warning`: it works as it is, but something of it is lost.
   */
  readonly status: 'healthy' | 'warning' | 'damaged';
  readonly findings: readonly HealthFinding[];
  /** What was looked at and is as it should be, as sentences. */
  readonly proven: readonly string[];
  /** What of this image cannot be told, as sentences. */
  readonly unproven: readonly string[];
}

export interface HealthFinding {
  readonly severity: 'warning' | 'damaged';
  /** Relative to the cache; null when it is about rows alone. */
  readonly file: string | null;
  /** What is wrong, as a sentence. */
  readonly detail: string;
}

export interface HealthProgress {
  readonly doneSteps: number;
  readonly totalSteps: number;
  /** What is looked at now: a reference, or a file relative to the cache. */
  readonly what: string;
}

/** What the host holds, while its clients are still. */
export interface Sample {
  readonly atMs: number;
  readonly calls: number;
  readonly residentBytes: number;
  readonly handles: number;
  readonly locks: number;
  /** In Strata's own folders and in the cache's `tmp` and `.strata`. */
  readonly temporaryFiles: number;
}

/** Memory that may come and go between two collections. */
const NOISE_BYTES = 32 * 2 ** 20;
const NOISE_SHARE = 0.05;

/**
 * What was leaked. The first third is warming up: caches fill, code is compiled. Of the rest, the middles of both
 * halves are compared: one large answer does not count, and what grows with every call does.
 */
export function judge(samples: readonly Sample[]): readonly string[] {
  const settled = samples.slice(Math.floor(samples.length / 3));
  const cut = Math.ceil(settled.length / 2);
  const [early, late] = [settled.slice(0, cut), settled.slice(cut)];
  if (late.length === 0) return ['too short to say anything'];
  const grown = (of: (sample: Sample) => number) => middle(late.map(of)) - middle(early.map(of));
  const problems: string[] = [];
  const usual = middle(early.map(({ residentBytes }) => residentBytes));
  const bytes = grown(({ residentBytes }) => residentBytes);
  if (bytes > Math.max(NOISE_BYTES, NOISE_SHARE * usual))
    problems.push(`memory grows: ${megabytes(bytes)} MB more than ${megabytes(usual)}`);
  const handles = grown((sample) => sample.handles);
  if (handles > 4) problems.push(`handles are leaked: ${handles} more`);
  if (settled.some(({ locks }) => locks > 0)) problems.push('locks are leaked');
  const files = grown(({ temporaryFiles }) => temporaryFiles);
  if (files > 2) problems.push(`temporary files are left: ${files} more`);
  return problems;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

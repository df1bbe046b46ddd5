import path from 'node:path';
import { z } from 'zod';
import type { UsageSample } from '../../../src-shared/domain/activity.ts';
import type { Usage, UsageCategory } from '../../../src-shared/domain/usage.ts';
import { JsonLines } from './json-lines.ts';

/** How large caches were over time, kept in `usage.jsonl` of Strata's own folder. */
export class UsageLog {
  readonly #lines: JsonLines;
  /** The last sample of each home; read from the file when first asked for. */
  #last: Map<string, UsageSample> | null = null;

  constructor(dataDir: string) {
    this.#lines = new JsonLines(path.join(dataDir, 'usage.jsonl'), MOST_BYTES);
  }

  /**
   * Keeps a sample when the last one of this home is an hour old, or the cache changed by more than 1 % since.
   * A sample that cannot be written is forgone: nothing depends on it.
   */
  record(home: string, usage: Usage, nowMs: number): void {
    const last = this.#lastSamples().get(home);
    if (last !== undefined && !isWorthKeeping(last, usage, nowMs)) return;
    const sample: UsageSample = {
      at: new Date(nowMs).toISOString(),
      home,
      totalBytes: usage.totalBytes,
      garbageBytes: bytesOf(usage, 'garbage'),
      setAsideBytes: bytesOf(usage, 'set-aside'),
      files: usage.files,
      references: usage.counts.references,
    };
    try {
      this.#lines.append(sample);
      this.#lastSamples().set(home, sample);
    } catch {
      // A full disk or a folder that is not ours to write: the growth has a gap.
    }
  }

  /** Of one home, oldest first. */
  list(home: string): readonly UsageSample[] {
    return this.#read().filter((sample) => sample.home === home);
  }

  #read(): readonly UsageSample[] {
    return this.#lines.read().flatMap((value) => sampleSchema.safeParse(value).data ?? []);
  }

  #lastSamples(): Map<string, UsageSample> {
    this.#last ??= new Map(this.#read().map((sample) => [sample.home, sample]));
    return this.#last;
  }
}

/** Some ten thousand samples in each of the two files: more than a year of hours. */
const MOST_BYTES = 2 * 2 ** 20;
const HOUR_MS = 3_600_000;
const MOST_CHANGE = 0.01;

function isWorthKeeping(last: UsageSample, usage: Usage, nowMs: number): boolean {
  const ageMs = nowMs - Date.parse(last.at);
  // A time in the future is a clock that was set back.
  if (ageMs >= HOUR_MS || ageMs < 0) return true;
  return Math.abs(usage.totalBytes - last.totalBytes) > last.totalBytes * MOST_CHANGE;
}

function bytesOf(usage: Usage, category: UsageCategory): number {
  return usage.lines.find((line) => line.category === category)?.allocatedBytes ?? 0;
}

const count = z.number().int().nonnegative();

const sampleSchema: z.ZodType<UsageSample> = z.object({
  at: z.iso.datetime(),
  home: z.string(),
  totalBytes: count,
  garbageBytes: count,
  setAsideBytes: count,
  files: count,
  references: count,
});
